package resource

import (
	"slices"
	"strings"
)

// Ignores returns the fields that Tack leaves as they are in AWS. There are none until the create of
// the resource is complete: AWS may still lack a part that a later request makes.
func (o Object) Ignores() []string {
	claim := o.Claim
	if claim.Open() || claim.Recorded() && claim.Request != "" && !claim.Adopted && claim.ID != o.Synced {
		return nil
	}
	return o.Ignored
}

// Covers reports whether one of the fields is the one at path, or contains it: "spec.routes" contains
// "spec.routes[0].gatewayRef".
func Covers(fields []string, path string) bool {
	return slices.ContainsFunc(fields, func(field string) bool {
		below, within := strings.CutPrefix(path, field)
		return within && (below == "" || below[0] == '.' || below[0] == '[')
	})
}
