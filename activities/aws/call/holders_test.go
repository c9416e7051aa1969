package call

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/aws/smithy-go"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/resource"
)

// A refusal names what holds the resource, if a read shows it. The read follows only a refusal for
// that reason.
func TestNamed(t *testing.T) {
	refused := func(code string) error {
		return &smithy.OperationError{ServiceID: "EC2", OperationName: "DeleteVpc", Err: &smithy.GenericAPIError{Code: code, Message: "it has dependencies."}}
	}
	for name, test := range map[string]struct {
		code    string
		held    []string
		err     error
		message string
		asked   int
	}{
		"held":          {"DependencyViolation", []string{"subnet-1", "subnet-2"}, nil, "it has dependencies. It is held by subnet-1, subnet-2.", 1},
		"an ACL":        {"InvalidNetworkAcl.InUse", []string{"subnet-1"}, nil, "it has dependencies. It is held by subnet-1.", 1},
		"by nothing":    {"DependencyViolation", nil, nil, "it has dependencies.", 1},
		"not readable":  {"DeleteConflict", nil, errors.New("denied"), "it has dependencies.", 1},
		"another cause": {"UnauthorizedOperation", []string{"subnet-1"}, nil, "it has dependencies.", 0},
	} {
		asked := 0
		call := Call[int]{Holders: func(context.Context, int, json.RawMessage) (holders.Holding, error) {
			asked++
			return holders.Holding{By: test.held}, test.err
		}}
		got := awserror.Of(call.named(t.Context(), 0, nil, refused(test.code)))
		if got.Code != test.code || got.Message != test.message || asked != test.asked {
			t.Errorf("%s: %+v after %d reads", name, got, asked)
		}
	}
	if got := awserror.Of(Call[int]{}.named(t.Context(), 0, nil, refused("DependencyViolation"))); got.Class != resource.Dependent {
		t.Errorf("a call that names no holders: %+v", got)
	}
}
