// Package patience ends an activity that is retried for a long time, so that the object reports
// AWS's answer.
package patience

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// deletingLook bounds an attempt to observe an object that is being deleted. A call ends after 10 s
// by itself. AWS answers reads within a second, unless something is wrong.
const deletingLook = 5 * time.Second

// UntilLasting ends an activity that Temporal would retry, after its failures have lasted for
// seconds. The run reports them on the object, and continues. ends decides about a failure, and may
// classify it for the run. An observation of an object that is being deleted also ends when it takes
// that long. The run reports that AWS does not answer, and observes by Await.
func UntilLasting[In, Out any](ends func(In, *resource.Failure) bool, do func(context.Context, In) (Out, error)) func(context.Context, In) (Out, error) {
	return func(ctx context.Context, in In) (Out, error) {
		began, within := time.Now(), ctx
		if deleting(in) {
			// A call that hangs would keep the old report for its whole timeout.
			var end context.CancelFunc
			within, end = context.WithTimeout(ctx, deletingLook)
			defer end()
		}
		out, err := do(within, in)
		if err == nil {
			return out, nil
		}
		info := activity.GetInfo(ctx)
		retried := awserror.Retried{Attempt: info.Attempt, Lasted: time.Since(began), Deleting: deleting(in) || tearsDown(in)}
		if info.Attempt > 1 {
			// Both times are the server's: the worker's clock may differ.
			retried.Lasted += info.StartedTime.Sub(info.ScheduledTime)
		}
		if f, report := awserror.Lasting(err, retried); report && ends(in, &f) {
			return out, awserror.ToReport(f)
		}
		return out, err
	}
}

// deleting reports whether an activity observes an object that is being deleted.
func deleting(in any) bool {
	look, ok := in.(resource.ObserveInput)
	return ok && look.Object.Deleting
}

// tearsDown reports whether an activity is a call of a deletion that the object does not report yet.
func tearsDown(in any) bool {
	call, ok := in.(resource.CallInput)
	return ok && call.Eager
}

// EndsLook ends a look whose run handles no signals meanwhile. The run then waits by Await, and
// notices changes.
func EndsLook(in resource.ObserveInput, f *resource.Failure) bool {
	if f.Code == resource.ReasonNotFoundYet {
		return in.EndToReport
	}
	f.Class = resource.Gated
	f.Lasting = f.Code != resource.ReasonNoSession // reported like a missing role
	return true
}

// EndsCall ends a call as its run requests. The run reports a new reason why AWS refuses the call,
// as the last refusal. It reports the first reason of a deletion in the same way.
func EndsCall(in resource.CallInput, f *resource.Failure) bool {
	if in.Eager {
		f.Lasting = false
		return true
	}
	if !in.EndToReport && in.Reported != "" && f.Class == resource.Dependent {
		f.Lasting = false
		return f.Message != in.Reported
	}
	return in.EndToReport
}
