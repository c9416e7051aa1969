package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// gate handles an object that may not call AWS yet, because its role or a reference for its create
// is missing. It still reports a spec that cannot succeed at once.
func (r *run) gate() outcome {
	var plan resource.Plan
	options := r.readOptions("check the spec of " + r.ref.String())
	if out := r.do(r.ctx, options, r.verb(resource.VerbValidate), r.observeInput(), &plan); out != goOn {
		return out
	}
	r.seen.advice = plan.Advice
	if plan.Problem != nil {
		return r.problem(plan.Problem)
	}
	return r.awaitLevel(r.level.Wait, resource.Report{})
}

// awaitLevel waits until the inputs are available or have changed.
func (r *run) awaitLevel(wait *resource.Wait, report resource.Report) outcome {
	report.State, report.Reason, report.Message = resource.Waiting, wait.Reason, wait.Message
	report.Unresolved = r.level.Unresolved
	if out := r.report(report); out != goOn {
		return out
	}
	var level resource.Level
	ready, err := r.wait(wait, func(ctx workflow.Context) workflow.Future {
		ctx = workflow.WithActivityOptions(ctx, pokedOptions(r.kubeOptions("wait: "+wait.Message)))
		return workflow.ExecuteActivity(ctx, resource.KubeAwait, resource.LevelInput{Ref: r.ref, Digest: r.level.Digest, Wait: wait, Accepter: r.accepter})
	}, &level)
	if err != nil {
		return r.timedOut(err)
	}
	if ready {
		r.next.level = &level
	}
	return nextPass
}

// awaitAWS waits for a state of AWS, such as a VPC that is still pending. If AWS cannot be observed
// meanwhile, the object reports why and waits for that.
func (r *run) awaitAWS(plan resource.Plan, in resource.ObserveInput) outcome {
	report := resource.Report{State: resource.Waiting, Reason: plan.Wait.Reason, Message: plan.Wait.Message, Status: plan.Status}
	if out := r.report(report); out != goOn {
		return out
	}
	var seen resource.Plan
	ready, err := r.wait(plan.Wait, func(ctx workflow.Context) workflow.Future {
		ctx = workflow.WithActivityOptions(ctx, waitOptions(r.readOptions("wait: "+plan.Wait.Message)))
		in.EndToReport, in.Reported = true, plan.Wait.Reason
		if plan.Held {
			in.Held, in.Waited = plan.Wait.Message, r.carry.Held
		}
		return workflow.ExecuteActivity(ctx, r.verb(resource.VerbAwait), in)
	}, &seen)
	r.carry.Held = plan.Held && err != nil // nothing changed for as long as a run may last
	if err != nil {
		return r.notAwaited(err)
	}
	if ready {
		level := r.level
		level.ReportedState = "" // the status now reports the wait
		r.next = upcoming{level: &level, plan: &seen}
	}
	return nextPass
}

// notAwaited handles a wait for AWS that ended with an error. Only an activity that was asked to
// report ends because of credentials; that of an old run does not.
func (r *run) notAwaited(err error) outcome {
	if r.ctx.Err() == nil && asFailure(resource.Step{}, err).Class == resource.Gated &&
		!workflow.GetInfo(r.ctx).GetContinueAsNewSuggested() {
		return r.notObserved(err)
	}
	return r.timedOut(err)
}

// wait waits for the activity or for a signal, whichever comes first, and reports whether the
// activity was first. It is only for activities that change nothing, because a signal cancels them.
func (r *run) wait(why *resource.Wait, start func(workflow.Context) workflow.Future, out any) (ready bool, err error) {
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
		return false, r.ctx.Err()
	}
	return true, future.Get(ctx, out)
}

// rest waits until AWS may show what it carried out. A newer level ends the pass. Other signals change
// nothing; runs of older versions end the rest at the first one.
func (r *run) rest() outcome {
	ctx, cancel := workflow.WithCancel(r.ctx)
	defer cancel()
	timer := workflow.NewTimerWithOptions(ctx, r.pauses[0], workflow.TimerOptions{Summary: "until AWS shows the change"})
	r.pauses = r.pauses[1:]
	for {
		selector := workflow.NewSelector(ctx)
		selector.AddFuture(timer, func(workflow.Future) {})
		r.mail.arrives(selector)
		selector.Select(ctx)
		if err := r.ctx.Err(); err != nil {
			return r.fail(err)
		}
		if out := r.superseded(); out != goOn || timer.IsReady() || !r.supports(restsInFull) {
			return out
		}
	}
}
