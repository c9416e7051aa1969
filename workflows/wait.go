package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// gate handles an object that may not call AWS yet, because its role or a reference for its create
// is missing. It still reports a spec that cannot succeed at once.
func (r *run) gate() (next, error) {
	var plan resource.Plan
	ctx := workflow.WithActivityOptions(r.ctx, r.readOptions("check the spec of "+r.ref.String()))
	if err := workflow.ExecuteActivity(ctx, r.kind+"/"+resource.VerbValidate, r.observeInput()).Get(ctx, &plan); err != nil {
		return r.overdue(err)
	}
	r.advice = plan.Advice
	if plan.Problem != nil {
		return r.problem(plan.Problem)
	}
	return r.awaitLevel(r.level.Wait, resource.Report{})
}

// awaitLevel waits until the inputs are available or have changed.
func (r *run) awaitLevel(wait *resource.Wait, report resource.Report) (next, error) {
	report.State, report.Reason, report.Message = resource.Waiting, wait.Reason, wait.Message
	report.Unresolved = r.level.Unresolved
	if what, err := r.report(report); what != again || err != nil {
		return what, err
	}
	var level resource.Level
	arrived, err := r.wait(wait, func(ctx workflow.Context) workflow.Future {
		ctx = workflow.WithActivityOptions(ctx, pokedOptions(r.kubeOptions("wait: "+wait.Message)))
		return workflow.ExecuteActivity(ctx, resource.KubeAwait, resource.LevelInput{Ref: r.ref, Digest: r.level.Digest, Wait: wait})
	}, &level)
	if err == nil && !arrived {
		r.newer = &level
	}
	return r.unless(err)
}

// awaitAWS waits for a state of AWS, such as a VPC that is still pending. If AWS cannot be observed
// meanwhile, the object reports why and waits for that.
func (r *run) awaitAWS(plan resource.Plan, in resource.ObserveInput) (next, error) {
	report := resource.Report{State: resource.Waiting, Reason: plan.Wait.Reason, Message: plan.Wait.Message, Status: plan.Status}
	if what, err := r.report(report); what != again || err != nil {
		return what, err
	}
	var ready resource.Plan
	arrived, err := r.wait(plan.Wait, func(ctx workflow.Context) workflow.Future {
		ctx = workflow.WithActivityOptions(ctx, waitOptions(r.readOptions("wait: "+plan.Wait.Message)))
		in.Tell, in.Told = true, plan.Wait.Reason
		if plan.Held {
			in.Held = plan.Wait.Message
		}
		return workflow.ExecuteActivity(ctx, r.kind+"/"+resource.VerbAwait, in)
	}, &ready)
	if err == nil && !arrived {
		level := r.level
		level.Settled = "" // the status now reports the wait
		r.newer, r.ahead = &level, &ready
	}
	// Only an activity with this input ends this way; the wait of an old run does not.
	if err != nil && r.ctx.Err() == nil && asFailure(resource.Step{}, err).Class == resource.Gated &&
		!workflow.GetInfo(r.ctx).GetContinueAsNewSuggested() {
		return r.refused(err)
	}
	return r.unless(err)
}

// rest waits for the duration, or until a newer level exists, which it reports as interrupted.
func (r *run) rest(d time.Duration) (interrupted bool, err error) {
	ctx, cancel := workflow.WithCancel(r.ctx)
	defer cancel()
	timer := workflow.NewTimerWithOptions(ctx, d, workflow.TimerOptions{Summary: "until AWS shows what it has carried out"})
	selector := workflow.NewSelector(ctx)
	selector.AddFuture(timer, func(workflow.Future) {})
	r.mail.arrives(selector)
	selector.Select(ctx)
	if r.ctx.Err() != nil {
		return false, r.ctx.Err()
	}
	return r.superseded()
}

// wait waits for the activity or for a signal, whichever comes first. It is only for activities
// that change nothing, because a signal cancels them.
func (r *run) wait(why *resource.Wait, start func(workflow.Context) workflow.Future, out any) (arrived bool, err error) {
	workflow.SetCurrentDetails(r.ctx, "Waiting: "+why.Message)
	r.showInSearch()
	ctx, cancel := workflow.WithCancel(r.ctx)
	defer cancel()
	future := start(ctx)
	selector := workflow.NewSelector(ctx)
	selector.AddFuture(future, func(workflow.Future) {})
	r.mail.arrives(selector)
	if !r.mail.drain() {
		selector.Select(ctx)
	}
	if r.mail.drain() || !future.IsReady() {
		return true, r.ctx.Err()
	}
	return false, future.Get(ctx, out)
}
