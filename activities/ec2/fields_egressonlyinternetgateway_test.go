package ec2

import (
	"testing"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/test/fieldtest"
)

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
		ID: "eigw-1", Got: gotEgress(types.AttachmentStatusAttached),
	}.Run(t)
}
