package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// carryOut sends the steps, those of one stage in parallel, and keeps AWS's answer to each. It
// stops after a stage in which one was refused, so that nothing is removed when an addition failed.
// It also stops as soon as a newer level exists, and reports that as interrupted.
func (r *run) carryOut(steps []resource.Step, how zeal) (interrupted bool, err error) {
	for len(steps) > 0 {
		if interrupted, err := r.superseded(); interrupted || err != nil {
			return interrupted, err
		}
		var stage []resource.Step
		stage, steps = firstStage(steps)
		refused, interrupted, err := r.carryOutStage(stage, how)
		if refused || interrupted || err != nil {
			return interrupted, err
		}
	}
	return false, nil
}

// firstStage splits off the steps of the lowest stage.
func firstStage(steps []resource.Step) (stage, rest []resource.Step) {
	lowest := steps[0].Stage
	for _, step := range steps {
		lowest = min(lowest, step.Stage)
	}
	for _, step := range steps {
		if step.Stage == lowest {
			stage = append(stage, step)
		} else {
			rest = append(rest, step)
		}
	}
	return stage, rest
}

// carryOutStage sends the steps of a stage, and reports whether AWS refused one.
func (r *run) carryOutStage(stage []resource.Step, how zeal) (refused, interrupted bool, err error) {
	var failures []resource.Failure
	before := len(r.sent)
	for _, together := range r.waves(stage) {
		wave, spared := r.refusedSoFar(failures, len(r.sent) > before).without(together)
		failures = append(failures, spared...)
		if len(wave) == 0 {
			continue
		}
		var failed []resource.Failure
		failed, interrupted, err = r.sendWave(wave, &how)
		failures = append(failures, failed...)
		if interrupted || err != nil {
			break
		}
	}
	r.failures = append(r.failures, failures...)
	return len(failures) > 0, interrupted, err
}

// sendWave sends steps in parallel. The object reports what AWS temporarily keeps refusing, and
// those steps are sent again with more patience.
func (r *run) sendWave(steps []resource.Step, how *zeal) (failures []resource.Failure, interrupted bool, err error) {
	failures, interrupted, err = r.sendSteps(steps, *how)
	lasting := r.lastingOf(failures)
	if len(lasting) == 0 || interrupted || err != nil {
		return failures, interrupted, err
	}
	what, err := r.tellLasting(lasting)
	if what != again || err != nil {
		return failures, true, err
	}
	*how = patient
	failures = slices.DeleteFunc(failures, func(f resource.Failure) bool { return f.Lasting })
	var late []resource.Step
	for _, f := range lasting {
		late = append(late, f.Step)
	}
	refused, interrupted, err := r.sendSteps(late, patient)
	return append(failures, refused...), interrupted, err
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
func (r *run) sendSteps(steps []resource.Step, how zeal) (failures []resource.Failure, interrupted bool, err error) {
	// Disconnected: a cancelled run must not leave a call without a recorded outcome.
	detached, giveUp := workflow.NewDisconnectedContext(r.ctx)
	defer giveUp()
	futures := make([]workflow.Future, 0, len(steps))
	for _, step := range steps {
		ctx := workflow.WithActivityOptions(detached, r.stepOptions(step, how))
		futures = append(futures, workflow.ExecuteActivity(ctx, r.kind+"/"+step.Verb, r.callAs(step, how)))
	}
	interrupted, err = r.attend(detached, futures)
	if interrupted {
		giveUp()
	}
	for i, future := range futures {
		var out resource.CallOutput
		if failed := future.Get(detached, &out); failed != nil {
			failure := asFailure(steps[i], failed)
			r.reset = r.reset || failure.Code == resource.CodeReset
			if !r.thereAlready(failure) {
				failures = append(failures, failure)
				continue
			}
		} else {
			r.done = append(r.done, resource.Done{Verb: steps[i].Verb, Output: out.Answer})
		}
		r.sent = append(r.sent, steps[i])
	}
	if err == nil {
		err = r.ctx.Err()
	}
	return failures, interrupted, err
}

// thereAlready reports whether AWS refuses a change because it is already in effect. An earlier
// pass, or an attempt without a known outcome, made it, and the observation before this one was
// stale. AWS gets a few seconds to show it; a change that it never shows counts as refused.
func (r *run) thereAlready(failure resource.Failure) bool {
	if failure.Class != resource.Exists || len(r.rests) == 0 ||
		workflow.GetVersion(r.ctx, "there-already", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return false
	}
	r.rests = r.rests[:min(len(r.rests), restsIfThere)]
	return true
}

// attend waits for calls that AWS may delay for long, because something still depends on the
// resource. It ends when all calls have ended, or when a newer level exists. A call that then rests
// between two attempts may be given up; an attempt in flight runs to its end.
func (r *run) attend(ctx workflow.Context, futures []workflow.Future) (interrupted bool, err error) {
	for {
		selector, open := workflow.NewSelector(ctx), false
		for _, future := range futures {
			if !future.IsReady() {
				selector.AddFuture(future, func(workflow.Future) {})
				open = true
			}
		}
		if !open {
			return false, nil
		}
		r.mail.arrives(selector)
		selector.Select(ctx)
		if slices.ContainsFunc(futures, func(f workflow.Future) bool { return !f.IsReady() }) {
			if interrupted, err = r.superseded(); interrupted || err != nil {
				return interrupted, err
			}
		}
	}
}

func (r *run) call(step resource.Step) resource.CallInput {
	return resource.CallInput{Target: r.level.Target, Request: step.Input, Once: step.Once, Run: r.planned, Fresh: r.fresh()}
}

// fresh returns the new resources that a request may name and that AWS may not know everywhere yet.
// These are the resources of the references and the object's own.
func (r *run) fresh() []resource.Made {
	fresh, claim := r.level.Fresh, r.level.Object.Claim
	if claim.Recorded() && workflow.Now(r.ctx).Sub(claim.Time) < freshFor {
		fresh = append(slices.Clone(fresh), resource.Made{ID: claim.ID, Time: claim.Time})
	}
	return fresh
}

func (r *run) callAs(step resource.Step, how zeal) resource.CallInput {
	in := r.call(step)
	in.Tell, in.Waited = how == telling, r.waited
	if how == patient && step.Verb == resource.VerbDelete {
		in.Told = r.toldOf(step)
	}
	return in
}
