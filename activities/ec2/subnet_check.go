package ec2

import (
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/kind"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// checkSubnet foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
func checkSubnet(want ec2v1alpha1.SubnetSpec) []kind.Invalid {
	var f findings
	if aws.ToString(want.VPCID) == "" && want.VPCRef == nil {
		f.add("spec.vpcID", says(missing, lacks, "vpcId"), "a subnet needs a VPC: set vpcID or vpcRef")
	}
	native := aws.ToBool(want.IPv6Native)
	switch {
	case native && aws.ToString(want.CIDRBlock) != "":
		f.add("spec.cidrBlock", says(badCombination, combinationSaid), "a subnet with IPv6 only has none: remove this field or ipv6Native")
	case !native:
		f.checkSubnetBlock(want.CIDRBlock)
	}
	switch {
	case aws.ToString(want.IPv6CIDRBlock) != "":
		f.checkSubnetIPv6Block(want.IPv6CIDRBlock)
	case native:
		f.add("spec.ipv6CIDRBlock", says(missing, lacks, "ipv6CidrBlock"), "a subnet with IPv6 only needs one")
	}
	second := says("Resource.AlreadyAssociated", "The specified resource is already in use.") // to the second association
	ids, names := distinct(want.RouteTables), tableNames(want.RouteTableRefs)
	switch {
	case names > 1: // their ids may already be filled in
		f.add("spec.routeTableRefs", second, "names %d route tables, a subnet has only one", names)
	case ids > 1 && len(want.RouteTableRefs) > 0:
		f.add("spec.routeTableRefs", second, "names %d route tables, a subnet has only one", ids)
	case ids > 1:
		f.add("spec.routeTables", second, "names %d route tables, a subnet has only one", ids)
	}
	f.checkTables(want.RouteTables)
	return f
}

// distinct counts what is there twice once: it is asked for once.
func distinct(list []*string) int {
	all := map[string]bool{}
	for _, text := range list {
		all[aws.ToString(text)] = true
	}
	return len(all)
}

// tableNames counts the names of the objects referred to. Whether two of one name are
// in different namespaces, their ids say.
func tableNames(refs []*corev1alpha1.AWSResourceReferenceWrapper) int {
	var names []*string
	for _, ref := range refs {
		if ref != nil && ref.From != nil {
			names = append(names, ref.From.Name)
		}
	}
	return distinct(names)
}

// checkSubnetBlock checks the IPv4 block. AWS masks host bits off.
func (f *findings) checkSubnetBlock(block *string) {
	const path = "spec.cidrBlock"
	before := len(*f)
	f.checkCIDR(path, block, "IPv4", notCIDR("cidrBlock"))
	if len(*f) > before {
		return
	}
	if bits := netip.MustParsePrefix(*block).Bits(); bits < 16 || bits > 28 {
		f.add(path, says("InvalidSubnet.Range", badRange, *block), "%q: AWS allows blocks from /16 to /28", *block)
	}
}

func (f *findings) checkSubnetIPv6Block(block *string) {
	const path = "spec.ipv6CIDRBlock"
	before := len(*f)
	f.checkCIDR(path, block, "IPv6", notCIDR("ipv6CidrBlock"))
	if len(*f) > before {
		return
	}
	if bits := netip.MustParsePrefix(*block).Bits(); bits < 44 || bits > 64 || bits%4 != 0 {
		f.add(path, says("InvalidSubnet.Range", badRange, *block), "%q: AWS allows blocks from /44 to /64, in steps of four", *block)
	}
}
