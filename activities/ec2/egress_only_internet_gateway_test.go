package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/test/fieldtest"
	"github.com/tack-dev/tack/test/plantest"
)

// gotEgress returns a gateway as AWS shows it, attached to VPCs.
func gotEgress(state types.AttachmentStatus, vpcs ...string) *types.EgressOnlyInternetGateway {
	got := &types.EgressOnlyInternetGateway{
		EgressOnlyInternetGatewayId: aws.String("eigw-1"), Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
	}
	for _, vpc := range vpcs {
		got.Attachments = append(got.Attachments, types.InternetGatewayAttachment{State: state, VpcId: &vpc})
	}
	return got
}

func TestFieldsOfEgressOnlyInternetGateways(t *testing.T) {
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.EgressOnlyInternetGatewaySpec, types.EgressOnlyInternetGateway]{
		Kind:   EgressOnlyInternetGateway(),
		Base:   `{vpcID: vpc-1, tags: [{key: env, value: dev}]}`,
		Change: map[string]string{"vpcID": `{vpcID: vpc-2}`},
		Check: map[string][]string{
			`{vpcID: vpc-1}`:              nil,
			`{vpcRef: {from: {name: v}}}`: nil,
			`{}`:                          {"spec.vpcID: an egress-only internet gateway needs a VPC: set vpcID or vpcRef"},
		},
		ID: "eigw-1", Got: gotEgress("attached", "vpc-1"),
		Pending: map[string]*types.EgressOnlyInternetGateway{"eigw-1 and vpc-1 are attaching": gotEgress("attaching", "vpc-1")},
	}.Run(t)
}

func TestPlanEgressGateway(t *testing.T) {
	plantest.Table[*awsec2.Client, ec2v1alpha1.EgressOnlyInternetGatewaySpec, types.EgressOnlyInternetGateway]{
		Kind: EgressOnlyInternetGateway(), ID: "eigw-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[types.EgressOnlyInternetGateway]{
			"its VPC not known any more": {Spec: `{vpcRef: {from: {name: x}}}`, Got: gotEgress("attached", "vpc-1")},
			"AWS shows no VPC":           {Spec: `{vpcID: vpc-1}`, Got: gotEgress("attached")},
		},
	}.Run(t)
}
