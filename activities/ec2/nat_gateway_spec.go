package ec2

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

var natGatewayDescribed = shape.Spec[ec2v1alpha1.NATGatewaySpec, types.NatGateway](shape.Out("allocationID", "availabilityZoneAddresses"))

// natGatewaySpec describes a NAT gateway. A create names the subnet and the primary address of a zonal
// one, and the VPC and the zones of a regional one. AWS chooses the zones where the create names none.
func natGatewaySpec(got *types.NatGateway) ec2v1alpha1.NATGatewaySpec {
	spec := natGatewayDescribed(got)
	switch {
	case !regional(spec):
		spec.AllocationID, spec.VPCID = primaryAddress(got.NatGatewayAddresses), nil
	case got.AutoProvisionZones == types.AutoProvisionZonesStateEnabled:
		spec.SubnetID = nil
	default:
		spec.AvailabilityZoneAddresses, spec.SubnetID = addressesByZone(got.NatGatewayAddresses), nil
	}
	return spec
}

func primaryAddress(got []types.NatGatewayAddress) (allocation *string) {
	for _, a := range got {
		if allocation == nil || aws.ToBool(a.IsPrimary) {
			allocation = a.AllocationId
		}
	}
	return allocation
}

// addressesByZone names each zone once. AWS shows the name and the id of a zone, and accepts one of them.
func addressesByZone(got []types.NatGatewayAddress) (zones []*ec2v1alpha1.AvailabilityZoneAddress) {
	for _, a := range got {
		zone := aws.ToString(cmp.Or(a.AvailabilityZone, a.AvailabilityZoneId))
		at := slices.IndexFunc(zones, func(z *ec2v1alpha1.AvailabilityZoneAddress) bool {
			return aws.ToString(cmp.Or(z.AvailabilityZone, z.AvailabilityZoneID)) == zone
		})
		if at < 0 {
			at = len(zones)
			zones = append(zones, &ec2v1alpha1.AvailabilityZoneAddress{AvailabilityZone: a.AvailabilityZone})
			if a.AvailabilityZone == nil {
				zones[at].AvailabilityZoneID = a.AvailabilityZoneId
			}
		}
		if a.AllocationId != nil {
			zones[at].AllocationIDs = append(zones[at].AllocationIDs, a.AllocationId)
		}
	}
	return zones
}
