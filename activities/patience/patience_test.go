package patience

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// A look that AWS does not answer ends after some attempts, so that the object reports it. A call
// ends only if its run asks for that; otherwise it is retried.
func TestWhatLastsEndsTheActivity(t *testing.T) {
	busy := awserror.Activity(resource.Failure{Code: "InternalError", Class: resource.Unclear, Message: "m"}, false, 0)
	session := awserror.BeforeSend(awserror.Denial{Code: resource.ReasonNoSession, Message: "m", Again: time.Second})
	for name, test := range map[string]struct {
		activity any
		in       any
		want     resource.Class // of the failure that ends it; empty: it is retried
	}{
		"look": {UntilLasting(EndsLook, func(context.Context, resource.ObserveInput) (resource.Plan, error) {
			return resource.Plan{}, session
		}), resource.ObserveInput{}, resource.Gated},
		"call that tells": {UntilLasting(EndsCall, func(context.Context, resource.CallInput) (resource.CallOutput, error) {
			return resource.CallOutput{}, session
		}), resource.CallInput{EndToReport: true}, resource.Throttled},
		"call of a run that reported": {UntilLasting(EndsCall, func(context.Context, resource.CallInput) (resource.CallOutput, error) {
			return resource.CallOutput{}, session
		}), resource.CallInput{}, ""},
		"look, at first": {UntilLasting(EndsLook, func(ctx context.Context, _ resource.ObserveInput) (resource.Plan, error) {
			if activity.GetInfo(ctx).Attempt < 3 {
				return resource.Plan{}, busy
			}
			return resource.Plan{ID: "x"}, nil
		}), resource.ObserveInput{}, "none"},
	} {
		t.Run(name, func(t *testing.T) {
			env := (&testsuite.WorkflowTestSuite{}).NewTestWorkflowEnvironment()
			env.RegisterActivityWithOptions(test.activity, activity.RegisterOptions{Name: "act"})
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
					StartToCloseTimeout: time.Minute, RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond, MaximumAttempts: 5},
				})
				return workflow.ExecuteActivity(ctx, "act", test.in).Get(ctx, nil)
			})
			err := env.GetWorkflowError()
			if test.want == "none" {
				if err != nil {
					t.Errorf("it ended with %v", err)
				}
				return
			}
			application, _ := errors.AsType[*temporal.ApplicationError](err)
			for inner := error(application); inner != nil; inner = errors.Unwrap(inner) {
				if a, ok := inner.(*temporal.ApplicationError); ok { //nolint:errorlint // the innermost
					application = a
				}
			}
			var f resource.Failure
			if err := application.Details(&f); err != nil {
				t.Fatal(err)
			}
			ended := f.Lasting || f.Class == resource.Gated
			if ended != (test.want != "") || ended && f.Class != test.want {
				t.Errorf("it ended with %+v, want class %q", f, test.want)
			}
		})
	}
}

// The look for an object that is being deleted and the first calls of its teardown are reported
// sooner.
func TestLeaving(t *testing.T) {
	look := resource.ObserveInput{}
	if deleting(look) || deleting(resource.CallInput{}) {
		t.Error("nothing goes")
	}
	if look.Object.Deleting = true; !deleting(look) {
		t.Error("it goes")
	}
	if !tearsDown(resource.CallInput{Eager: true}) || tearsDown(resource.CallInput{}) || tearsDown(look) {
		t.Error("only calls of a teardown tear down")
	}
}

