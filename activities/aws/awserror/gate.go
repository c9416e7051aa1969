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

// Denial says why there is no identity to call with. Nothing was called but
// AssumeRole.
type Denial struct {
	Code, Message string
	Again         time.Duration // after which to ask again
}

// In is the denial for one who asks while it holds for that long. Those who come
// back are spread, so that a thousand objects do not come at once.
func (d Denial) In(left, spread time.Duration) Denial {
	d.Again = left + rand.N(spread) //nolint:gosec // it spreads load
	return d
}

// Error is the code and the message.
func (d Denial) Error() string { return d.Code + ": " + d.Message }

// ErrorCode makes it an API error, so that the table of codes classes it.
func (d Denial) ErrorCode() string { return d.Code }

// ErrorMessage says what was denied and what to do.
func (d Denial) ErrorMessage() string { return d.Message }

// ErrorFault says that the fault is on this side.
func (Denial) ErrorFault() smithy.ErrorFault { return smithy.FaultClient }

// BeforeSend is the error of an attempt that got no credentials: nothing was sent
// to the service itself, so nothing about it is unclear.
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
	if f.Class == resource.Throttled { // it passes: the object need not say so
		options.NonRetryable, options.Category = false, temporal.ApplicationErrorCategoryBenign
	}
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, options)
}

// Gate is the failure of an attempt that AWS let nobody in for.
func Gate(err error) (f resource.Failure, ok bool) {
	application, ok := errors.AsType[*temporal.ApplicationError](err)
	ok = ok && application.HasDetails() && application.Details(&f) == nil && f.Class == resource.Gated
	return f, ok
}

// UntilLetIn makes an attempt that got no credentials one that waits for them:
// the object says so already.
func UntilLetIn(err error) error {
	if application, ok := errors.AsType[*temporal.ApplicationError](err); ok && codes.Class(application.Type()) == resource.Gated {
		return Waiting(application.Type(), application.Message(), application.NextRetryDelay())
	}
	return err
}

// Busy is the failure of an attempt that gave its slot back before it called: AWS
// throttles the account with that answer, or its share of calls is under way.
func Busy(account string, throttled error, wait time.Duration) error {
	f := resource.Failure{Code: resource.ReasonAccountBusy, Class: resource.Throttled, Message: fmt.Sprintf(
		"account %s has its share of calls under way", account)}
	if answer, ok := errors.AsType[*temporal.ApplicationError](throttled); ok {
		f.Code, f.Message = answer.Type(), answer.Message()
	}
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, temporal.ApplicationErrorOptions{
		Category: temporal.ApplicationErrorCategoryBenign, NextRetryDelay: wait, Details: []any{f},
	})
}

// RateLimited tells the activity errors by which AWS asks an account for fewer
// calls from those by which it asks for patience with one resource.
func RateLimited(err error) bool {
	application, ok := errors.AsType[*temporal.ApplicationError](err)
	return ok && (strings.Contains(application.Type(), "Throttl") ||
		slices.Contains([]string{"RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}, application.Type()))
}
