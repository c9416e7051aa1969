package call

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// EC2 refuses some requests with HTTP 200 and a list. The step fails as after any other refusal.
func TestUnsuccessful(t *testing.T) {
	item := func(code, message string) []types.UnsuccessfulItem {
		return []types.UnsuccessfulItem{{ResourceId: aws.String("vpc-1"), Error: &types.UnsuccessfulItemError{Code: &code, Message: &message}}}
	}
	for name, test := range map[string]struct {
		items         []types.UnsuccessfulItem
		class         resource.Class
		code, message string
	}{
		"nothing refused":  {},
		"a code":           {item("InvalidFlowLogId.NotFound", "not found"), resource.NotFound, "InvalidFlowLogId.NotFound", "not found"},
		"a quota":          {item("FlowLogsLimitExceeded", "too many"), resource.Quota, "FlowLogsLimitExceeded", "too many"},
		"a status as code": {item("400", "LogDestination: logs does not exist"), resource.Other, CodeUnsuccessful, `LogDestination: logs does not exist (vpc-1, code "400")`},
		"no error":         {[]types.UnsuccessfulItem{{ResourceId: aws.String("vpc-1")}}, resource.Other, CodeUnsuccessful, ` (vpc-1, code "")`},
	} {
		create := func(int, context.Context, *awsec2.CreateFlowLogsInput, ...func(*awsec2.Options)) (*awsec2.CreateFlowLogsOutput, error) {
			return &awsec2.CreateFlowLogsOutput{FlowLogIds: []string{"fl-1"}, Unsuccessful: test.items}, nil
		}
		answer, err := Bind(Verb[awsec2.CreateFlowLogsInput]("Create"), create).Do(t.Context(), 0, []byte(`{}`))
		if test.code == "" {
			if out, ok := answer.(*awsec2.CreateFlowLogsOutput); err != nil || !ok || out.FlowLogIds[0] != "fl-1" {
				t.Errorf("%s: %v, %v", name, answer, err)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s: counts as a success", name)
		} else if f := awserror.Of(err); f.Class != test.class || f.Code != test.code || f.Message != test.message {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
