package ec2

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// checkInstanceNetwork checks addresses, groups and network interfaces. If the spec has interfaces,
// AWS accepts no network fields for the instance itself.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterfaceSpecification.html
func (f *findings) checkInstanceNetwork(want ec2v1alpha1.InstanceSpec) {
	f.Address("spec.privateIPAddress", want.PrivateIPAddress, "IPv4")
	f.checkAddresses6("spec", want.IPv6Addresses, want.IPv6AddressCount)
	f.NotEmpty("spec.securityGroupIDs", want.SecurityGroupIDs, refusal.Says(refusal.BadValue, refusal.Empty, "groupId"), "is empty")
	f.NotEmpty("spec.securityGroups", want.SecurityGroups, refusal.Says(refusal.BadValue, refusal.Empty, "groupName"), "is empty")
	if len(want.SecurityGroups) > 0 && (optional.Given(want.SubnetID) || want.SubnetRef != nil) {
		f.Add("spec.securityGroups", refusal.Says(refusal.BadCombination, "The parameter groupName cannot be used with the parameter subnet"), "AWS allows names of groups only in a default VPC without a subnet: set securityGroupIDs")
	}
	if len(want.NetworkInterfaces) == 0 {
		return
	}
	for _, field := range []struct {
		name, words string
		set         bool
	}{
		{"subnetID", "subnet ID", optional.Given(want.SubnetID)},
		{"subnetRef", "subnet ID", want.SubnetRef != nil},
		{"securityGroupIDs", "security groups", len(want.SecurityGroupIDs) > 0},
		{"securityGroupRefs", "security groups", len(want.SecurityGroupRefs) > 0},
		{"securityGroups", "security groups", len(want.SecurityGroups) > 0},
		{"privateIPAddress", "private address", optional.Given(want.PrivateIPAddress)},
		{"ipv6Addresses", "IPv6 addresses", addressed(want.IPv6Addresses)},
		{"ipv6AddressCount", "IPv6 address count", want.IPv6AddressCount != nil},
	} {
		if field.set {
			f.Add("spec."+field.name, refusal.Says(refusal.BadCombination, "Network interfaces and an instance-level %s may not be specified on the same request", field.words), "AWS does not allow it together with networkInterfaces: remove one of the two")
		}
	}
	seen := map[[2]int64]bool{}
	for i, eni := range want.NetworkInterfaces {
		path := fmt.Sprintf("spec.networkInterfaces[%d]", i)
		if eni == nil || eni.DeviceIndex == nil {
			f.Add(path+".deviceIndex", refusal.Says(refusal.BadCombination, "Each network interface requires a device index."), "is missing: set it, 0 for the first interface")
			continue
		}
		place := [2]int64{aws.ToInt64(eni.NetworkCardIndex), *eni.DeviceIndex}
		if seen[place] {
			f.Add(path+".deviceIndex", refusal.Says(refusal.BadValue, "Each network interface requires a unique device index."), "%d is used twice", *eni.DeviceIndex)
		}
		seen[place] = true
		f.checkInterface(path, eni)
	}
}

func (f *findings) checkInterface(path string, eni *ec2v1alpha1.InstanceNetworkInterfaceSpecification) {
	f.Address(path+".privateIPAddress", eni.PrivateIPAddress, "IPv4")
	f.checkAddresses6(path, eni.IPv6Addresses, eni.IPv6AddressCount)
	primaries := 0
	for i, a := range eni.PrivateIPAddresses {
		if a == nil {
			continue
		}
		f.Address(fmt.Sprintf("%s.privateIPAddresses[%d].privateIPAddress", path, i), a.PrivateIPAddress, "IPv4")
		if aws.ToBool(a.Primary) {
			primaries++
		}
	}
	if primaries > 1 {
		f.Add(path+".privateIPAddresses", refusal.Says(refusal.BadCombination, "Only one private IP address can be designated as primary."), "%d addresses are primary; AWS allows one", primaries)
	}
	for i, p := range eni.IPv4Prefixes {
		if p != nil && optional.Given(p.IPv4Prefix) {
			f.CIDR(fmt.Sprintf("%s.ipv4Prefixes[%d].ipv4Prefix", path, i), p.IPv4Prefix, "IPv4", refusal.NotCIDR("ipv4Prefix"))
		}
	}
	for i, p := range eni.IPv6Prefixes {
		if p != nil && optional.Given(p.IPv6Prefix) {
			f.CIDR(fmt.Sprintf("%s.ipv6Prefixes[%d].ipv6Prefix", path, i), p.IPv6Prefix, "IPv6", refusal.NotCIDR("ipv6Prefix"))
		}
	}
}

func (f *findings) checkAddresses6(path string, addresses []*ec2v1alpha1.InstanceIPv6Address, count *int64) {
	if addressed(addresses) && count != nil {
		f.Add(path+".ipv6AddressCount", refusal.Says(refusal.BadCombination, "You cannot specify this option and the option to assign specific IPv6 addresses in the same request."), "AWS allows a count or addresses: remove this field or ipv6Addresses")
	}
	for i, a := range addresses {
		if a != nil {
			f.Address(fmt.Sprintf("%s.ipv6Addresses[%d].ipv6Address", path, i), a.IPv6Address, "IPv6")
		}
	}
}

// addressed says whether one of them is sent: empty ones are not.
func addressed(addresses []*ec2v1alpha1.InstanceIPv6Address) bool {
	return slices.ContainsFunc(addresses, func(a *ec2v1alpha1.InstanceIPv6Address) bool { return a != nil && optional.Given(a.IPv6Address) })
}
