package ownership

import (
	"fmt"
	"time"

	"github.com/tack-dev/tack/resource"
)

// DoubtWait returns the wait before an empty answer counts for an object that lost its claim, or
// whose claim was edited. AWS may not show yet what was created or tagged a moment ago. No claim
// dates that, so age is the time since the first look. A resource appears within visible. A
// resource from the create of a dropped open claim appears within sent.
func DoubtWait(o resource.Object, age, visible, sent time.Duration) *resource.Wait {
	doubt, window := o.Doubt, visible
	wait := resource.Wait{Reason: resource.ReasonClaimLost, Message: "the object lost its claim, and AWS does not show its resource: Tack searches as long as AWS may need to show it"}
	switch {
	case o.Edited():
		wait = resource.Wait{Reason: resource.ReasonClaimEdited, Message: fmt.Sprintf(
			"the claim names %s and the status %s, and AWS shows no resource with the tags of this object. Tack searches as long as AWS may need to show it", o.Claim.ID, o.Shown)}
	case doubt == nil || !doubt.Lost:
		return nil
	case !o.Deleting && (doubt.Reported && doubt.Named() || doubt.Past):
		return nil
	case !doubt.Named() && !doubt.Past:
		window = max(window, sent) // a create may be in flight
	}
	if age > window {
		return nil
	}
	return &wait
}
