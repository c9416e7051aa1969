package ec2

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
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
		f.Needs("a regional NAT gateway", "a VPC", "vpcID", want.VPCID, want.VPCRef)
		f.checkZoneAddresses(want.AvailabilityZoneAddresses)
		return f.All
	}
	f.Needs("a NAT gateway", "a subnet", "subnetID", want.SubnetID, want.SubnetRef, "availabilityMode: regional")
	if len(want.AvailabilityZoneAddresses) > 0 {
		f.Add("spec.availabilityZoneAddresses", refusal.Says(refusal.BadCombination, refusal.CombinationSaid), "is for a regional NAT gateway: remove it, or set availabilityMode: regional")
	}
	return f.All
}

func (f *findings) checkConnectivity(want ec2v1alpha1.NATGatewaySpec) {
	address := optional.Given(want.AllocationID) || want.AllocationRef != nil
	switch {
	case regional(want) && private(want):
		f.Add("spec.connectivityType", refusal.Says(refusal.BadCombination, refusal.CombinationSaid), "a regional NAT gateway is public: remove this field or availabilityMode")
	case private(want) && address:
		f.Add("spec.allocationID", refusal.Says(refusal.BadCombination, "You cannot specify an Elastic IP address with a private NAT gateway."), "a private NAT gateway has no public address: remove this field (or allocationRef) or connectivityType")
	case !regional(want) && !private(want) && !address:
		f.Add("spec.allocationID", refusal.Says(refusal.Missing, "The request must include the AllocationId parameter. Add the required parameter and retry the request."), "a public NAT gateway needs an address: set allocationID or allocationRef, or connectivityType: private")
	}
}

// known reports whether a field is empty or has one of two values.
func known(value *string, one, other string) bool {
	return !optional.Given(value) || *value == one || *value == other
}

func (f *findings) checkZoneAddresses(zones []*ec2v1alpha1.AvailabilityZoneAddress) {
	for i, zone := range zones {
		path := fmt.Sprintf("spec.availabilityZoneAddresses[%d]", i)
		if zone == nil || optional.Count(zone.AvailabilityZone, zone.AvailabilityZoneID) != 1 {
			f.Add(path, refusal.Says(refusal.BadCombination, refusal.CombinationSaid), "needs one zone: set either availabilityZone or availabilityZoneID")
			continue
		}
		f.NotEmpty(path+".allocationIDs", zone.AllocationIDs, refusal.Says(refusal.BadValue, refusal.Empty, "allocationId"), "is empty: name an address, or remove the field")
	}
}

// natZoneNotes compares the addresses of a regional NAT gateway zone by zone. People may associate
// and disassociate them in AWS at any time.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateNatGatewayAddress.html
func natZoneNotes(want ec2v1alpha1.NATGatewaySpec, got []types.NatGatewayAddress) (notes []string) {
	for i, zone := range want.AvailabilityZoneAddresses {
		path := fmt.Sprintf("spec.availabilityZoneAddresses[%d]", i)
		for j, id := range zone.AllocationIDs {
			if at := addressAt(got, id); at < 0 {
				notes = append(notes, fmt.Sprintf("%s.allocationIDs[%d]: AWS does not show this address: associate it there, or change it here", path, j))
			} else {
				notes = append(notes, natZone.Notes(path, *zone, &got[at])...)
			}
		}
	}
	return notes
}

func addressAt(got []types.NatGatewayAddress, id *string) int {
	return slices.IndexFunc(got, func(a types.NatGatewayAddress) bool { return aws.ToString(a.AllocationId) == aws.ToString(id) })
}

// natZone is the zone of an address. AWS may show a zone only by its name or only by its id.
var natZone = fixed.Of[ec2v1alpha1.AvailabilityZoneAddress, types.NatGatewayAddress]("availabilityZone", "availabilityZoneID").WhereShown()
