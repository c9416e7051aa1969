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
	text, time := aws.String("x"), aws.Time(natMade)
	whole := gotNAT("failed", inZone, natFails)
	whole.AvailabilityMode = types.AvailabilityModeRegional
	byID := types.NatGatewayAddress{AllocationId: text, AvailabilityZoneId: text}
	whole.NatGatewayAddresses = append(whole.NatGatewayAddresses, byID)
	whole.DeleteTime = time
	whole.ProvisionedBandwidth = &types.ProvisionedBandwidth{ProvisionTime: time, Provisioned: text, RequestTime: time, Requested: text, Status: text}
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
		ID: "nat-1", Got: gotNAT("available", inZone), Whole: whole,
		Refused: []string{
			`{}`, `{availabilityMode: regional, connectivityType: private, availabilityZoneAddresses: [{}, {availabilityZone: a, allocationIDs: [""]}]}`,
			`{subnetID: s, connectivityType: private, allocationID: e, availabilityZoneAddresses: [{availabilityZone: a}]}`,
		},
	}.Run(t)
}
