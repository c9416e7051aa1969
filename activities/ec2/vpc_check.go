package ec2

import (
	"fmt"
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// vpcBlock are the masks that AWS accepts.
var vpcBlock = refusal.Bounds{Min: 16, Max: 28, Code: "InvalidVpc.Range"}

// checkVPC foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html and
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html
func checkVPC(want ec2v1alpha1.VPCSpec) []kind.Invalid {
	var f findings
	f.checkBlocks(want)
	if aws.ToString(want.InstanceTenancy) == "host" {
		f.Add("spec.instanceTenancy", refusal.Says(refusal.BadValue, "The host value cannot be used with this parameter. Use the default or dedicated values only."), "AWS allows host for instances only: set default or dedicated")
	}
	f.checkIPv6(want)
	return f.All
}

// checkBlocks checks the IPv4 blocks. AWS masks host bits off.
func (f *findings) checkBlocks(want ec2v1alpha1.VPCSpec) {
	if len(want.CIDRBlocks) == 0 && !optional.Given(want.IPv4IPAMPoolID) {
		f.Add("spec.cidrBlocks", refusal.Says(refusal.Missing, "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."), "names no block: set one, or ipv4IPAMPoolID")
	}
	var earlier []netip.Prefix
	for i, block := range want.CIDRBlocks {
		path := fmt.Sprintf("spec.cidrBlocks[%d]", i)
		if !f.Block(path, block, "IPv4", "cidrBlock", vpcBlock) {
			continue
		}
		p := netip.MustParsePrefix(*block).Masked()
		for _, other := range earlier {
			if other != p && other.Overlaps(p) { // a repeated block is requested once
				f.Add(path, refusal.Unsaid(), "%s overlaps %s", p, other)
			}
		}
		earlier = append(earlier, p)
	}
}

func (f *findings) checkIPv6(want ec2v1alpha1.VPCSpec) {
	amazon, block := aws.ToBool(want.AmazonProvidedIPv6CIDRBlock), optional.Given(want.IPv6CIDRBlock)
	pool := optional.Count(want.IPv6Pool, want.IPv6IPAMPoolID) > 0
	// "You must specify one of the following in the request: an IPv4 CIDR block, an
	// IPv6 pool, or an Amazon-provided IPv6 CIDR block."
	if amazon && (block || pool) {
		f.Add("spec.amazonProvidedIPv6CIDRBlock", refusal.Says(refusal.BadCombination, refusal.CombinationSaid), "a block comes from Amazon or from your own pool: remove this field, or ipv6CIDRBlock, ipv6Pool and ipv6IPAMPoolID")
	}
	if block {
		f.CIDR("spec.ipv6CIDRBlock", want.IPv6CIDRBlock, "IPv6", refusal.NotCIDR("ipv6CidrBlock"))
		if !pool {
			f.Add("spec.ipv6CIDRBlock", refusal.Says(refusal.Missing, "You must also specify Ipv6Pool in the request."), "needs ipv6Pool or ipv6IPAMPoolID")
		}
	}
	if optional.Given(want.IPv6CIDRBlockNetworkBorderGroup) && !amazon {
		f.Add("spec.ipv6CIDRBlockNetworkBorderGroup", refusal.Says(refusal.BadCombination, "You must set AmazonProvidedIpv6CidrBlock to true to use this parameter."), "needs amazonProvidedIPv6CIDRBlock")
	}
}
