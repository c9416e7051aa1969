package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"
)

// outcome says what follows a part of a pass. A caller continues on goOn alone, and returns any
// other outcome at once. Reconcile acts on it.
type outcome int

const (
	goOn     outcome = iota // the pass goes on
	nextPass                // the pass is over: another pass reads the level again
	nextRun                 // the run continues as new
	done                    // the run ends, unless a signal arrived in the meantime
	failed                  // the run fails with r.err
)

// then returns next where the pass would go on.
func (o outcome) then(next outcome) outcome {
	if o == goOn {
		return next
	}
	return o
}

// fail ends the run with an error that Temporal must see: a bug, or the cancellation of the run.
func (r *run) fail(err error) outcome {
	r.err = err
	return failed
}

// overdue handles the error of an activity that nothing but time can help. Temporal retried it for
// as long as a run may last, so the next run continues.
func (r *run) overdue(err error) outcome {
	if _, ok := errors.AsType[*refusal](asRefusal(err)); ok && r.ctx.Err() == nil {
		workflow.GetLogger(r.ctx).Warn("continuing as new", "error", err)
		return nextRun
	}
	return r.fail(err)
}

// resetIf ends the pass of a run that was reset. The bridge reports that as a stale write, the
// worker as a refusal. The kept part of the history describes a past state. A new run reads
// everything again, including an open claim, and searches for the resource of that claim before it
// sends anything.
func (r *run) resetIf(stale bool) outcome {
	if r.reset = r.reset || stale; r.reset {
		return nextPass
	}
	return goOn
}

// ask runs an activity whose error the caller understands.
func (r *run) ask(ctx workflow.Context, options workflow.ActivityOptions, activity string, in, out any) error {
	ctx = workflow.WithActivityOptions(ctx, options)
	return workflow.ExecuteActivity(ctx, activity, in).Get(ctx, out)
}

// do runs an activity that Temporal retries until it succeeds.
func (r *run) do(ctx workflow.Context, options workflow.ActivityOptions, activity string, in, out any) outcome {
	if err := r.ask(ctx, options, activity, in, out); err != nil {
		return r.overdue(err)
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
