package kind_test

import (
	"errors"
	"testing"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/resource"
)

// AWS does not show a transit gateway that its account has not shared. The refusal keeps its code and class,
// and names what is missing. Other refusals are AWS's alone.
func TestAttachmentToAGatewayThatIsNotShared(t *testing.T) {
	c := newCrew(t, 0, ec2.TransitGatewayVPCAttachment())
	for code, want := range map[string]string{
		"InvalidTransitGatewayID.NotFound": "AWS said so. If another account owns it, that account must share it with this one in AWS Resource Access Manager.",
		"InvalidVpcID.NotFound":            "AWS said so",
	} {
		c.aws.says = map[string][]string{"CreateTransitGatewayVpcAttachment": {"!" + code + ": AWS said so"}}
		_, err := c.env.ExecuteActivity("ec2.TransitGatewayVPCAttachment/Create", resource.CallInput{Target: target(accountA), Request: []byte(`{"TransitGatewayId":"tgw-1","VpcId":"vpc-1","SubnetIds":["s"]}`)})
		failed, ok := errors.AsType[*temporal.ApplicationError](err)
		var f resource.Failure
		if !ok || failed.Details(&f) != nil || f.Code != code || f.Class != resource.NotFound || f.Message != want {
			t.Errorf("%s: the failure is %+v, error %v", code, f, err)
		}
	}
}
