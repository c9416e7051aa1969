package gateway

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func TestEgressOnlyInternetGateway(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	made := must[*ec2.CreateEgressOnlyInternetGatewayOutput](a)(a.ec2.CreateEgressOnlyInternetGateway(a.ctx(), &ec2.CreateEgressOnlyInternetGatewayInput{
		VpcId: &vpc, TagSpecifications: tags("egress-only-internet-gateway", "k", "v"),
	})).EgressOnlyInternetGateway
	if len(made.Tags) != 1 || len(made.Attachments) != 1 || *made.Attachments[0].VpcId != vpc || made.Attachments[0].State != types.AttachmentStatusAttached {
		t.Errorf("a new one is %+v", made)
	}
}
