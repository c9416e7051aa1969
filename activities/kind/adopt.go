package kind

import (
	"context"
	"encoding/json"

	"github.com/tack-dev/tack/activities/adoption"
	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/resource"
)

// adoptOrCompare plans for an object with its resource, which it may have to adopt first.
func (d Definition[C, W, G]) adoptOrCompare(ctx context.Context, e *Engine, in resource.ObserveInput, want W) (resource.Plan, error) {
	if in.Object.Adopts() {
		if plan, found, err := d.adopt(ctx, e, in, want); found || err != nil {
			return plan, err
		}
	}
	return d.compare(ctx, e, in, want)
}

// adopt plans for an object that has yet to adopt its resource, if AWS shows one. Where the spec gets
// its fields from AWS, a field with another value stops the adoption until a person decides.
func (d Definition[C, W, G]) adopt(ctx context.Context, e *Engine, in resource.ObserveInput, want W) (plan resource.Plan, found bool, err error) {
	o := &in.Object
	if !o.Claim.Recorded() && o.Adoption.ID != "" && !o.Adoption.ByName {
		o.Claim = &resource.Claim{ID: o.Adoption.ID, Incarnation: ownership.Next(*o)}
	}
	got, err := d.read(ctx, e, in, want)
	if got == nil && err == nil && d.Named != nil && o.Adoption.ID == "" && !o.Claim.Recorded() && !o.Deleting {
		got, plan.Problem, err = d.readNamed(ctx, e, &in, want)
	}
	if err != nil || plan.Problem != nil || got == nil || d.Facts(got).Gone {
		return plan, plan.Problem != nil, err
	}
	plan, err = d.planAdoption(in, want, got)
	return plan, true, err
}

// readNamed reads the resource that has what AWS keeps unique about the spec, and names it in the claim of
// in. The problem says that there are several.
func (d Definition[C, W, G]) readNamed(ctx context.Context, e *Engine, in *resource.ObserveInput, want W) (*G, *resource.Problem, error) {
	client, err := d.client(ctx, e, in.Target)
	if err != nil {
		return nil, nil, err
	}
	ids, err := d.Named(ctx, client, want)
	if err != nil {
		return nil, nil, e.unread(ctx, in.Target, err)
	}
	id, problem := adoption.Only(ids)
	if id == "" {
		return nil, problem, nil
	}
	in.Object.Claim = &resource.Claim{ID: id, Incarnation: ownership.Next(in.Object)}
	got, err := d.read(ctx, e, *in, want)
	return got, nil, err
}

// planAdoption plans for the resource to adopt.
func (d Definition[C, W, G]) planAdoption(in resource.ObserveInput, want W, got *G) (plan resource.Plan, err error) {
	f := d.Facts(got)
	switch {
	case f.Failed != nil:
		return resource.Plan{Problem: f.Failed.Failure()}, nil
	case in.Object.Fills() && f.Pending != nil:
		return resource.Plan{Wait: f.Pending}, nil // AWS may not show all fields yet
	case in.Object.Fills():
		plan, err = d.planFilled(in, want, got)
	default:
		plan = d.planFound(in, want, got)
	}
	if plan.ID == "" || plan.Problem != nil || err != nil {
		return plan, err
	}
	// The annotations name it. Tack may also have created it, and lost its claim since.
	claim := in.Object.Claim
	plan.Proven, plan.Adopted = true, !in.Object.Owner.Owns(f.Tags) || claim != nil && claim.Adopted
	left := func(o resource.Object) resource.Plan { in.Object = o; return d.planFound(in, want, got) }
	return adoption.TakeOver(in.Object, plan, left, func() any { return d.Spec(got) }, f.Tags, d.Secrets), nil
}

// planFilled plans for the spec that AWS's values complete. A field that the plan would change stops the
// adoption.
func (d Definition[C, W, G]) planFilled(in resource.ObserveInput, want W, got *G) (plan resource.Plan, err error) {
	o, tags := &in.Object, d.Facts(got).Tags
	if !tagging.Carries(want) {
		tags = nil
	}
	want, missing, problem, err := d.complete(o, got, tags)
	if problem != nil || err != nil {
		return resource.Plan{Problem: problem}, err
	}
	if plan = d.planFound(in, want, got); plan.Problem != nil {
		return plan, nil
	}
	if problem, differences := adoption.Differences(plan, o.Spec, d.Spec(got), tags, d.Secrets); problem != nil && !o.ReadOnly {
		return resource.Plan{Problem: problem, Advice: differences}, nil
	}
	plan.Late = nil
	if adoption.OnlyOurs(plan.Steps) || o.ReadOnly {
		plan.Late = missing
	}
	return plan, nil
}

// complete fills the spec of an object with AWS's values, checks it, and returns the values to write. It
// leaves out a value that the spec may not have beside the user's, such as a second form of the same
// field. Ignored fields are written only where the spec needs them.
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
	problemOf := func(some adoption.Fields) *resource.Problem { _, refused := with(some); return refused }
	values = values.Fitting(problemOf)
	if want, problem = with(values); problem == nil {
		o.Spec, missing = values.In(o.Spec), values.Without(o.Ignored, problemOf).JSON()
	}
	return want, missing, problem, nil
}
