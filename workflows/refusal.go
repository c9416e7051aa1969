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
	if errors.As(err, &timeout) {
		// Nobody knows what the attempt did before it was given up.
		return &refusal{resource.Failure{
			Code:    "TemporalTimeout:" + timeout.TimeoutType().String(),
			Class:   resource.Unclear,
			Message: timeout.Error(),
		}}
	}
	var application *temporal.ApplicationError
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
