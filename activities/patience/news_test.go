package patience

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// A wait ends when AWS refuses its reads for seconds with a code that the object does not report. A
// single refusal does not end it, however long the wait has lasted.
func TestAWaitEndsWithNews(t *testing.T) {
	busy := awserror.Activity(resource.Failure{Code: "InternalError", Class: resource.Unclear, Message: "m"}, false, 0)
	throttled := awserror.Activity(resource.Failure{Code: "RequestLimitExceeded", Class: resource.Throttled, Message: "m"}, false, 0)
	report := resource.ObserveInput{EndToReport: true, Reported: "Pending"}
	goes := report
	goes.Object.Deleting = true
	ago := func(code string, d time.Duration) *Streak {
		return &Streak{Code: code, Count: 3, Since: time.Now().Add(-d)}
	}
	for name, test := range map[string]struct {
		in     resource.ObserveInput
		before *Streak // of the earlier attempts
		err    error
		ends   bool
	}{
		"the first refusal":       {report, nil, busy, false},
		"for a second":            {report, ago("InternalError", time.Second), busy, false},
		"for seconds":             {report, ago("InternalError", 5*time.Second), busy, true},
		"after another code":      {report, ago("RequestLimitExceeded", time.Minute), busy, false},
		"after an answer":         {report, &Streak{}, busy, false},
		"throttled for seconds":   {report, ago("RequestLimitExceeded", 5*time.Second), throttled, false},
		"throttled while it goes": {goes, ago("RequestLimitExceeded", 5*time.Second), throttled, true},
		"reported already":        {resource.ObserveInput{EndToReport: true, Reported: "InternalError"}, ago("InternalError", time.Minute), busy, false},
		"a run that does not ask": {resource.ObserveInput{}, ago("InternalError", time.Minute), busy, false},
		"AWS answers: not yet":    {report, ago("InternalError", time.Minute), awserror.Waiting("Pending", "m", 0), false},
		"refused permanently":     {report, nil, awserror.ToReport(resource.Failure{Code: "AccessDenied"}), false},
	} {
		t.Run(name, func(t *testing.T) {
			env := (&testsuite.WorkflowTestSuite{}).NewTestActivityEnvironment()
			wait := UntilNews(func(context.Context, resource.ObserveInput) (resource.Plan, error) { return resource.Plan{}, test.err })
			env.RegisterActivityWithOptions(wait, activity.RegisterOptions{Name: "wait"})
			if test.before != nil {
				env.SetHeartbeatDetails(*test.before)
			}
			_, err := env.ExecuteActivity("wait", test.in)
			application, ok := errors.AsType[*temporal.ApplicationError](err)
			if !ok {
				t.Fatalf("it ended with %v", err)
			}
			var f resource.Failure
			if application.HasDetails() {
				if err := application.Details(&f); err != nil {
					t.Fatal(err)
				}
			}
			if ends := f.Lasting && f.Class == resource.Gated; ends != test.ends {
				t.Errorf("it ended with %+v, want a reported end: %t", f, test.ends)
			}
		})
	}
}
