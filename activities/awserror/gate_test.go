package awserror

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// A look for which there is no session says so after a few attempts, as what waits
// to be let in: its run hears of no change while it goes on.
func TestNoSessionIsTold(t *testing.T) {
	passing := BeforeSend(Denial{Code: NoSession, Message: "no such host", Again: time.Second})
	for name, c := range map[string]struct {
		err     error
		attempt int32
		told    bool
	}{
		"at first":           {passing, patientAttempts, false},
		"then":               {passing, patientAttempts + 1, true},
		"throttled by EC2":   {Activity(resource.Failure{Code: "RequestLimitExceeded", Class: resource.Throttled}, false), 9, false},
		"nothing went wrong": {nil, 9, false},
	} {
		t.Run(name, func(t *testing.T) {
			err := Told(c.err, c.attempt)
			if !c.told {
				if !errors.Is(err, c.err) {
					t.Errorf("got %v, want it as it was", err)
				}
				return
			}
			application, _ := errors.AsType[*temporal.ApplicationError](err)
			var f resource.Failure
			if unreadable := application.Details(&f); unreadable != nil || !application.NonRetryable() {
				t.Fatalf("got %v, %v, want one that ends the activity", err, unreadable)
			}
			if diff := cmp.Diff(resource.Failure{Code: NoSession, Class: resource.Gated, Message: "no such host"}, f); diff != "" {
				t.Errorf("failure (-want +got):\n%s", diff)
			}
		})
	}
}

// A denied role ends the activity, so that the object says so; what passes is
// tried again within it, after the pause. Await waits for both.
func TestWithoutCredentials(t *testing.T) {
	for name, c := range map[string]struct {
		err   error
		code  string
		class resource.Class
		final bool
		after time.Duration
	}{
		"denied":     {Denial{Code: RoleDenied, Message: "m", Again: time.Minute}, RoleDenied, resource.Gated, true, time.Minute},
		"passing":    {Denial{Code: NoSession, Message: "m", Again: time.Second}, NoSession, resource.Throttled, false, time.Second},
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
