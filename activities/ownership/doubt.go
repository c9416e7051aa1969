package ownership

import (
	"time"

	"github.com/tack-dev/tack/resource"
)

// ReasonClaimLost is the reason of the wait for the resource of an object in doubt.
const ReasonClaimLost = "ClaimLost"

// Unsettled is the wait before an empty answer counts for an object that lost its
// claim. AWS may not show yet what was made or tagged a moment ago, and no claim says
// when that was: age is the time since the first look. A resource takes up to visible
// to appear, and a sender may live for resend.
func Unsettled(o resource.Object, age, visible, resend time.Duration) *resource.Wait {
	doubt, window := o.Doubt, visible
	switch {
	case doubt == nil || !doubt.Lost:
		return nil
	case !o.Deleting && (doubt.Told || doubt.Past):
		return nil
	case !doubt.Named() && !doubt.Past:
		window = max(window, resend) // a create may be in flight
	}
	if age > window {
		return nil
	}
	return &resource.Wait{Reason: ReasonClaimLost, Message: "the object lost its claim, and AWS does not show its resource: Tack looks for it until AWS had time to show it"}
}
