package kind

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/smithy-go"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"github.com/tack-dev/tack/activities/aws/session"
	"github.com/tack-dev/tack/resource"
)

// A call that names something too new for AWS is retried within the activity, even a create. A
// hopeless request with the same code is not.
func TestWhatPropagatesIsTriedAgain(t *testing.T) {
	for message, want := range map[string]struct {
		code  string
		class resource.Class
		again bool
	}{
		"Value (web) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name": {"InvalidParameterValue", resource.NotFound, true},
		"Value (arn:p) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN": {"InvalidParameterValue", resource.NotFound, true},
		"Value (x) for parameter groupId is invalid":                                                      {"InvalidParameterValue", resource.Invalid, false},
		"The IAM instance profile is not supported for this instance type":                                {"InvalidParameterValue", resource.Invalid, false},
		"Unable to assume given IAM role":                                                                 {"InvalidParameter", resource.NotFound, true},
		"Invalid Flow Log Max Aggregation Interval":                                                       {"InvalidParameter", resource.Invalid, false},
	} {
		refused := &smithy.GenericAPIError{Code: want.code, Message: message}
		env := (&testsuite.WorkflowTestSuite{}).NewTestActivityEnvironment()
		create := func(ctx context.Context) error {
			return (&session.Sessions{}).Refused(ctx, resource.Target{}, refused, session.Retrying{Once: true})
		}
		env.RegisterActivity(create)
		_, err := env.ExecuteActivity(create)
		var failed *temporal.ApplicationError
		if !errors.As(err, &failed) || failed.NonRetryable() == want.again {
			t.Fatalf("%q: %v, want it tried again: %t", message, err, want.again)
		}
		var f resource.Failure
		if err := failed.Details(&f); err != nil || f.Class != want.class {
			t.Errorf("%q: reported as %+v, %v, want class %s", message, f, err, want.class)
		}
	}
}
