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
	tell := resource.ObserveInput{Tell: true, Told: "Pending"}
	goes := tell
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
		"the first refusal":       {tell, nil, busy, false},
		"for a second":            {tell, ago("InternalError", time.Second), busy, false},
		"for seconds":             {tell, ago("InternalError", 5*time.Second), busy, true},
		"after another code":      {tell, ago("RequestLimitExceeded", time.Minute), busy, false},
		"after an answer":         {tell, &Streak{}, busy, false},
		"throttled for seconds":   {tell, ago("RequestLimitExceeded", 5*time.Second), throttled, false},
		"throttled while it goes": {goes, ago("RequestLimitExceeded", 5*time.Second), throttled, true},
		"told already":            {resource.ObserveInput{Tell: true, Told: "InternalError"}, ago("InternalError", time.Minute), busy, false},
		"a run that does not ask": {resource.ObserveInput{}, ago("InternalError", time.Minute), busy, false},
		"AWS answers: not yet":    {tell, ago("InternalError", time.Minute), awserror.Waiting("Pending", "m", 0), false},
		"refused permanently":     {tell, nil, awserror.Told(resource.Failure{Code: "AccessDenied"}), false},
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
