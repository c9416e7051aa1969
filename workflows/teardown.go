package workflows

import (
	"fmt"
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// teardown deletes the resource. It removes the finalizer last, after AWS says that the resource is
// gone. It resolves no references.
func (r *run) teardown() (next, error) {
	switch claim := r.level.Object.Claim; {
	case r.level.Problem != nil:
		return r.problem(r.level.Problem)
	case !r.level.Object.Finalizer:
		// The object is already released; finalizers of others still hold it.
		r.result = resource.Result{State: resource.Deleted}
		return settled, nil
	case claim.Nothing() && r.level.Object.Doubt == nil:
		return r.letGo("nothing was ever sent to AWS for it")
	case r.level.Wait != nil:
		return r.gate()
	}
	return r.takeAway()
}

// takeAway observes and acts until AWS says that the resource is gone.
func (r *run) takeAway() (next, error) {
	how := eager
	if r.namesTheGone() || r.carry.Waited {
		how = quick
	}
	r.waited, r.carry.Waited = r.carry.Waited, false
	defer func() { r.waited = false }()
	for range maxRounds {
		plan, got, ended, what, err := r.look()
		switch {
		case ended:
			return what, err
		case got.id == "" || got.planned && len(plan.Steps) == 0:
			return r.leave(plan, got.id)
		case !got.planned:
			continue
		}
		if what, err := r.unmake(plan.Steps, &how); what != again || err != nil {
			return what, err
		}
		if r.newer != nil || r.mail.roll || r.reset {
			return again, nil
		}
	}
	return r.blocked(resource.ReasonNotDeleted, fmt.Sprintf(
		"%s is still there after %d rounds of deleting: %s. Look in AWS for what keeps it; it is tried again later", r.level.Object.Claim.ID, maxRounds, r.differing()))
}

// leave handles a resource that needs no calls: AWS is already deleting it, does not show it, or it
// must be kept. One empty answer about an object in doubt proves nothing, so the plan waits.
func (r *run) leave(plan resource.Plan, id string) (next, error) {
	switch {
	case plan.Wait != nil:
		return r.awaitAWS(plan, r.observeInput())
	case id == "":
		return r.letGo("AWS says that it is gone")
	}
	return r.letGo("it stays in AWS, without our tags")
}

// unmake sends the steps of a deletion, at first a few times each. A step may then take long
// because something depends on the resource. The object reports that, and the step is sent again,
// as often as the time of a run allows.
func (r *run) unmake(planned []resource.Step, how *zeal) (next, error) {
	steps, wait := r.untried(planned), r.dependants()
	if len(steps) == 0 {
		refused := r.lastFailuresOf(planned)
		if *how == patient || !passing(refused) {
			r.carry.Waited = passing(refused) && !r.heldByAnother(planned)
			return r.failed(refused, nil)
		}
		steps, wait = planned, &resource.Wait{Reason: refused[0].Code, Message: inOneLine(refused)}
	}
	if wait != nil && *how != patient {
		*how = patient
		if what, err := r.report(resource.Report{State: resource.Waiting, Reason: wait.Reason, Message: wait.Message}); what != again || err != nil {
			return what, err
		}
	}
	r.last = steps
	_, err := r.carryOut(steps, *how)
	if slices.ContainsFunc(r.done, func(d resource.Done) bool { return d.Verb == resource.VerbDelete }) {
		r.carry.Deleted = r.level.Object.Claim.ID
	}
	return r.unless(err)
}

// namesTheGone reports whether the object names dependents that no longer exist.
func (r *run) namesTheGone() bool {
	return r.told.State == resource.Waiting && r.told.UID == r.uid() && r.told.Message != r.waitsFor && len(r.level.Dependants) == 0
}

// dependants returns the wait for the objects that still refer to the deleted one, if there are
// any. The deletion is sent anyway, and AWS decides whether they block it.
func (r *run) dependants() *resource.Wait {
	if len(r.level.Dependants) == 0 || r.level.Object.Retain {
		return nil
	}
	return &resource.Wait{Reason: resource.ReasonHasDependants, Message: "the resource goes when nothing depends on it any more"}
}

// moveAway removes the resource from its present place, because someone asked to release it there.
// The next pass makes another in the place that the inputs now name.
func (r *run) moveAway() (next, error) {
	if r.level.Wait != nil {
		return r.awaitLevel(r.level.Wait, resource.Report{})
	}
	return r.takeAway()
}

// left drops the claim of a released resource.
func (r *run) left(why string) (next, error) {
	in := resource.ReleaseInput{Ref: r.ref, UID: r.uid(), ID: r.level.Object.Claim.ID, Message: why, Planned: r.planned}
	ctx, _ := workflow.NewDisconnectedContext(r.ctx)
	ctx = workflow.WithActivityOptions(ctx, r.kubeOptions("let "+in.ID+" go: "+why))
	var written resource.Written
	err := workflow.ExecuteActivity(ctx, resource.KubeRelease, in).Get(ctx, &written)
	r.reset = r.reset || written.Stale
	return r.unless(err)
}

// letGo removes the finalizer, so that the object can disappear.
func (r *run) letGo(why string) (next, error) {
	if !r.level.Object.Deleting {
		return r.left(why)
	}
	ctx, _ := workflow.NewDisconnectedContext(r.ctx)
	ctx = workflow.WithActivityOptions(ctx, r.kubeOptions("let the object go: "+why))
	in := resource.ReleaseInput{Ref: r.ref, UID: r.uid(), Message: why, Planned: r.planned}
	var written resource.Written
	if err := workflow.ExecuteActivity(ctx, resource.KubeRemoveFinalizer, in).Get(ctx, &written); err != nil {
		return r.overdue(err)
	}
	if written.Stale { // this run was reset: another observation decides
		r.reset = true
		return again, nil
	}
	r.mail.released = r.uid()
	r.result.State, r.result.Reason = resource.Deleted, ""
	workflow.SetCurrentDetails(r.ctx, "Deleted: "+why)
	return settled, nil
}
