package ec2

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// amazonPool is the pool that AWS shows for IPv6 blocks from Amazon.
const amazonPool = "Amazon"

// wantsIPv6 reports whether the spec asks for an IPv6 block.
func wantsIPv6(want ec2v1alpha1.VPCSpec) bool {
	return aws.ToBool(want.AmazonProvidedIPv6CIDRBlock) || optional.Count(want.IPv6CIDRBlock, want.IPv6Pool, want.IPv6IPAMPoolID) > 0
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
	case optional.Given(want.IPv6CIDRBlock):
		return cidr.Network(*want.IPv6CIDRBlock) == cidr.Network(aws.ToString(a.Ipv6CidrBlock))
	case optional.Given(want.IPv6Pool):
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
		VpcId: aws.String(id), Ipv6IpamPoolId: optional.Text(want.IPv6IPAMPoolID), Ipv6NetmaskLength: optional.Int32(want.IPv6NetmaskLength), Ipv6Pool: optional.Text(want.IPv6Pool),
	}
	path := "spec.ipv6IPAMPoolID"
	if in.Ipv6Pool != nil {
		path = "spec.ipv6Pool"
	}
	summary := "add an IPv6 block of " + cmp.Or(aws.ToString(want.IPv6Pool), aws.ToString(want.IPv6IPAMPoolID))
	switch {
	case aws.ToBool(want.AmazonProvidedIPv6CIDRBlock):
		in.AmazonProvidedIpv6CidrBlock, in.Ipv6CidrBlockNetworkBorderGroup = aws.Bool(true), optional.Text(want.IPv6CIDRBlockNetworkBorderGroup)
		summary, path = "add an IPv6 block of Amazon's", "spec.amazonProvidedIPv6CIDRBlock"
	case optional.Given(want.IPv6CIDRBlock):
		in.Ipv6CidrBlock = cidr.Optional(want.IPv6CIDRBlock)
		summary, path = "add IPv6 block "+*in.Ipv6CidrBlock, "spec.ipv6CIDRBlock"
	}
	return []resource.Step{steps.For(0, path, associateVPCBlock.Step(summary, in))}, removing
}

// ipv6Notes reports what AWS cannot change about the current block of the VPC.
func ipv6Notes(want ec2v1alpha1.VPCSpec, got *vpc) (notes []string) {
	block := got.ipv6Block(want)
	if !wantsIPv6(want) || block == nil {
		return nil
	}
	if pool := aws.ToString(want.IPv6Pool); pool != "" && pool != aws.ToString(block.Ipv6Pool) {
		notes = append(notes, fixed.Note("spec.ipv6Pool", aws.ToString(block.Ipv6Pool)))
	}
	return append(notes, maskNotes("spec.ipv6NetmaskLength", want.IPv6NetmaskLength, block.Ipv6CidrBlock)...)
}
