package ec2

import (
	"cmp"
	"fmt"
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// amazonPool is the pool that AWS shows for IPv6 blocks from Amazon.
const amazonPool = "Amazon"

// wantsIPv6 reports whether the spec asks for an IPv6 block.
func wantsIPv6(want ec2v1alpha1.VPCSpec) bool {
	return aws.ToBool(want.AmazonProvidedIPv6CIDRBlock) ||
		cmp.Or(aws.ToString(want.IPv6CIDRBlock), aws.ToString(want.IPv6Pool), aws.ToString(want.IPv6IPAMPoolID)) != ""
}

// newIPv6Block returns the block that the create will give.
func newIPv6Block(want ec2v1alpha1.VPCSpec) types.VpcIpv6CidrBlockAssociation {
	pool := want.IPv6Pool
	if aws.ToBool(want.AmazonProvidedIPv6CIDRBlock) {
		pool = aws.String(amazonPool)
	}
	return types.VpcIpv6CidrBlockAssociation{Ipv6Pool: pool, Ipv6CidrBlock: want.IPv6CIDRBlock, NetworkBorderGroup: want.IPv6CIDRBlockNetworkBorderGroup}
}

// wantedIPv6 reports whether a block matches the spec's request.
func wantedIPv6(want ec2v1alpha1.VPCSpec, a types.VpcIpv6CidrBlockAssociation) bool {
	pool, group := aws.ToString(a.Ipv6Pool), aws.ToString(want.IPv6CIDRBlockNetworkBorderGroup)
	switch {
	case aws.ToBool(want.AmazonProvidedIPv6CIDRBlock):
		return pool == amazonPool && (group == "" || group == aws.ToString(a.NetworkBorderGroup))
	case aws.ToString(want.IPv6CIDRBlock) != "":
		return network(*want.IPv6CIDRBlock) == network(aws.ToString(a.Ipv6CidrBlock))
	case aws.ToString(want.IPv6Pool) != "":
		return pool == *want.IPv6Pool
	}
	// AWS does not show which of IPAM's pools a block comes from. The existing block counts;
	// otherwise each look would ask for another one.
	return pool != amazonPool || want.AmazonProvidedIPv6CIDRBlock == nil
}

// ipv6Block returns the block that the spec asks for, if the VPC has it.
func (v *vpc) ipv6Block(want ec2v1alpha1.VPCSpec) *types.VpcIpv6CidrBlockAssociation {
	for i, a := range v.Ipv6CidrBlockAssociationSet {
		if live(a.Ipv6CidrBlockState) && wantedIPv6(want, a) {
			return &v.Ipv6CidrBlockAssociationSet[i]
		}
	}
	return nil
}

// planIPv6Block asks for the block that the spec describes, and returns Amazon's where the spec
// refuses it. Other blocks stay: a VPC may have several, and a spec can name only one.
func planIPv6Block(want ec2v1alpha1.VPCSpec, got *vpc, id string) (adding, removing []resource.Step) {
	if want.AmazonProvidedIPv6CIDRBlock != nil && !*want.AmazonProvidedIPv6CIDRBlock {
		for _, a := range got.Ipv6CidrBlockAssociationSet {
			if live(a.Ipv6CidrBlockState) && aws.ToString(a.Ipv6Pool) == amazonPool {
				removing = append(removing, disassociate("spec.amazonProvidedIPv6CIDRBlock", aws.ToString(a.Ipv6CidrBlock), a.AssociationId))
			}
		}
	}
	if !wantsIPv6(want) || got.ipv6Block(want) != nil {
		return nil, removing
	}
	in := awsec2.AssociateVpcCidrBlockInput{
		VpcId:             aws.String(id),
		Ipv6IpamPoolId:    unlessEmpty(want.IPv6IPAMPoolID),
		Ipv6NetmaskLength: int32p(want.IPv6NetmaskLength),
		Ipv6Pool:          unlessEmpty(want.IPv6Pool),
	}
	path := "spec.ipv6IPAMPoolID"
	if in.Ipv6Pool != nil {
		path = "spec.ipv6Pool"
	}
	summary := "add an IPv6 block of " + cmp.Or(aws.ToString(want.IPv6Pool), aws.ToString(want.IPv6IPAMPoolID))
	switch {
	case aws.ToBool(want.AmazonProvidedIPv6CIDRBlock):
		in.AmazonProvidedIpv6CidrBlock, in.Ipv6CidrBlockNetworkBorderGroup = aws.Bool(true), unlessEmpty(want.IPv6CIDRBlockNetworkBorderGroup)
		summary, path = "add an IPv6 block of Amazon's", "spec.amazonProvidedIPv6CIDRBlock"
	case aws.ToString(want.IPv6CIDRBlock) != "":
		in.Ipv6CidrBlock = aws.String(network(*want.IPv6CIDRBlock))
		summary, path = "add IPv6 block "+*in.Ipv6CidrBlock, "spec.ipv6CIDRBlock"
	}
	step := associateVPCBlock.Step(summary, in)
	step.Path = path
	return append(adding, step), removing
}

// ipv6Notes reports what AWS cannot change about the current block of the VPC.
func ipv6Notes(want ec2v1alpha1.VPCSpec, got *vpc) (notes []string) {
	block := got.ipv6Block(want)
	if !wantsIPv6(want) || block == nil {
		return nil
	}
	if pool := aws.ToString(want.IPv6Pool); pool != "" && pool != aws.ToString(block.Ipv6Pool) {
		notes = append(notes, kind.CannotChange("spec.ipv6Pool", aws.ToString(block.Ipv6Pool)))
	}
	if is := maskOf(block.Ipv6CidrBlock); want.IPv6NetmaskLength != nil && is != "" && is != fmt.Sprint(*want.IPv6NetmaskLength) {
		notes = append(notes, kind.CannotChange("spec.ipv6NetmaskLength", is))
	}
	return notes
}

// maskOf returns the length of a block's mask; empty where there is no block.
func maskOf(block *string) string {
	p, err := netip.ParsePrefix(aws.ToString(block))
	if err != nil {
		return ""
	}
	return fmt.Sprint(p.Bits())
}
