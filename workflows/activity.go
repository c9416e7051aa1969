package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"
)

// ask runs an activity whose error the caller understands.
func (r *run) ask(ctx workflow.Context, options workflow.ActivityOptions, activity string, in, out any) error {
	ctx = workflow.WithActivityOptions(ctx, options)
	return workflow.ExecuteActivity(ctx, activity, in).Get(ctx, out)
}

// do runs an activity that Temporal retries until it succeeds.
func (r *run) do(ctx workflow.Context, options workflow.ActivityOptions, activity string, in, out any) outcome {
	if err := r.ask(ctx, options, activity, in, out); err != nil {
		return r.timedOut(err)
	}
	return goOn
}

// detached returns a context that a cancellation of the run does not reach. An activity that
// changes something must not lose its outcome.
func (r *run) detached() workflow.Context {
	ctx, _ := workflow.NewDisconnectedContext(r.ctx)
	return ctx
}

// verb returns the name of an activity of the run's kind.
func (r *run) verb(name string) string { return r.kind + "/" + name }

// timedOut handles the error of an activity that nothing but time can help. Temporal retried it for
// as long as a run may last, so the next run continues.
func (r *run) timedOut(err error) outcome {
	if _, ok := errors.AsType[*activityFailure](asActivityFailure(err)); ok && r.ctx.Err() == nil {
		workflow.GetLogger(r.ctx).Warn("continuing as new", "error", err)
		return nextRun
	}
	return r.fail(err)
}
