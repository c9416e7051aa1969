package awserror

import (
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// A denied role ends the activity, so that the object reports it. A transient failure is retried
// within the activity, after the pause. Await waits for both.
func TestWithoutCredentials(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		code  string
		class resource.Class
		final bool
		after time.Duration
	}{
		"denied":     {Denial{Code: resource.ReasonRoleDenied, Message: "m", Again: time.Minute}, resource.ReasonRoleDenied, resource.Gated, true, time.Minute},
		"passing":    {Denial{Code: resource.ReasonNoSession, Message: "m", Again: time.Second}, resource.ReasonNoSession, resource.Throttled, false, time.Second},
		"gave it up": {errors.New("m"), "NoAnswer", resource.Throttled, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			err := BeforeSend(c.err)
			application, ok := errors.AsType[*temporal.ApplicationError](err)
			if !ok || application.Type() != c.code || application.NonRetryable() != c.final || application.NextRetryDelay() != c.after {
				t.Fatalf("got %v, again after %s", err, application.NextRetryDelay())
			}
			var f resource.Failure
			if err := application.Details(&f); err != nil || f.Class != c.class || f.Message != "m" {
				t.Errorf("the failure is %+v, %v", f, err)
			}
			if RateLimited(err) {
				t.Error("the account's calls rest, although they were not throttled")
			}
			waiting, _ := errors.AsType[*temporal.ApplicationError](UntilLetIn(err))
			if waiting.NonRetryable() || waiting.Type() != c.code || waiting.NextRetryDelay() != c.after {
				t.Errorf("Await gets %v, again after %s", waiting, waiting.NextRetryDelay())
			}
		})
	}
}
