package ownership

import (
	"fmt"

	"github.com/tack-dev/tack/resource"
)

// Second decides about a resource that may be a second one of an object. It removes only an unused one that
// is certainly the object's, with no later incarnation than the recorded one. It reports one that may be in
// use. steps delete the resource; idle means that nothing holds it and AWS is not changing it.
func Second(o resource.Object, f Found, idle bool, steps []resource.Step) (swept resource.Swept) {
	its := resource.OwnershipOf(f.Tags)
	if f.ID == o.Claim.ID || its.Owner != o.Owner.Tag() || f.Gone {
		return swept
	}
	if idle && len(steps) == 1 && its.UID == o.Owner.UID && f.Making() <= o.Claim.Incarnation {
		steps[0].Summary = "second resource of a delayed request: " + steps[0].Summary
		return resource.Swept{Steps: steps, Advice: []string{fmt.Sprintf(
			"a delayed request created %s in addition to %s: it is unused, and Tack deletes it", f.ID, o.Claim.ID)}}
	}
	return resource.Swept{Advice: []string{fmt.Sprintf(
		"%s carries this object's tags as %s does, and may be in use: delete it in AWS, or remove its tag %s", f.ID, o.Claim.ID, f.OwnerKey())}}
}
