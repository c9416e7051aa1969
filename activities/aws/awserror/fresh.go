package awserror

import (
	"regexp"
	"slices"

	"github.com/tack-dev/tack/resource"
)

// entries are NotFound codes of an entry in a resource. They say that the resource
// itself is there.
var entries = []string{"InvalidPermission.NotFound", "InvalidRoute.NotFound", "InvalidAssociationID.NotFound"}

// anID finds EC2's ids in a message.
var anID = regexp.MustCompile(`\b[a-z]+-[0-9a-f]{8,17}\b`)

// MissesNew says whether AWS may miss a resource only because it was made of late.
// AWS has done nothing then, and the same request succeeds later. A message
// that names ids of other resources alone is about those. To a removal NotFound may
// also say that it was carried out already, unless it names the new resource.
// https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
func MissesNew(f resource.Failure, made []resource.Made, removal bool) bool {
	if f.Class != resource.NotFound || slices.Contains(entries, f.Code) {
		return false
	}
	named := anID.FindAllString(f.Message, -1)
	return slices.ContainsFunc(made, func(m resource.Made) bool {
		return len(named) == 0 && !removal || slices.Contains(named, m.ID)
	})
}
