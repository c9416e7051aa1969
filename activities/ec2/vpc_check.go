package ec2

import (
	"fmt"
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

func checkVPC(want ec2v1alpha1.VPCSpec) []activities.Invalid {
	var f findings
	f.checkBlocks(want)
	switch tenancy := aws.ToString(want.InstanceTenancy); tenancy {
	case "", "default", "dedicated":
	case "host":
		f.add("spec.instanceTenancy", "AWS takes host for instances only: set default or dedicated")
	default:
		f.add("spec.instanceTenancy", "%q is no tenancy: set default or dedicated", tenancy)
	}
	if want.IPv4NetmaskLength != nil && want.IPv4IPAMPoolID == nil {
		f.add("spec.ipv4NetmaskLength", "needs ipv4IPAMPoolID")
	}
	if want.IPv4NetmaskLength != nil && len(want.CIDRBlocks) > 0 {
		f.add("spec.ipv4NetmaskLength", "is for a block that IPAM chooses: leave out it or cidrBlocks")
	}
	f.checkIPv6(want)
	return f
}

// checkBlocks checks the IPv4 blocks. AWS masks host bits off.
func (f *findings) checkBlocks(want ec2v1alpha1.VPCSpec) {
	if len(want.CIDRBlocks) == 0 && want.IPv4IPAMPoolID == nil {
		f.add("spec.cidrBlocks", "names no block: set one, or ipv4IPAMPoolID")
	}
	var earlier []netip.Prefix
	for i, block := range want.CIDRBlocks {
		path := fmt.Sprintf("spec.cidrBlocks[%d]", i)
		before := len(*f)
		f.checkCIDR(path, block, "IPv4")
		if len(*f) > before {
			continue
		}
		p := netip.MustParsePrefix(*block).Masked()
		if p.Bits() < 16 || p.Bits() > 28 {
			f.add(path, "%q: AWS takes blocks from /16 to /28", *block)
		}
		for _, other := range earlier {
			if other.Overlaps(p) {
				f.add(path, "%s overlaps %s", p, other)
			}
		}
		earlier = append(earlier, p)
	}
}

func (f *findings) checkIPv6(want ec2v1alpha1.VPCSpec) {
	amazon := aws.ToBool(want.AmazonProvidedIPv6CIDRBlock)
	if amazon && (want.IPv6CIDRBlock != nil || want.IPv6Pool != nil || want.IPv6IPAMPoolID != nil) {
		f.add("spec.amazonProvidedIPv6CIDRBlock", "a block is Amazon's or of a pool of your own: leave out it or ipv6CIDRBlock, ipv6Pool and ipv6IPAMPoolID")
	}
	if want.IPv6CIDRBlock != nil {
		f.checkCIDR("spec.ipv6CIDRBlock", want.IPv6CIDRBlock, "IPv6")
		if want.IPv6Pool == nil && want.IPv6IPAMPoolID == nil {
			f.add("spec.ipv6CIDRBlock", "needs ipv6Pool or ipv6IPAMPoolID")
		}
	}
	if want.IPv6NetmaskLength != nil && want.IPv6IPAMPoolID == nil {
		f.add("spec.ipv6NetmaskLength", "needs ipv6IPAMPoolID")
	}
	if want.IPv6CIDRBlockNetworkBorderGroup != nil && !amazon {
		f.add("spec.ipv6CIDRBlockNetworkBorderGroup", "needs amazonProvidedIPv6CIDRBlock")
	}
}
