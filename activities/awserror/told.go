package awserror

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// How long an activity is retried before it ends, so that the object tells why.
// A burst is throttled by the thousand and mostly clears within seconds: telling
// sooner would write each object's status for nothing.
const (
	tellAfter          = 3 * time.Second
	tellThrottledAfter = 10 * time.Second
	tellBusyAfter      = time.Minute
)

// patientAttempts are those after which a session that AWS does not give is told: a
// busy STS is no news.
const patientAttempts = 2

// Lasting is the failure of an attempt that is going to be retried, if the object is to
// tell it: it was retried for a while.
func Lasting(err error, attempt int32, lasted time.Duration) (f resource.Failure, tell bool) {
	application, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok || application.NonRetryable() {
		return f, false
	}
	if application.Type() == resource.ReasonNotFoundYet {
		f = resource.Failure{Code: resource.ReasonNotFoundYet, Class: resource.NotFound, Message: application.Message()}
		return lastingFailure(f), lasted >= tellAfter
	}
	if !application.HasDetails() || application.Details(&f) != nil {
		return f, false
	}
	switch f.Class {
	case resource.Throttled, resource.Unclear, resource.Dependent, resource.Expired:
	default:
		// A few attempts, after which the activity mostly ends by itself.
		return lastingFailure(f), attempt > PropagatingAttempts && lasted >= tellAfter
	}
	switch {
	case f.Code == resource.ReasonNoSession:
		return lastingFailure(f), attempt > patientAttempts
	case f.Code == resource.ReasonAccountBusy:
		return lastingFailure(f), lasted >= tellBusyAfter
	case RateLimited(err):
		return lastingFailure(f), lasted >= tellThrottledAfter
	default:
		return lastingFailure(f), lasted >= tellAfter
	}
}

func lastingFailure(f resource.Failure) resource.Failure {
	f.Lasting = true
	return f
}

// Told ends the activity with a failure that the object is to tell.
func Told(f resource.Failure) error {
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, temporal.ApplicationErrorOptions{NonRetryable: true, Details: []any{f}})
}