// A call of a deletion that hangs is reported after its first attempt: meanwhile the object reports
// a healthy resource. Another call is retried, unless its run asks for the end.
func TestADeletionThatHangsIsReportedAfterOneAttempt(t *testing.T) {
	busy := awserror.Activity(resource.Failure{Code: resource.ReasonNoAnswer, Class: resource.Unclear, Message: "no answer in time"}, false, 0)
	for _, test := range []struct {
		in   resource.CallInput
		want int32
	}{{resource.CallInput{Eager: true}, 1}, {resource.CallInput{}, 2}} {
		t.Run(fmt.Sprint(test.want), func(t *testing.T) {
			t.Parallel()
			var attempts atomic.Int32
			env := (&testsuite.WorkflowTestSuite{}).NewTestWorkflowEnvironment()
			env.RegisterActivityWithOptions(UntilLasting(EndsCall, func(context.Context, resource.CallInput) (resource.CallOutput, error) {
				attempts.Add(1)
				time.Sleep(3200 * time.Millisecond)
				return resource.CallOutput{}, busy
			}), activity.RegisterOptions{Name: "act"})
			env.SetTestTimeout(time.Minute)
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
					StartToCloseTimeout: time.Minute, RetryPolicy: &temporal.RetryPolicy{InitialInterval: 10 * time.Millisecond, MaximumAttempts: 2},
				})
				return workflow.ExecuteActivity(ctx, "act", test.in).Get(ctx, nil)
			})
			application, ok := errors.AsType[*temporal.ApplicationError](env.GetWorkflowError())
			var f resource.Failure
			if !ok || application.Details(&f) != nil || f.Class != resource.Unclear || f.Lasting {
				t.Errorf("it ended with %v and %+v", env.GetWorkflowError(), f)
			}
			if got := attempts.Load(); got != test.want {
				t.Errorf("%d attempts, want %d", got, test.want)
			}
		})
	}
}

// A call whose refusal the object shows ends when AWS refuses it for something else.
func TestACallEndsWhenTheReasonChanges(t *testing.T) {
	for name, test := range map[string]struct {
		reported, says string
		class          resource.Class
		want           bool
	}{
		"the same":          {"held by a", "held by a", resource.Dependent, false},
		"another":           {"held by a", "held by b", resource.Dependent, true},
		"no reason":         {"", "held by b", resource.Dependent, false},
		"a busy AWS":        {"held by a", "Rate exceeded", resource.Throttled, false},
		"an unclear answer": {"held by a", "internal error", resource.Unclear, false},
	} {
		f := resource.Failure{Class: test.class, Message: test.says, Lasting: true}
		if got := EndsCall(resource.CallInput{Reported: test.reported}, &f); got != test.want || got && f.Lasting {
			t.Errorf("%s: %t, lasting %t, want %t", name, got, f.Lasting, test.want)
		}
	}
}

// An observation of an object that is being deleted ends before the call that hangs: until then the
// object reports a healthy resource. Any other observation waits for the call.
func TestALookThatHangsIsTold(t *testing.T) {
	hangs := UntilLasting(EndsLook, func(ctx context.Context, _ resource.ObserveInput) (resource.Plan, error) {
		select {
		case <-ctx.Done():
			return resource.Plan{}, awserror.Activity(awserror.Of(ctx.Err()), false, 0)
		case <-time.After(deletingLook + time.Second):
			return resource.Plan{ID: "x"}, nil
		}
	})
	for _, deleting := range []bool{true, false} {
		t.Run(fmt.Sprintf("deleting %t", deleting), func(t *testing.T) {
			t.Parallel()
			env := (&testsuite.WorkflowTestSuite{}).NewTestActivityEnvironment()
			env.RegisterActivityWithOptions(hangs, activity.RegisterOptions{Name: "look"})
			_, err := env.ExecuteActivity("look", resource.ObserveInput{Object: resource.Object{Deleting: deleting}})
			application, ended := errors.AsType[*temporal.ApplicationError](err)
			if ended != deleting {
				t.Fatalf("it ended with %v", err)
			}
			var f resource.Failure
			if ended && (application.Details(&f) != nil || !application.NonRetryable() || f.Class != resource.Gated || !f.Lasting || f.Code != resource.ReasonNoAnswer) {
				t.Errorf("the run receives %+v", f)
			}
		})
	}
}
