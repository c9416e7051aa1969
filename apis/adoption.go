package apis

import (
	"slices"
	"strings"
)

// byName are the kinds that ACK adopts by the name in the spec: those of IAM that have one, except
// policies, because AWS finds no policy by its name.
var byName = []string{"iam.Group", "iam.InstanceProfile", "iam.Role", "iam.User"}

// AdoptionKey returns the key that names a resource in the annotation adoption-fields, as ACK has it:
// "vpcID", "arn", or "name", which is that of the spec.
func (k Kind) AdoptionKey() (key string, name bool) {
	if slices.Contains(byName, k.Name()) {
		return "name", true
	}
	return k.IDField[strings.LastIndexByte(k.IDField, '.')+1:], false
}
