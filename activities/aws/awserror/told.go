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

// Retried is how long an activity has been retried.
type Retried struct {
	Attempt int32
	Lasted  time.Duration
	// Leaving says that the object is being deleted, and tells of its resource as if all
	// were well: it is told sooner what keeps it.
	Leaving bool
}

// Lasting is the failure of an attempt that is going to be retried, if the object is to
// tell it: it was retried for a while.
func Lasting(err error, r Retried) (f resource.Failure, tell bool) {
	application, ok := errors.AsType[*temporal.ApplicationError](err)
	if !ok || application.NonRetryable() {
		return f, false
	}
	if application.Type() == resource.ReasonNotFoundYet {
		f = resource.Failure{Code: resource.ReasonNotFoundYet, Class: resource.NotFound, Message: application.Message()}
		return lastingFailure(f), r.Lasted >= tellAfter
	}
	if !application.HasDetails() || application.Details(&f) != nil {
		return f, false
	}
	switch f.Class {
	case resource.Throttled, resource.Unclear, resource.Dependent, resource.Expired:
	default:
		// What names something too new ends by itself, after a few attempts.
		return lastingFailure(f), r.Lasted >= tellAfter && (r.Attempt > PropagatingAttempts || !Propagating(f))
	}
	after := tellAfter
	switch {
	case f.Code == resource.ReasonNoSession:
		return lastingFailure(f), r.Attempt > patientAttempts
	case r.Leaving:
	case f.Code == resource.ReasonAccountBusy:
		after = tellBusyAfter
	case RateLimited(err):
		after = tellThrottledAfter
	}
	return lastingFailure(f), r.Lasted >= after
}

func lastingFailure(f resource.Failure) resource.Failure {
	f.Lasting = true
	return f
}

// Told ends the activity with a failure that the object is to tell.
func Told(f resource.Failure) error {
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, temporal.ApplicationErrorOptions{NonRetryable: true, Details: []any{f}})
}
