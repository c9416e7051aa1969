package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/test/fieldtest"
)

func TestFieldsOfNATGateways(t *testing.T) {
	inZone := func(got *types.NatGateway) {
		a := &got.NatGatewayAddresses[0]
		a.AvailabilityZone, a.AvailabilityZoneId = aws.String("us-west-2a"), aws.String("usw2-az1")
	}
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.NATGatewaySpec, types.NatGateway]{
		Kind: NATGateway(),
		Base: `{subnetID: subnet-1, allocationID: eipalloc-1, tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"allocationID":     `{allocationID: eipalloc-2}`,
			"availabilityMode": `{availabilityMode: regional}`,
			"availabilityZoneAddresses[].allocationIDs[]":    `{availabilityZoneAddresses: [{allocationIDs: [eipalloc-2]}]}`,
			"availabilityZoneAddresses[].availabilityZone":   `{availabilityZoneAddresses: [{availabilityZone: us-west-2b, allocationIDs: [eipalloc-1]}]}`,
			"availabilityZoneAddresses[].availabilityZoneID": `{availabilityZoneAddresses: [{availabilityZoneID: usw2-az2, allocationIDs: [eipalloc-1]}]}`,
			"connectivityType": `{connectivityType: private}`,
			"subnetID":         `{subnetID: subnet-2}`,
			"vpcID":            `{vpcID: vpc-2}`,
		},
		ID: "nat-1", Got: gotNAT("available", inZone),
	}.Run(t)
	text, time := aws.String("x"), aws.Time(natMade)
	shown := gotNAT("failed", inZone, natFails)
	shown.DeleteTime = time
	shown.ProvisionedBandwidth = &types.ProvisionedBandwidth{ProvisionTime: time, Provisioned: text, RequestTime: time, Requested: text, Status: text}
	fieldtest.Status(t, natKind.Status(shown).(ec2v1alpha1.NATGatewayStatus), nil)
}
