package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// carryOut sends the steps, those of one stage side by side, and keeps what AWS
// said to each. It stops after a stage in which one was refused, so that nothing
// is removed when adding failed; and as soon as a newer level is there, which it
// reports as interrupted. Each step is tried so many times, 0 for as long as a
// run may last.
func (r *run) carryOut(steps []resource.Step, attempts int32) (interrupted bool, err error) {
	for len(steps) > 0 {
		if interrupted, err := r.superseded(); interrupted || err != nil {
			return interrupted, err
		}
		var stage []resource.Step
		stage, steps = firstStage(steps)
		refused, interrupted, err := r.carryOutStage(stage, attempts)
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

func (r *run) carryOutStage(stage []resource.Step, attempts int32) (refused, interrupted bool, err error) {
	// Disconnected: cancelling the run must not leave a call half reported.
	detached, giveUp := workflow.NewDisconnectedContext(r.ctx)
	defer giveUp()
	futures := make([]workflow.Future, 0, len(stage))
	for _, step := range stage {
		ctx := workflow.WithActivityOptions(detached, r.stepOptions(step, attempts))
		futures = append(futures, workflow.ExecuteActivity(ctx, r.kind+"/"+step.Verb, r.call(step)))
	}
	interrupted, err = r.attend(detached, futures)
	if interrupted {
		giveUp()
	}
	for i, future := range futures {
		var out resource.CallOutput
		if failed := future.Get(detached, &out); failed != nil {
			failure := asFailure(stage[i], failed)
			if !r.thereAlready(failure) {
				r.failures = append(r.failures, failure)
				refused = true
				continue
			}
		} else {
			r.done = append(r.done, resource.Done{Verb: stage[i].Verb, Output: out.Answer})
		}
		r.sent = append(r.sent, stage[i])
	}
	if err == nil {
		err = r.ctx.Err()
	}
	return refused, interrupted, err
}

// thereAlready says whether AWS refuses a change because it is made already: an
// earlier pass, or an attempt of which nobody heard, was carried out, and the look
// before this one was older than that. For a few seconds AWS gets time to show it;
// what it never shows is a refusal.
func (r *run) thereAlready(failure resource.Failure) bool {
	if failure.Class != resource.Exists || len(r.rests) == 0 ||
		workflow.GetVersion(r.ctx, "there-already", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return false
	}
	r.rests = r.rests[:min(len(r.rests), restsIfThere)]
	return true
}

// attend waits for calls that AWS may put off for long, because something still
// depends on the resource: until all have ended, or a newer level is there. What
// then rests between two attempts may be given up; an attempt under way ends as
// it ends.
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
	return resource.CallInput{Target: r.level.Target, Request: step.Input, Once: step.Once}
}
