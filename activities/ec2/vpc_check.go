package ec2

import (
	"fmt"
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// checkVPC foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html and
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html
func checkVPC(want ec2v1alpha1.VPCSpec) []kind.Invalid {
	var f findings
	f.checkBlocks(want)
	if aws.ToString(want.InstanceTenancy) == "host" {
		f.add("spec.instanceTenancy", says(badValue, "The host value cannot be used with this parameter. Use the default or dedicated values only."), "AWS allows host for instances only: set default or dedicated")
	}
	f.checkIPv6(want)
	return f
}

// checkBlocks checks the IPv4 blocks. AWS masks host bits off.
func (f *findings) checkBlocks(want ec2v1alpha1.VPCSpec) {
	if len(want.CIDRBlocks) == 0 && aws.ToString(want.IPv4IPAMPoolID) == "" {
		f.add("spec.cidrBlocks", says(missing, "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."), "names no block: set one, or ipv4IPAMPoolID")
	}
	var earlier []netip.Prefix
	for i, block := range want.CIDRBlocks {
		path := fmt.Sprintf("spec.cidrBlocks[%d]", i)
		before := len(*f)
		f.checkCIDR(path, block, "IPv4", notCIDR("cidrBlock"))
		if len(*f) > before {
			continue
		}
		p := netip.MustParsePrefix(*block).Masked()
		if p.Bits() < 16 || p.Bits() > 28 {
			f.add(path, says("InvalidVpc.Range", badRange, *block), "%q: AWS allows blocks from /16 to /28", *block)
		}
		for _, other := range earlier {
			if other != p && other.Overlaps(p) { // a repeated block is requested once
				f.add(path, unsaid(), "%s overlaps %s", p, other)
			}
		}
		earlier = append(earlier, p)
	}
}

func (f *findings) checkIPv6(want ec2v1alpha1.VPCSpec) {
	amazon := aws.ToBool(want.AmazonProvidedIPv6CIDRBlock)
	block := aws.ToString(want.IPv6CIDRBlock) != ""
	pool := aws.ToString(want.IPv6Pool) != "" || aws.ToString(want.IPv6IPAMPoolID) != ""
	// "You must specify one of the following in the request: an IPv4 CIDR block, an
	// IPv6 pool, or an Amazon-provided IPv6 CIDR block."
	if amazon && (block || pool) {
		f.add("spec.amazonProvidedIPv6CIDRBlock", says(badCombination, combinationSaid), "a block comes from Amazon or from your own pool: remove this field, or ipv6CIDRBlock, ipv6Pool and ipv6IPAMPoolID")
	}
	if block {
		f.checkCIDR("spec.ipv6CIDRBlock", want.IPv6CIDRBlock, "IPv6", notCIDR("ipv6CidrBlock"))
		if !pool {
			f.add("spec.ipv6CIDRBlock", says(missing, "You must also specify Ipv6Pool in the request."), "needs ipv6Pool or ipv6IPAMPoolID")
		}
	}
	if aws.ToString(want.IPv6CIDRBlockNetworkBorderGroup) != "" && !amazon {
		f.add("spec.ipv6CIDRBlockNetworkBorderGroup", says(badCombination, "You must set AmazonProvidedIpv6CidrBlock to true to use this parameter."), "needs amazonProvidedIPv6CIDRBlock")
	}
}
