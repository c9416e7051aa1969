package awserror

import (
	"regexp"
	"slices"
	"strings"

	"github.com/tack-dev/tack/resource"
)

// entries are the NotFound codes for an entry of a resource. They imply that the resource itself
// exists.
var entries = []string{"InvalidPermission.NotFound", "InvalidRoute.NotFound", "InvalidAssociationID.NotFound"}

// anID matches EC2's ids in a message.
var anID = regexp.MustCompile(`\b[a-z]+-[0-9a-f]{8,17}\b`)

// aName matches what may be a name of IAM in a message.
var aName = regexp.MustCompile(`[\w+=,.@-]+`)

// MissesNew reports whether AWS may miss a resource only because it is new. AWS then did nothing,
// and the same request succeeds later. A message that names only ids of other resources concerns
// those. For a removal, NotFound may also mean that AWS already carried it out, unless it names the
// new resource.
// https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
func MissesNew(f resource.Failure, made []resource.Made, removal bool) bool {
	if f.Class != resource.NotFound || slices.Contains(entries, f.Code) {
		return false
	}
	named := anID.FindAllString(f.Message, -1)
	return slices.ContainsFunc(made, func(m resource.Made) bool {
		return !removal && (len(named) == 0 || tellsOf(f.Message, m.ID)) || slices.Contains(named, m.ID)
	})
}

// tellsOf reports whether a message contains the name at the end of an ARN. IAM's messages name what
// they miss, and a name may look like an id of EC2.
func tellsOf(message, arn string) bool {
	name := arn[strings.LastIndexByte(arn, '/')+1:]
	return name != arn && slices.Contains(aName.FindAllString(message, -1), name)
}
