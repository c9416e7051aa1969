package awserror

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// How long an activity is retried before it ends, so that the object reports why. AWS throttles a
// burst by the thousand, and mostly recovers within seconds. An earlier report would write the
// status of each object for nothing.
const (
	reportAfter          = 3 * time.Second
	reportThrottledAfter = 10 * time.Second
	reportBusyAfter      = time.Minute
)

// patientAttempts is the number of attempts after which the object reports that AWS gives no
// session: a busy STS is not worth a report.
const patientAttempts = 2

// Retried is how long an activity has been retried.
type Retried struct {
	Attempt int32
	Lasted  time.Duration
	// Deleting means that the object is being deleted, while its status still reports a healthy
	// resource. What holds it is reported sooner.
	Deleting bool
}

// Lasting returns the failure of an attempt that Temporal would retry. If report is true, the
// object should report it, because it was retried for a while.
func Lasting(err error, r Retried) (f resource.Failure, report bool) {
	application, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok || application.NonRetryable() {
		return f, false
	}
	if application.Type() == resource.ReasonNotFoundYet {
		f = resource.Failure{Code: resource.ReasonNotFoundYet, Class: resource.NotFound, Message: application.Message()}
		return lastingFailure(f), r.Lasted >= reportAfter
	}
	if !application.HasDetails() || application.Details(&f) != nil {
		return f, false
	}
	switch f.Class {
	case resource.Throttled, resource.Unclear, resource.Dependent, resource.Expired:
	default:
		// A failure that names something too new ends without help, after a few attempts.
		return lastingFailure(f), r.Lasted >= reportAfter && (r.Attempt > PropagatingAttempts || !Propagating(f))
	}
	after := reportAfter
	switch {
	case f.Code == resource.ReasonNoSession:
		return lastingFailure(f), r.Attempt > patientAttempts
	case r.Deleting:
	case f.Code == resource.ReasonAccountBusy:
		after = reportBusyAfter
	case RateLimited(err), f.Code == resource.ReasonRateBudget:
		after = reportThrottledAfter
	}
	return lastingFailure(f), r.Lasted >= after
}

func lastingFailure(f resource.Failure) resource.Failure {
	f.Lasting = true
	return f
}

// ToReport returns an error that ends the activity with a failure for the object to report.
func ToReport(f resource.Failure) error {
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, temporal.ApplicationErrorOptions{NonRetryable: true, Details: []any{f}})
}
