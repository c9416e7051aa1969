package workflows

import (
	"bytes"
	"path"
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// sendChunk sends steps in parallel. The object reports what AWS temporarily keeps refusing, and
// those steps are sent again with more patience. So are the chunks that follow.
func (r *run) sendChunk(steps []resource.Step, how *patience, splits bool) (failures []resource.Failure, out outcome) {
	failures, out = r.sendSplit(steps, *how, splits)
	lasting := r.lastingOf(failures)
	if len(lasting) == 0 || out != goOn {
		return failures, out
	}
	out = r.reportLasting(lasting)
	if out == goOn {
		out = r.newer()
	}
	switch out {
	case goOn:
	case failed:
		return failures, failed
	default:
		return failures, nextPass // it finds out whether the object is gone
	}
	*how = patient
	failures = slices.DeleteFunc(failures, func(f resource.Failure) bool { return f.Lasting })
	again := make([]resource.Step, 0, len(lasting))
	for _, f := range lasting {
		again = append(again, f.Step)
	}
	more, out := r.sendSteps(again, patient)
	return append(failures, more...), out
}

// sendSplit sends steps in parallel. With splits, it sends the last one after the others, so that its activity also
// observes AWS. That takes one activity less than an observation of its own, and as many in a row. The last
// step is sent even if AWS refuses another, but then it does not observe.
func (r *run) sendSplit(steps []resource.Step, how patience, splits bool) (failures []resource.Failure, out outcome) {
	n := len(steps) - 1
	if !splits || n == 0 || steps[n].Once {
		return r.sendSteps(steps, how)
	}
	failures, out = r.sendSteps(steps[:n], how)
	if out == goOn {
		out = r.newer()
	}
	if out != goOn {
		return failures, out
	}
	r.tried.closing = len(failures) == 0
	more, out := r.sendSteps(steps[n:], how)
	return append(failures, more...), out
}

func (r *run) lastingOf(failures []resource.Failure) (lasting []resource.Failure) {
	for _, f := range failures {
		if r.lasting(f) {
			lasting = append(lasting, f)
		}
	}
	return lasting
}

// sendSteps sends steps in parallel, and returns AWS's refusals.
func (r *run) sendSteps(steps []resource.Step, how patience) (failures []resource.Failure, out outcome) {
	// Disconnected: a cancelled run must not leave a call without a recorded outcome.
	detached, giveUp := workflow.NewDisconnectedContext(r.ctx)
	defer giveUp()
	futures := make([]workflow.Future, 0, len(steps))
	for _, step := range steps {
		ctx := workflow.WithActivityOptions(detached, r.stepOptions(step, how))
		futures = append(futures, workflow.ExecuteActivity(ctx, r.verb(step.Verb), r.callAs(step, how)))
	}
	out = r.attend(detached, futures)
	if out == nextPass {
		giveUp()
	}
	for i, future := range futures {
		if failure := r.answer(detached, steps[i], future); failure != nil {
			failures = append(failures, *failure)
		}
	}
	if err := r.ctx.Err(); err != nil && out != failed {
		out = r.fail(err)
	}
	return failures, out
}

// answer keeps AWS's answer to a step. It returns a failure if AWS refused the step.
func (r *run) answer(ctx workflow.Context, step resource.Step, future workflow.Future) *resource.Failure {
	var out resource.CallOutput
	if err := future.Get(ctx, &out); err != nil {
		failure := asFailure(step, err)
		r.resetIf(failure.Code == resource.CodeReset) // carryOut ends the pass
		if !r.thereAlready(failure) {
			return &failure
		}
	} else {
		r.tried.done = append(r.tried.done, resource.Done{Verb: step.Verb, Output: out.Answer})
		r.tried.seen = out.Plan
	}
	r.tried.sent = append(r.tried.sent, step)
	return nil
}

// thereAlready reports whether AWS refuses a change because it is already in effect. An earlier
// pass, or an attempt without a known outcome, made it, and the observation before this one was
// stale. AWS gets a few seconds to show it; a change that it never shows counts as refused.
func (r *run) thereAlready(failure resource.Failure) bool {
	if failure.Class != resource.Exists || len(r.pauses) == 0 || !r.supports(acceptsThereAlready) {
		return false
	}
	r.pauses = r.pauses[:min(len(r.pauses), pausesIfThere)]
	return true
}

// attend waits for calls that AWS may delay for long, because something still depends on the
// resource. It ends when all calls have ended, or when a newer level exists. A call that then rests
// between two attempts may be given up; an attempt in flight runs to its end.
func (r *run) attend(ctx workflow.Context, futures []workflow.Future) outcome {
	pending := func(f workflow.Future) bool { return !f.IsReady() }
	for slices.ContainsFunc(futures, pending) {
		selector := workflow.NewSelector(ctx)
		for _, future := range futures {
			if pending(future) {
				selector.AddFuture(future, func(workflow.Future) {})
			}
		}
		r.mail.arrives(selector)
		selector.Select(ctx)
		if slices.ContainsFunc(futures, pending) {
			if out := r.superseded(); out != goOn {
				return out
			}
		}
	}
	return goOn
}

func (r *run) call(step resource.Step) resource.CallInput {
	return resource.CallInput{Target: step.At(r.level.Target), Request: step.Input, Once: step.Once, Run: r.seen.planned, Fresh: r.freshIn(step)}
}

func (r *run) callAs(step resource.Step, how patience) resource.CallInput {
	in := r.call(step)
	in.EndToReport, in.Eager, in.Waited = how == reporting, how == eager, r.tried.waited
	if r.tried.closing && !step.Once { // a step that is sent once must not end unclear because of a read
		then := r.observeInput()
		in.Then = &then
	}
	if how == patient && step.Verb == resource.VerbDelete {
		in.Reported = r.holderShown(step)
	}
	return in
}

// freshIn returns the new resources that a step may name and that AWS may not know everywhere yet.
// These are the resources of the references and the object's own. A step carries only those that its
// request names: a table refers to hundreds, and each of its routes is an event of the history.
func (r *run) freshIn(step resource.Step) (fresh []resource.Made) {
	for _, made := range r.level.Fresh {
		if bytes.Contains(step.Input, []byte(path.Base(made.ID))) { // of an ARN, the request may hold the name only
			fresh = append(fresh, made)
		}
	}
	if claim := r.level.Object.Claim; claim.Recorded() && workflow.Now(r.ctx).Sub(claim.Time) < freshFor {
		fresh = append(fresh, resource.Made{ID: claim.ID, Time: claim.Time})
	}
	return fresh
}
