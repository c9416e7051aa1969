package ownership

import (
	"fmt"

	"github.com/tack-dev/tack/resource"
)

// Shown reports whether f, which only the status names, is the object's own by its tags, or
// by what was reported of it.
func Shown(o resource.Object, f Found) bool {
	return !f.Gone && (o.Owner.Owns(f.Tags) || reported(o, f))
}

// MayBeShown reports whether f, which only the status names, may be the object's own: it has no
// owner tag. To retain the resource, the object needs no proof.
func MayBeShown(o resource.Object, f Found) bool {
	return !f.Gone && resource.OwnershipOf(f.Tags).Owner == "" && (!o.Deleting || !o.Retain)
}

// Untagged says why an object is left alone: somebody changed its claim, and f has no owner tag,
// which is in its status.
func Untagged(o resource.Object, f Found) *resource.Problem {
	remedy := "Otherwise, take the id out of the status"
	if o.Deleting {
		remedy = "Otherwise, set the annotation services.k8s.aws/deletion-policy: retain"
	}
	if f.Tagless {
		return &resource.Problem{State: resource.Blocked, Reason: resource.ReasonNotOwned, Unproven: true, Message: fmt.Sprintf(
			"the status names %s, the claim does not, and AWS has no tags for it: nothing is created, changed or deleted. If it belongs to this object, put the claim back. %s", f.ID, remedy)}
	}
	return &resource.Problem{State: resource.Blocked, Reason: resource.ReasonNotOwned, Unproven: true, Message: fmt.Sprintf(
		"the status names %s, the claim does not, and %[1]s does not carry the tag %s: nothing is created, changed or deleted. If it belongs to this object, add the tag with the value %q. %s",
		f.ID, f.OwnerKey(), o.Owner.Tag(), remedy)}
}
