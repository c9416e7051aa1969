package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// carryOut sends the steps, those of one stage side by side, and keeps what AWS
// said to each. It stops after a stage in which one was refused, so that nothing
// is removed when adding failed; and before any stage when a newer level is
// there, which it reports as interrupted.
func (r *run) carryOut(steps []resource.Step) (interrupted bool, err error) {
	for len(steps) > 0 {
		if interrupted, err := r.superseded(); interrupted || err != nil {
			return interrupted, err
		}
		var stage []resource.Step
		stage, steps = firstStage(steps)
		refused, err := r.carryOutStage(stage)
		if refused || err != nil {
			return false, err
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

func (r *run) carryOutStage(stage []resource.Step) (refused bool, err error) {
	// Disconnected: cancelling the run must not leave a call half reported.
	detached, _ := workflow.NewDisconnectedContext(r.ctx)
	futures := make([]workflow.Future, 0, len(stage))
	for _, step := range stage {
		ctx := workflow.WithActivityOptions(detached, r.stepOptions(step))
		futures = append(futures, workflow.ExecuteActivity(ctx, r.kind+"/"+step.Verb, r.call(step)))
	}
	for i, future := range futures {
		var out resource.CallOutput
		if err := future.Get(detached, &out); err != nil {
			r.failures = append(r.failures, asFailure(stage[i], err))
			refused = true
			continue
		}
		r.done = append(r.done, resource.Done{Verb: stage[i].Verb, Output: out.Answer})
	}
	return refused, r.ctx.Err()
}

func (r *run) call(step resource.Step) resource.CallInput {
	return resource.CallInput{Target: r.level.Target, Request: step.Input, Once: step.Once}
}
