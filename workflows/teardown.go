package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// teardown takes the resource away, and the finalizer last, after AWS says that
// it is gone. It resolves no references.
func (r *run) teardown() (next, error) {
	switch claim := r.level.Object.Claim; {
	case r.level.Problem != nil:
		return r.problem(r.level.Problem)
	case !r.level.Object.Finalizer:
		// Let go already; others' finalizers still hold the object.
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
	return r.blocked(resource.ReasonNotDeleted, "the resource is still there after several rounds of deleting; it is tried again later")
}

// leave is for a resource for which there is nothing to do: AWS is deleting it
// already, does not show it, or it is to stay. One empty answer about an object in
// doubt proves nothing: the plan waits.
func (r *run) leave(plan resource.Plan, id string) (next, error) {
	switch {
	case plan.Wait != nil:
		return r.awaitAWS(plan, r.observeInput())
	case id == "":
		return r.letGo("AWS says that it is gone")
	}
	return r.letGo("it stays in AWS, without our tags")
}

// unmake sends the steps of a deletion, first a few times each. What may then
// take long, because something depends on the resource, is told on the object
// before it is sent with patience: as many attempts as a run has time for.
func (r *run) unmake(planned []resource.Step, how *zeal) (next, error) {
	steps, wait := r.untried(planned), r.dependants()
	if len(steps) == 0 {
		refused := r.failuresOf(planned)
		if *how == patient || !passing(refused) {
			r.carry.Waited = passing(refused)
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
	_, err := r.carryOut(steps, *how)
	if slices.ContainsFunc(r.done, func(d resource.Done) bool { return d.Verb == resource.VerbDelete }) {
		r.carry.Deleted = r.level.Object.Claim.ID
	}
	return r.unless(err)
}

// namesTheGone says whether the object tells of dependants that are no longer there.
func (r *run) namesTheGone() bool {
	return r.told.State == resource.Waiting && r.told.UID == r.uid() && r.told.Message != r.waitsFor && len(r.level.Dependants) == 0
}

// dependants is the wait for the objects that still refer to one that goes, if
// any do. Whether AWS minds is seen when the deletion is sent all the same.
func (r *run) dependants() *resource.Wait {
	if len(r.level.Dependants) == 0 || r.level.Object.Retain {
		return nil
	}
	return &resource.Wait{Reason: resource.ReasonHasDependants, Message: "the resource goes when nothing depends on it any more"}
}

// moveAway takes the resource away from where it is, because someone asked to
// let go of it there. The next pass makes another where the inputs now name.
func (r *run) moveAway() (next, error) {
	if r.level.Wait != nil {
		return r.awaitLevel(r.level.Wait, resource.Report{})
	}
	return r.takeAway()
}

// left drops the claim of a resource that was let go of.
func (r *run) left(why string) (next, error) {
	in := resource.ReleaseInput{Ref: r.ref, UID: r.uid(), ID: r.level.Object.Claim.ID, Message: why, Planned: r.planned}
	ctx, _ := workflow.NewDisconnectedContext(r.ctx)
	ctx = workflow.WithActivityOptions(ctx, r.kubeOptions("let "+in.ID+" go: "+why))
	var written resource.Written
	err := workflow.ExecuteActivity(ctx, resource.KubeRelease, in).Get(ctx, &written)
	r.reset = r.reset || written.Stale
	return r.unless(err)
}

// letGo takes the finalizer off, so that the object goes.
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
	if written.Stale { // this run was reset: another look decides
		r.reset = true
		return again, nil
	}
	r.mail.released = r.uid()
	r.result.State, r.result.Reason = resource.Deleted, ""
	workflow.SetCurrentDetails(r.ctx, "Deleted: "+why)
	return settled, nil
}
