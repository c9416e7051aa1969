package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// observe returns the plan for the object: the one that Await made, or that of a new observation.
func (r *run) observe() (plan resource.Plan, out outcome) {
	if r.next.plan != nil {
		plan, r.next.plan = *r.next.plan, nil
		return plan, r.observed(plan)
	}
	options := r.readOptions("compare " + r.ref.String() + " with AWS")
	err := r.ask(r.ctx, options, r.verb(resource.VerbObserve), r.observeInput(), &plan)
	out = r.observed(plan)
	if err != nil {
		return plan, r.notObserved(err)
	}
	return plan, out
}

// observed keeps what an observation says apart from its steps. An observation that failed, or that
// did not find the resource by its tags, proves no id. If another run read the level, this run was
// reset in between: the level may be out of date.
func (r *run) observed(plan resource.Plan) outcome {
	r.seen = sight{advice: plan.Advice, planned: plan.Run, adopted: plan.Adopted}
	if plan.Proven {
		r.seen.proven = plan.ID
	}
	r.carry.Held = r.carry.Held && plan.Held
	return r.resetIf(plan.Run != "" && r.level.Run != "" && plan.Run != r.level.Run)
}

func (r *run) observeInput() resource.ObserveInput {
	in := resource.ObserveInput{Object: r.level.Object, Target: r.level.Target, Accepter: r.level.Accepter, Failures: r.tried.failures, Done: r.tried.done}
	in.Object.Deleting = in.Object.Deleting || r.level.Relocating // for AWS, both are a deletion
	in.Since = r.doubtedSince()
	return in
}

// doubtedSince returns the time of the workflow's first observation of this object in doubt. It is
// zero for an object without a doubt. Only the input of an activity depends on it, so stored
// histories still replay.
func (r *run) doubtedSince() time.Time {
	switch {
	case !r.level.Object.InDoubt():
		r.carry.Doubted = resource.Doubted{}
	case r.carry.Doubted.UID != r.uid():
		r.carry.Doubted = resource.Doubted{UID: r.uid(), Since: workflow.Now(r.ctx)}
	}
	return r.carry.Doubted.Since
}

// notObserved reports why AWS could not be observed. It waits for credentials, and rests after any
// other refusal.
func (r *run) notObserved(err error) outcome {
	failure := asFailure(resource.Step{Summary: "observing the resource"}, err)
	switch failure.Class {
	case resource.Unclear:
		return r.timedOut(err) // no answer came in time
	case resource.Gated:
		// There are no credentials yet: the wait retries within a minute and adds no history.
		wait := &resource.Wait{Reason: failure.Code, Message: failure.Message}
		if failure.Lasting {
			wait.Message = r.sinceWhen([]resource.Failure{failure})
		}
		return r.awaitAWS(resource.Plan{Wait: wait}, r.observeInput())
	case resource.Invalid:
		failure.Class = resource.Other // the id in the claim is refused, which no edit of the spec cures
	default:
	}
	return r.reportRefusals([]resource.Failure{failure}, nil)
}
