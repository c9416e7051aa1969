package activities

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/activities/session"
	"github.com/tack-dev/tack/resource"
)

// aimed is the input of an activity that calls AWS.
type aimed interface{ Place() resource.Target }

// inTurn runs an activity that calls AWS in its account's turn, with heartbeats.
// Without one its slot goes to another account's at once.
func inTurn[In aimed, Out any](e *Engine, do func(context.Context, *Engine, In) (Out, error)) func(context.Context, In) (Out, error) {
	return func(ctx context.Context, in In) (out Out, err error) {
		defer beat(ctx)()
		info, place := activity.GetInfo(ctx), in.Place()
		bucket := session.Bucket{Account: place.AccountID, Region: place.Region, Call: info.ActivityType.Name}
		leave, wait := e.Turns.Take(ctx, bucket, int(info.Attempt))
		if leave == nil {
			return out, busy(place.AccountID, wait)
		}
		defer leave()
		out, err = do(ctx, e, in)
		switch code := codeOf(err); {
		case rateLimited(code):
			e.Turns.Throttled(bucket)
		case err == nil:
			e.Turns.Answered(bucket)
		}
		return out, err
	}
}

// busy is the failure of an attempt that gave its slot back before it called.
func busy(account string, wait time.Duration) error {
	f := resource.Failure{Code: "AccountBusy", Class: resource.Throttled, Message: "account " + account + " has its share of calls under way, or AWS throttles it"}
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, temporal.ApplicationErrorOptions{
		Category: temporal.ApplicationErrorCategoryBenign, NextRetryDelay: wait, Details: []any{f},
	})
}

// codeOf is the code of an activity's error.
func codeOf(err error) string {
	if application, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return application.Type()
	}
	return ""
}

// rateLimited tells the codes by which AWS asks an account for fewer calls from
// those by which it asks for patience with one resource.
func rateLimited(code string) bool {
	return strings.Contains(code, "Throttl") ||
		slices.Contains([]string{"RequestLimitExceeded", "TooManyRequestsException", "SlowDown"}, code)
}

// beforeSend is the error of an attempt that got no credentials: nothing was sent
// to the service itself, so nothing about it is unclear.
func beforeSend(err error) error {
	f := failureOf(err)
	if f.Class == resource.Unclear {
		f.Class = resource.Throttled
	}
	var denial session.Denial
	if !errors.As(err, &denial) {
		f.Message = cause(err)
		return activityError(f, true)
	}
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, temporal.ApplicationErrorOptions{
		NonRetryable: true, NextRetryDelay: denial.Again, Details: []any{f},
	})
}

// untilLetIn makes an attempt that got no credentials one that waits for them:
// the object says so already.
func untilLetIn(err error) error {
	var application *temporal.ApplicationError
	if errors.As(err, &application) && class(application.Type()) == resource.Gated {
		return waiting(application.Type(), application.Message(), application.NextRetryDelay())
	}
	return err
}

// beat sends heartbeats until the returned function is called: a worker that
// died is noticed when they stay away, in seconds.
func beat(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			// Not at once: Temporal counts from the start of the attempt, and a call
			// that ends in time would cost it a write for nothing.
			select {
			case <-done:
				return
			case <-tick.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return func() { close(done) }
}
