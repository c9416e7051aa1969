package ownership

import (
	"cmp"
	"fmt"
	"time"

	"github.com/tack-dev/tack/resource"
)

// skew is how far the clocks of AWS, Kubernetes and Temporal may differ.
const skew = time.Minute

// Owns reports whether AWS shows that f belongs to the object: by its tags, or, for a type without
// tags, by its id in claim and status. A resource of an unclear create has only its name, its date
// and that it is still empty. Anybody who may edit the object may write the claim. An empty
// resource that is younger than the object is the most that such a claim can reach.
func Owns(o resource.Object, f Found) bool {
	switch claim := o.Claim; {
	case !f.Tagless:
		return o.Owner.Owns(f.Tags)
	case claim.Recorded():
		return claim.ID == f.ID && (o.Shown == f.ID || o.Shown == "" && f.Empty && f.since(o.Created))
	case claim.Open():
		return claim.Key == cmp.Or(f.Key, f.ARN) && f.Empty && f.since(o.Created) && f.since(claim.Time)
	}
	return false
}

// since reports whether AWS created the resource after a time.
func (f Found) since(t time.Time) bool { return !f.Made.Before(t.Add(-skew)) }

// reported reports whether f, whose type has no tags, is what Tack itself reported as Synced on the
// object. The object's claim is lost or edited. A copy of the object has the same status, but is
// younger than the resource.
func reported(o resource.Object, f Found) bool {
	return f.Tagless && o.Shown == f.ID && o.Synced == f.ID && f.since(o.Created)
}

// disputed says why a resource without tags is left alone, which the claim names and the status
// does not.
func disputed(o resource.Object, f Found) *resource.Problem {
	shown, remedy := "does not name it", "write the id into the status"
	if o.Shown != "" {
		shown, remedy = "names "+o.Shown, "correct the one that is wrong"
	}
	if o.Deleting {
		remedy += ", or set the annotation services.k8s.aws/deletion-policy: retain"
	}
	return &resource.Problem{State: resource.Blocked, Reason: resource.ReasonNotOwned, Unproven: true, Message: fmt.Sprintf(
		"the claim names %s and the status %s. AWS has no tags for it, so both must agree: nothing is changed or deleted. To continue, %s", f.ID, shown, remedy)}
}
