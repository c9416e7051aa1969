package kind

import (
	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/resource"
)

// planNew plans the making of a resource and, at once, all that follows.
func (d Definition[C, W, G]) planNew(in resource.ObserveInput, want W) resource.Plan {
	n := 1
	switch claim := in.Object.Claim; {
	case claim.Recorded(), claim != nil && claim.Void:
		// Known to be gone, or never to have been made: but its token may be spent.
		n = claim.Incarnation + 1
	case claim != nil:
		n = claim.Incarnation
	case in.Object.Doubt != nil:
		n = in.Object.Doubt.Incarnation + 1
	}
	plan := resource.Plan{Incarnation: n}
	if in.Object.Deleting {
		return plan
	}
	c := d.newCase(in, want, resource.NewID, n)
	create := d.Create(want, Making{Tags: c.Tags, Token: in.Object.Owner.Token(in.Target, n), Target: in.Target})
	plan.Create = &create
	plan.Steps = d.Plan(want, nil, c).Steps
	return plan
}

// planAnew plans for a resource that AWS failed to make, and that will never
// work: first it is recorded, then shown, with a rest as for anything that AWS
// may lift. Once the status tells of it this is the next try, or a changed spec:
// it goes, and when it is gone the next incarnation is made.
func (d Definition[C, W, G]) planAnew(plan *resource.Plan, in resource.ObserveInput, got *G, f Facts) {
	switch claim := in.Object.Claim; {
	case !claim.Recorded() || claim.ID != f.ID:
		plan.Wait = f.Failed
	case plan.Status != nil:
		plan.Problem = &resource.Problem{State: resource.Blocked, Reason: f.Failed.Reason, Message: f.Failed.Message}
	default:
		plan.Steps = d.Unplan(got)
	}
}

// found is the resource as its owner is told by.
func (f Facts) found() ownership.Found {
	return ownership.Found{ID: f.ID, ARN: f.ARN, Tags: f.Tags, Gone: f.Gone}
}
