package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// activityFailure is an activity's failure in the terms of the plan.
type activityFailure struct{ resource.Failure }

// Error returns AWS's code and message.
func (r *activityFailure) Error() string { return r.Code + ": " + r.Message }

// asActivityFailure reads an activity's failure. Any other error is a bug or the cancellation of the run,
// and is returned unchanged.
func asActivityFailure(err error) error {
	application, answered := errors.AsType[*temporal.ApplicationError](err)
	if timeout, ok := errors.AsType[*temporal.TimeoutError](err); ok {
		// The effect of the attempt before its timeout is unknown. The answer to an earlier
		// attempt helps a person more than the timeout does.
		failure := resource.Failure{Class: resource.Unclear, Code: "TemporalTimeout:" + timeout.TimeoutType().String(), Message: timeout.Error()}
		if answered {
			failure.Code, failure.Message = application.Type(), application.Message()
		}
		return &activityFailure{failure}
	}
	if panicked, ok := errors.AsType[*temporal.PanicError](err); ok {
		return &activityFailure{resource.Failure{Class: resource.Unclear, Code: "PanicError", Message: panicked.Error()}}
	}
	if !answered {
		return err
	}
	failure := resource.Failure{Class: resource.Other, Code: application.Type(), Message: application.Message()}
	if application.HasDetails() {
		// The details hold the failure with the class from the activity.
		if unreadable := application.Details(&failure); unreadable != nil {
			failure.Message += " (" + unreadable.Error() + ")"
		}
	}
	return &activityFailure{failure}
}

// asFailure returns err as the failure of step.
func asFailure(step resource.Step, err error) resource.Failure {
	if r, ok := errors.AsType[*activityFailure](asActivityFailure(err)); ok {
		r.Step = step
		return r.Failure
	}
	return resource.Failure{Step: step, Code: "Canceled", Class: resource.Unclear, Message: err.Error()}
}
