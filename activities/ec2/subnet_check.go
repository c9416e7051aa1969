package ec2

import (
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

func checkSubnet(want ec2v1alpha1.SubnetSpec) []activities.Invalid {
	var f findings
	if aws.ToString(want.VPCID) == "" && want.VPCRef == nil {
		f.add("spec.vpcID", "a subnet needs a VPC: set vpcID or vpcRef")
	}
	native := aws.ToBool(want.IPv6Native)
	switch {
	case native && want.CIDRBlock != nil:
		f.add("spec.cidrBlock", "a subnet of IPv6 only has none: leave it or ipv6Native out")
	case !native:
		f.checkSubnetBlock(want.CIDRBlock)
	}
	switch {
	case want.IPv6CIDRBlock != nil:
		f.checkSubnetIPv6Block(want.IPv6CIDRBlock)
	case native:
		f.add("spec.ipv6CIDRBlock", "a subnet of IPv6 only needs one")
	}
	switch name := aws.ToString(want.HostnameType); name {
	case "", "ip-name", "resource-name":
	default:
		f.add("spec.hostnameType", "%q is no type of host names: set ip-name or resource-name", name)
	}
	switch {
	case len(want.RouteTableRefs) > 1: // the ids of which may be filled in already
		f.add("spec.routeTableRefs", "names %d route tables, a subnet has one", len(want.RouteTableRefs))
	case len(want.RouteTables) > 1:
		f.add("spec.routeTables", "names %d route tables, a subnet has one", len(want.RouteTables))
	}
	f.checkTables(want.RouteTables)
	return f
}

// checkSubnetBlock checks the IPv4 block. AWS masks host bits off.
func (f *findings) checkSubnetBlock(block *string) {
	const path = "spec.cidrBlock"
	before := len(*f)
	f.checkCIDR(path, block, "IPv4")
	if len(*f) > before {
		return
	}
	if bits := netip.MustParsePrefix(*block).Bits(); bits < 16 || bits > 28 {
		f.add(path, "%q: AWS takes blocks from /16 to /28", *block)
	}
}

func (f *findings) checkSubnetIPv6Block(block *string) {
	const path = "spec.ipv6CIDRBlock"
	before := len(*f)
	f.checkCIDR(path, block, "IPv6")
	if len(*f) > before {
		return
	}
	if bits := netip.MustParsePrefix(*block).Bits(); bits < 44 || bits > 64 || bits%4 != 0 {
		f.add(path, "%q: AWS takes blocks from /44 to /64, in steps of four", *block)
	}
}
