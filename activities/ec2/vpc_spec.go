package ec2

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

func vpcSpec(got *vpc) ec2v1alpha1.VPCSpec {
	spec := ec2v1alpha1.VPCSpec{
		CIDRBlocks:                       got.blocks4(),
		EnableDNSHostnames:               got.attribute(types.VpcAttributeNameEnableDnsHostnames),
		EnableDNSSupport:                 got.attribute(types.VpcAttributeNameEnableDnsSupport),
		EnableNetworkAddressUsageMetrics: got.attribute(types.VpcAttributeNameEnableNetworkAddressUsageMetrics),
		InstanceTenancy:                  optional.Of(string(got.InstanceTenancy)),
	}
	if got.defaultGroup != nil {
		spec.DisallowSecurityGroupDefaultRules = aws.Bool(len(got.defaultGroup.rules()) == 0)
	}
	for _, a := range got.Ipv6CidrBlockAssociationSet {
		if live(a.Ipv6CidrBlockState) && describeIPv6Block(&spec, a) {
			break // a spec names one block, and the others stay
		}
	}
	return spec
}

// blocks4 returns the IPv4 blocks of the VPC, the primary one first.
func (v *vpc) blocks4() []*string {
	blocks := []*string{v.CidrBlock}
	for _, a := range v.CidrBlockAssociationSet {
		if live(a.CidrBlockState) && aws.ToString(a.CidrBlock) != aws.ToString(v.CidrBlock) {
			blocks = append(blocks, a.CidrBlock)
		}
	}
	return blocks
}

// describeIPv6Block reports whether a spec can name the block: one of Amazon's, or one of the user's
// own pool. AWS does not show from which of IPAM's pools a block comes.
func describeIPv6Block(spec *ec2v1alpha1.VPCSpec, a types.VpcIpv6CidrBlockAssociation) bool {
	switch pool := aws.ToString(a.Ipv6Pool); {
	case pool == amazonPool:
		spec.AmazonProvidedIPv6CIDRBlock, spec.IPv6CIDRBlockNetworkBorderGroup = aws.Bool(true), optional.Text(a.NetworkBorderGroup)
	case strings.HasPrefix(pool, "ipv6pool-"):
		spec.IPv6CIDRBlock, spec.IPv6Pool = a.Ipv6CidrBlock, a.Ipv6Pool
	default:
		return false
	}
	return true
}
