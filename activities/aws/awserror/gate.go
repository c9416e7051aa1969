package awserror

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/activities/aws/awserror/codes"
	"github.com/tack-dev/tack/resource"
)

// Denial is the reason why a call was not sent: there is no identity to call with, or its rate budget is
// used up. Nothing was called except AssumeRole.
type Denial struct {
	Code, Message string
	Again         time.Duration // the delay before the next request
}

// In returns the denial for a caller that asks while it still holds for left. Callers come back at
// spread-out times, so that a thousand objects do not arrive at once.
func (d Denial) In(left, spread time.Duration) Denial {
	d.Again = left + rand.N(spread) //nolint:gosec // spreads the load
	return d
}

// Error returns the code and the message.
func (d Denial) Error() string { return d.Code + ": " + d.Message }

// ErrorCode makes the denial an API error, so that the table of codes classifies it.
func (d Denial) ErrorCode() string { return d.Code }

// ErrorMessage returns what was denied and what to do.
func (d Denial) ErrorMessage() string { return d.Message }

// ErrorFault reports that the client is at fault.
func (Denial) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// BeforeSend returns the error of an attempt that got no credentials, or no token of its rate
// budget. Nothing was sent to the service itself, so no outcome is unclear.
func BeforeSend(err error) error {
	f := Of(err)
	if f.Class == resource.Unclear {
		f.Class = resource.Throttled
	}
	denial, denied := errors.AsType[Denial](err)
	if !denied {
		f.Message = Cause(err)
		return Activity(f, true, 0)
	}
	options := temporal.ApplicationErrorOptions{NonRetryable: true, NextRetryDelay: denial.Again, Details: []any{f}}
	if f.Class == resource.Throttled { // transient: the object need not report it
		options.NonRetryable, options.Category = false, temporal.ApplicationErrorCategoryBenign
	}
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, options)
}

// Gate returns the failure of an attempt that AWS gave no credentials for.
func Gate(err error) (f resource.Failure, ok bool) {
	application, ok := errors.AsType[*temporal.ApplicationError](err)
	ok = ok && application.HasDetails() && application.Details(&f) == nil && f.Class == resource.Gated
	return f, ok
}

// UntilLetIn turns the failure of an attempt without credentials into one that waits for them: the
// object already reports it.
func UntilLetIn(err error) error {
	if application, ok := errors.AsType[*temporal.ApplicationError](err); ok && codes.Class(application.Type()) == resource.Gated {
		return Waiting(application.Type(), application.Message(), application.NextRetryDelay())
	}
	return err
}

// Busy returns the error of an attempt that gave its slot back before its call. Either AWS
// throttles the account with that answer, or the account's share of calls is in flight.
func Busy(account string, throttled error, wait time.Duration) error {
	f := resource.Failure{Code: resource.ReasonAccountBusy, Class: resource.Throttled, Message: fmt.Sprintf(
		"account %s already has its share of calls in flight", account)}
	if answer, ok := errors.AsType[*temporal.ApplicationError](throttled); ok {
		f.Code, f.Message = answer.Type(), answer.Message()
	}
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, temporal.ApplicationErrorOptions{
		Category: temporal.ApplicationErrorCategoryBenign, NextRetryDelay: wait, Details: []any{f},
	})
}

// RateLimited reports whether AWS asks an account for fewer calls. Other activity errors ask for
// patience with one resource.
func RateLimited(err error) bool {
	application, ok := errors.AsType[*temporal.ApplicationError](err)
	return ok && Throttles(application.Type())
}

// Throttles reports whether AWS's code asks an account for fewer calls.
func Throttles(code string) bool {
	return strings.Contains(code, "Throttl") || slices.Contains([]string{"RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}, code)
}
