package kind

import (
	"context"
	"encoding/json"

	"github.com/tack-dev/tack/activities/adoption"
	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/resource"
)

// adopt plans for an object that has yet to adopt its resource, if AWS shows one. Where the spec gets
// its fields from AWS, a field with another value stops the adoption until a person decides.
func (d Definition[C, W, G]) adopt(ctx context.Context, e *Engine, in resource.ObserveInput, want W) (plan resource.Plan, found bool, err error) {
	o := &in.Object
	if !o.Claim.Recorded() && o.Adoption.ID != "" && !o.Adoption.ByName {
		o.Claim = &resource.Claim{ID: o.Adoption.ID, Incarnation: ownership.Next(*o)}
	}
	got, err := d.read(ctx, e, in, want)
	if err != nil || got == nil || d.Facts(got).Gone {
		return plan, false, err
	}
	f := d.Facts(got)
	if f.Failed != nil {
		return resource.Plan{Problem: &resource.Problem{State: resource.Blocked, Reason: f.Failed.Reason, Message: f.Failed.Message}}, true, nil
	}
	var missing json.RawMessage
	if o.Fills() {
		if f.Pending != nil {
			return resource.Plan{Wait: f.Pending}, true, nil // AWS may not show all fields yet
		}
		if !tagging.Carries(want) {
			f.Tags = nil
		}
		var problem *resource.Problem
		if want, missing, problem, err = d.complete(o, got, f.Tags); problem != nil || err != nil {
			return resource.Plan{Problem: problem}, true, err
		}
	}
	if plan = d.planFound(in, want, got); plan.Problem != nil {
		return plan, true, nil
	}
	// The annotations name it. Tack may also have created it, and lost its claim since.
	plan.Proven, plan.Adopted = true, !o.Owner.Owns(f.Tags) || o.Claim != nil && o.Claim.Adopted
	if o.Fills() {
		plan.Late = nil
		problem, differences := adoption.Differences(plan, o.Spec, d.Spec(got), f.Tags, d.Secrets)
		if problem != nil {
			return resource.Plan{Problem: problem, Advice: differences}, true, nil
		}
		if len(plan.Steps) == 0 {
			plan.Late = missing
		}
	}
	return plan, true, nil
}

// complete fills the spec of an object with AWS's values, checks it, and returns the values. It leaves
// out a value that the spec may not have beside the user's, such as a second form of the same field.
func (d Definition[C, W, G]) complete(o *resource.Object, got *G, tags map[string]string) (want W, missing json.RawMessage, problem *resource.Problem, err error) {
	values, err := adoption.Values(o.Spec, d.Spec(got), tags, d.Secrets)
	if err != nil {
		return want, nil, nil, err
	}
	with := func(some adoption.Fields) (W, *resource.Problem) {
		whole := *o
		whole.Spec, whole.Adoption = some.In(o.Spec), nil
		return d.spec(whole)
	}
	values = values.Fitting(func(some adoption.Fields) *resource.Problem { _, problem := with(some); return problem })
	if want, problem = with(values); problem == nil {
		o.Spec, missing = values.In(o.Spec), values.JSON()
	}
	return want, missing, problem, nil
}
