package ec2

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

func regional(want ec2v1alpha1.NATGatewaySpec) bool {
	return aws.ToString(want.AvailabilityMode) == "regional"
}

func private(want ec2v1alpha1.NATGatewaySpec) bool {
	return aws.ToString(want.ConnectivityType) == "private"
}

// checkNATGateway foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html
// It leaves unknown modes and types to AWS, with everything that depends on them.
func checkNATGateway(want ec2v1alpha1.NATGatewaySpec) []kind.Invalid {
	var f findings
	if !known(want.AvailabilityMode, "zonal", "regional") || !known(want.ConnectivityType, "public", "private") {
		return nil
	}
	f.checkConnectivity(want)
	if regional(want) {
		if aws.ToString(want.VPCID) == "" && want.VPCRef == nil {
			f.add("spec.vpcID", says(missing, lacks, "vpcId"), "a regional NAT gateway needs a VPC: set vpcID or vpcRef")
		}
		f.checkZoneAddresses(want.AvailabilityZoneAddresses)
		return f
	}
	if aws.ToString(want.SubnetID) == "" && want.SubnetRef == nil {
		f.add("spec.subnetID", says(missing, lacks, "subnetId"), "a NAT gateway needs a subnet: set subnetID or subnetRef, or availabilityMode: regional")
	}
	if len(want.AvailabilityZoneAddresses) > 0 {
		f.add("spec.availabilityZoneAddresses", says(badCombination, combinationSaid), "is for a regional NAT gateway: remove it, or set availabilityMode: regional")
	}
	return f
}

func (f *findings) checkConnectivity(want ec2v1alpha1.NATGatewaySpec) {
	address := aws.ToString(want.AllocationID) != "" || want.AllocationRef != nil
	switch {
	case regional(want) && private(want):
		f.add("spec.connectivityType", says(badCombination, combinationSaid), "a regional NAT gateway is public: remove this field or availabilityMode")
	case private(want) && address:
		f.add("spec.allocationID", says(badCombination, "You cannot specify an Elastic IP address with a private NAT gateway."), "a private NAT gateway has no public address: remove this field (or allocationRef) or connectivityType")
	case !regional(want) && !private(want) && !address:
		f.add("spec.allocationID", says(missing, "The request must include the AllocationId parameter. Add the required parameter and retry the request."), "a public NAT gateway needs an address: set allocationID or allocationRef, or connectivityType: private")
	}
}

// known reports whether a field is empty or has one of two values.
func known(value *string, one, other string) bool {
	return aws.ToString(value) == "" || *value == one || *value == other
}

func (f *findings) checkZoneAddresses(zones []*ec2v1alpha1.AvailabilityZoneAddress) {
	for i, zone := range zones {
		path := fmt.Sprintf("spec.availabilityZoneAddresses[%d]", i)
		if zone == nil || (aws.ToString(zone.AvailabilityZone) == "") == (aws.ToString(zone.AvailabilityZoneID) == "") {
			f.add(path, says(badCombination, combinationSaid), "needs one zone: set either availabilityZone or availabilityZoneID")
			continue
		}
		for j, id := range zone.AllocationIDs {
			if aws.ToString(id) == "" {
				f.add(fmt.Sprintf("%s.allocationIDs[%d]", path, j), says(badValue, empty, "allocationId"), "is empty: name an address, or remove the field")
			}
		}
	}
}

// zoneNotes compares the addresses of a regional NAT gateway, zone by zone; is describes its
// current addresses.
func zoneNotes(want []*ec2v1alpha1.AvailabilityZoneAddress, got []types.NatGatewayAddress, is string) (notes []string) {
	for i, zone := range want {
		path := fmt.Sprintf("spec.availabilityZoneAddresses[%d]", i)
		for j, id := range zone.AllocationIDs {
			at := slices.IndexFunc(got, func(a types.NatGatewayAddress) bool { return aws.ToString(a.AllocationId) == aws.ToString(id) })
			if at < 0 {
				notes = append(notes, kind.CannotChange(fmt.Sprintf("%s.allocationIDs[%d]", path, j), is))
				continue
			}
			for _, field := range []struct {
				name      string
				want, got *string
			}{
				{"availabilityZone", zone.AvailabilityZone, got[at].AvailabilityZone},
				{"availabilityZoneID", zone.AvailabilityZoneID, got[at].AvailabilityZoneId},
			} {
				// AWS may show a zone only by its name or only by its id.
				if named(field.want) > 0 && field.got != nil && *field.want != *field.got {
					notes = append(notes, kind.CannotChange(path+"."+field.name, *field.got))
				}
			}
		}
	}
	return notes
}
