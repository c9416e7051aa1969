package awserror

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// A failure that is retried for more than a few seconds is reported. One that ends without help, or
// clears within seconds for most of a burst, is not.
func TestWhatLastsIsTold(t *testing.T) {
	retried := func(code string, class resource.Class) error {
		return Activity(resource.Failure{Code: code, Class: class, Message: "m"}, false, time.Second)
	}
	session := BeforeSend(Denial{Code: resource.ReasonNoSession, Message: "m", Again: time.Second})
	budget := BeforeSend(Denial{Code: resource.ReasonRateBudget, Message: "m", Again: time.Second})
	throttled := retried("RequestLimitExceeded", resource.Throttled)
	for name, c := range map[string]struct {
		err      error
		attempt  int32
		lasted   time.Duration
		deleting bool
		want     string // code and class
	}{
		"an internal error at first":   {retried("InternalError", resource.Unclear), 1, 0, false, ""},
		"an internal error that stays": {retried("InternalError", resource.Unclear), 4, reportAfter, false, "InternalError Unclear"},
		"no answer in ten seconds":     {retried("NoAnswer", resource.Unclear), 1, 10 * time.Second, false, "NoAnswer Unclear"},
		"a dependency that stays":      {retried("IncorrectState", resource.Dependent), 3, reportAfter, false, "IncorrectState Dependent"},
		"a throttle of seconds":        {throttled, 4, reportAfter, false, ""},
		"a throttle that stays":        {throttled, 9, reportThrottledAfter, false, "RequestLimitExceeded Throttled"},
		"in a bucket that rests":       {Busy("a", throttled, time.Second), 9, reportThrottledAfter, false, "RequestLimitExceeded Throttled"},
		"a budget at first":            {budget, 1, 0, false, ""},
		"a budget that stays":          {budget, 2, reportThrottledAfter, false, "RateBudget Throttled"},
		"one of a crowd":               {Busy("a", nil, time.Second), 9, reportThrottledAfter, false, ""},
		"one of a crowd that stays":    {Busy("a", nil, time.Second), 30, reportBusyAfter, false, "AccountBusy Throttled"},
		"no session at first":          {session, patientAttempts, 0, false, ""},
		"no session":                   {session, patientAttempts + 1, 0, false, "NoSession Throttled"},
		"a look-up":                    {Waiting(resource.ReasonNotFoundYet, "m", time.Second), 2, reportAfter, false, "NotFoundYet NotFound"},
		"another wait":                 {Waiting("Pending", "m", time.Second), 9, time.Hour, false, ""},
		"a refusal":                    {retried("AccessDenied", resource.Denied), 1, time.Hour, false, ""},
		"a throttle while it goes":     {throttled, 4, reportAfter, true, "RequestLimitExceeded Throttled"},
		"a crowd while it goes":        {Busy("a", nil, time.Second), 4, reportAfter, true, "AccountBusy Throttled"},
		"a throttle, gone at once":     {throttled, 1, time.Second, true, ""},
		"a new one not shown":          {NotShown(resource.Failure{Code: "InvalidVpcID.NotFound", Class: resource.NotFound, Message: "m"}), 3, reportAfter, false, "InvalidVpcID.NotFound NotFound"},
		"a new one not shown at first": {NotShown(resource.Failure{Code: "InvalidVpcID.NotFound", Class: resource.NotFound, Message: "m"}), 2, time.Second, false, ""},
		"a new profile":                {TryAgain(resource.Failure{Code: "InvalidParameterValue", Class: resource.NotFound, Message: "Invalid IAM Instance Profile name"}, 1), 2, time.Hour, false, ""},
		"what may be too new":          {TryAgain(resource.Failure{Code: "MalformedPolicyDocument", Class: resource.NotFound, Message: `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/ci"`}, 1), 2, time.Hour, false, ""},
		"nothing":                      {nil, 9, time.Hour, false, ""},
		"a bug":                        {errors.New("m"), 9, time.Hour, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f, report := Lasting(c.err, Retried{Attempt: c.attempt, Lasted: c.lasted, Deleting: c.deleting})
			got := ""
			if report {
				got = f.Code + " " + string(f.Class)
			}
			if got != c.want {
				t.Fatalf("reported: %q, want %q", got, c.want)
			}
			if !report {
				return
			}
			ends, _ := errors.AsType[*temporal.ApplicationError](ToReport(f))
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
