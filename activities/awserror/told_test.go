package awserror

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// What is retried for more than a few seconds is told; what ends by itself, or clears
// within seconds for most of a burst, is not.
func TestWhatLastsIsTold(t *testing.T) {
	retried := func(code string, class resource.Class) error {
		return Activity(resource.Failure{Code: code, Class: class, Message: "m"}, false, time.Second)
	}
	session := BeforeSend(Denial{Code: resource.ReasonNoSession, Message: "m", Again: time.Second})
	throttled := retried("RequestLimitExceeded", resource.Throttled)
	for name, c := range map[string]struct {
		err     error
		attempt int32
		lasted  time.Duration
		want    string // code and class
	}{
		"an internal error at first":   {retried("InternalError", resource.Unclear), 1, 0, ""},
		"an internal error that stays": {retried("InternalError", resource.Unclear), 4, tellAfter, "InternalError Unclear"},
		"no answer in ten seconds":     {retried("NoAnswer", resource.Unclear), 1, 10 * time.Second, "NoAnswer Unclear"},
		"a dependency that stays":      {retried("IncorrectState", resource.Dependent), 3, tellAfter, "IncorrectState Dependent"},
		"a throttle of seconds":        {throttled, 4, tellAfter, ""},
		"a throttle that stays":        {throttled, 9, tellThrottledAfter, "RequestLimitExceeded Throttled"},
		"in a bucket that rests":       {Busy("a", throttled, time.Second), 9, tellThrottledAfter, "RequestLimitExceeded Throttled"},
		"one of a crowd":               {Busy("a", nil, time.Second), 9, tellThrottledAfter, ""},
		"one of a crowd that stays":    {Busy("a", nil, time.Second), 30, tellBusyAfter, "AccountBusy Throttled"},
		"no session at first":          {session, patientAttempts, 0, ""},
		"no session":                   {session, patientAttempts + 1, 0, "NoSession Throttled"},
		"a look-up":                    {Waiting(resource.ReasonNotFoundYet, "m", time.Second), 2, tellAfter, "NotFoundYet NotFound"},
		"another wait":                 {Waiting("Pending", "m", time.Second), 9, time.Hour, ""},
		"a refusal":                    {retried("AccessDenied", resource.Denied), 1, time.Hour, ""},
		"what may be too new":          {TryAgain(resource.Failure{Code: "C", Class: resource.NotFound}, 1), 2, time.Hour, ""},
		"nothing":                      {nil, 9, time.Hour, ""},
		"a bug":                        {errors.New("m"), 9, time.Hour, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, tell := Lasting(c.err, c.attempt, c.lasted)
			got := ""
			if tell {
				got = f.Code + " " + string(f.Class)
			}
			if got != c.want {
				t.Fatalf("told: %q, want %q", got, c.want)
			}
			if !tell {
				return
			}
			ends, _ := errors.AsType[*temporal.ApplicationError](Told(f))
			var carried resource.Failure
			if err := ends.Details(&carried); err != nil || !ends.NonRetryable() {
				t.Fatalf("%v, %v: want one that ends the activity", ends, err)
			}
			if diff := cmp.Diff(f, carried); diff != "" || !carried.Lasting {
				t.Errorf("the run gets (-want +got):\n%s", diff)
			}
		})
	}
}
