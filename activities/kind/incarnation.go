package kind

import (
	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/activities/shown"
	"github.com/tack-dev/tack/resource"
)

// planNew plans the create of a resource together with all steps that follow it.
func (d Definition[C, W, G]) planNew(in resource.ObserveInput, want W) resource.Plan {
	n := ownership.Next(in.Object)
	plan := resource.Plan{Incarnation: n}
	if in.Object.Deleting {
		return plan
	}
	c := d.newCase(in, want, resource.NewID, n)
	create := d.Create(want, Making{Tags: c.Tags, Token: in.Object.Owner.Token(in.Target, n), Target: in.Target})
	plan.Create = &create
	plan.Steps = d.Draft(want, nil, c).Steps
	plan.Later = d.later(in, want, nil, c)
	return plan
}

// later returns the steps of further rounds, for people who ask.
func (d Definition[C, W, G]) later(in resource.ObserveInput, want W, got *G, c Case) []resource.Step {
	if d.Later == nil || !in.Ahead && !in.Object.PlanOnly {
		return nil
	}
	return d.Later(want, got, c)
}

// planAnew plans for a resource that AWS failed to create, and that will never work. It first
// records the id, then reports the failure, with a pause as for anything that AWS may lift. Once
// the status shows the failure, this is the next try, or the spec changed. The resource is then
// deleted, and after that the next incarnation is created. An object that only adopts never gets another
// one, so it keeps the failed one.
func (d Definition[C, W, G]) planAnew(plan *resource.Plan, in resource.ObserveInput, got *G, f Facts) {
	switch claim := in.Object.Claim; {
	case !claim.Recorded() || claim.ID != f.ID:
		plan.Wait = f.Failed
	case plan.Status != nil || in.Object.OnlyAdopts():
		plan.Problem = &resource.Problem{State: resource.Blocked, Reason: f.Failed.Reason, Message: f.Failed.Message,
			ByAnother: awserror.ByAnother(f.Failed.Reason)}
	default:
		plan.Steps = d.Unplan(got)
	}
}

// over reports whether nothing is left of a resource. One that AWS failed to create and does not
// delete counts until the object has reported the failure.
func (d Definition[C, W, G]) over(in resource.ObserveInput, got *G) bool {
	f := d.Facts(got)
	reported := in.Object.Deleting || in.Object.Claim.Recorded() && in.Object.Claim.ID == f.ID && shown.Changed(d.Status(got), in.Object.Status) == nil
	return f.Gone && (f.Failed == nil || reported)
}

// found returns the facts that determine the owner of the resource.
func (f Facts) found() ownership.Found {
	return ownership.Found{ID: f.ID, ARN: f.ARN, Key: f.Key, Tags: f.Tags, Plain: f.Plain, Gone: f.Gone, Tagless: f.Tagless, TagsFollow: f.TagsFollow, Made: f.Made, Empty: f.Empty}
}
