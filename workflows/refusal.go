package workflows

import (
	"errors"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// refusal is an activity's failure in the words of the plan.
type refusal struct{ resource.Failure }

// Error is AWS's code and message.
func (r *refusal) Error() string { return r.Code + ": " + r.Message }

// asRefusal reads an activity's failure. Any other error, a bug or the
// cancellation of the run, is returned as it is.
func asRefusal(err error) error {
	var timeout *temporal.TimeoutError
	var application *temporal.ApplicationError
	if errors.As(err, &timeout) {
		// Nobody knows what the attempt did before it was given up; what an
		// earlier one was told says more to a person than the time-out does.
		failure := resource.Failure{Code: "TemporalTimeout:" + timeout.TimeoutType().String(), Message: timeout.Error()}
		if errors.As(err, &application) {
			failure.Code, failure.Message = application.Type(), application.Message()
		}
		failure.Class = resource.Unclear
		return &refusal{failure}
	}
	var panicked *temporal.PanicError
	if errors.As(err, &panicked) {
		return &refusal{resource.Failure{Code: "PanicError", Class: resource.Unclear, Message: panicked.Error()}}
	}
	if !errors.As(err, &application) {
		return err
	}
	failure := resource.Failure{Code: application.Type(), Class: resource.Other, Message: application.Message()}
	if application.HasDetails() {
		// Details are the failure as the activity classed it.
		if err := application.Details(&failure); err != nil {
			failure.Message += " (" + err.Error() + ")"
		}
	}
	return &refusal{failure}
}

// asFailure is err as the failure of step.
func asFailure(step resource.Step, err error) resource.Failure {
	var r *refusal
	if errors.As(asRefusal(err), &r) {
		r.Step = step
		return r.Failure
	}
	return resource.Failure{Step: step, Code: "Canceled", Class: resource.Unclear, Message: err.Error()}
}
