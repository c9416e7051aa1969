package ec2

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/room"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// vpcAttribute is an attribute that the spec sets.
type vpcAttribute struct {
	name types.VpcAttributeName
	path string
	want bool
}

func vpcAttributes(want ec2v1alpha1.VPCSpec) (set []vpcAttribute) {
	for _, a := range []struct {
		name  types.VpcAttributeName
		path  string
		value *bool
	}{
		{types.VpcAttributeNameEnableDnsSupport, "spec.enableDNSSupport", want.EnableDNSSupport},
		{types.VpcAttributeNameEnableDnsHostnames, "spec.enableDNSHostnames", want.EnableDNSHostnames},
		{types.VpcAttributeNameEnableNetworkAddressUsageMetrics, "spec.enableNetworkAddressUsageMetrics", want.EnableNetworkAddressUsageMetrics},
	} {
		if a.value != nil {
			set = append(set, vpcAttribute{a.name, a.path, *a.value})
		}
	}
	return set
}

// attributesToRead returns the attributes that the spec sets, and the one to fill in, which is
// known for a VPC that was just created.
func attributesToRead(want ec2v1alpha1.VPCSpec, fresh bool) (names []types.VpcAttributeName) {
	for _, a := range vpcAttributes(want) {
		names = append(names, a.name)
	}
	if want.EnableNetworkAddressUsageMetrics == nil && !fresh {
		names = append(names, types.VpcAttributeNameEnableNetworkAddressUsageMetrics)
	}
	return names
}

// lateUsageMetrics returns whether the metrics are on, if that is known.
func lateUsageMetrics(got *vpc) any {
	if on, known := got.attributes[types.VpcAttributeNameEnableNetworkAddressUsageMetrics]; known {
		return on
	}
	return nil
}

// planVPCAttributes changes one attribute per call, as AWS requires. AWS turns host names on only
// while DNS support is on, so support is turned on first and off last. Its page names no refusal of
// "support off" while host names are on:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
func planVPCAttributes(want ec2v1alpha1.VPCSpec, got *vpc, id string) []resource.Step {
	var steps []resource.Step
	for _, a := range vpcAttributes(want) {
		if got.attributes[a.name] == a.want {
			continue
		}
		in := awsec2.ModifyVpcAttributeInput{VpcId: aws.String(id)}
		value := &types.AttributeBooleanValue{Value: aws.Bool(a.want)}
		stage := 0
		switch a.name {
		case types.VpcAttributeNameEnableDnsSupport:
			in.EnableDnsSupport = value
			stage = stageIf(!a.want)
		case types.VpcAttributeNameEnableDnsHostnames:
			in.EnableDnsHostnames = value
			stage = stageIf(a.want && (want.EnableDNSSupport == nil || *want.EnableDNSSupport))
		case types.VpcAttributeNameEnableNetworkAddressUsageMetrics:
			in.EnableNetworkAddressUsageMetrics = value
		}
		doing := "turn off "
		if a.want {
			doing = "turn on "
		}
		step := modifyVPCAttribute.Step(doing+string(a.name), in)
		step.Stage, step.Path = stage, a.path
		steps = append(steps, step)
	}
	return steps
}

// stageIf returns the second stage for a step that must wait for the first.
func stageIf(second bool) int {
	if second {
		return 1
	}
	return 0
}

// wantedBlocks returns the IPv4 blocks of the spec, masked as AWS does.
func wantedBlocks(want ec2v1alpha1.VPCSpec) (blocks []string) {
	for _, b := range want.CIDRBlocks {
		blocks = append(blocks, network(aws.ToString(b)))
	}
	return blocks
}

// live reports whether a block belongs to the VPC. For a while, AWS also lists blocks that failed
// or were removed.
func live(s *types.VpcCidrBlockState) bool {
	return s == nil || s.State == types.VpcCidrBlockStateCodeAssociated || s.State == types.VpcCidrBlockStateCodeAssociating
}

// blocks returns the states of all blocks.
func (v *vpc) blocks() map[string]types.VpcCidrBlockStateCode {
	states := map[string]types.VpcCidrBlockStateCode{}
	for _, a := range v.CidrBlockAssociationSet {
		if a.CidrBlockState != nil {
			states[aws.ToString(a.CidrBlock)] = a.CidrBlockState.State
		}
	}
	for _, a := range v.Ipv6CidrBlockAssociationSet {
		if a.Ipv6CidrBlockState != nil {
			states[aws.ToString(a.Ipv6CidrBlock)] = a.Ipv6CidrBlockState.State
		}
	}
	return states
}

// planVPCBlocks adds and removes secondary blocks. The primary one is permanent. While AWS refuses
// an addition, blocks are removed only to make room in a full VPC.
func planVPCBlocks(want ec2v1alpha1.VPCSpec, got *vpc, c kind.Case) []resource.Step {
	blocks, primary := wantedBlocks(want), aws.ToString(got.CidrBlock)
	meant := 0 // for a primary block, which AWS cannot change
	if len(blocks) > 0 && !slices.Contains(blocks, primary) {
		blocks, meant = blocks[1:], 1
	}
	have := map[string]bool{primary: true}
	var removing []resource.Step
	for _, a := range got.CidrBlockAssociationSet {
		block := aws.ToString(a.CidrBlock)
		if !live(a.CidrBlockState) {
			continue
		}
		have[block] = true
		if block != primary && !slices.Contains(blocks, block) {
			removing = append(removing, disassociate("spec.cidrBlocks", block, a.AssociationId))
		}
	}
	var steps []resource.Step
	for i, block := range blocks {
		if !have[block] {
			have[block] = true
			step := associateVPCBlock.Step("add CIDR block "+block, awsec2.AssociateVpcCidrBlockInput{VpcId: aws.String(c.ID), CidrBlock: aws.String(block)})
			step.Path = fmt.Sprintf("spec.cidrBlocks[%d]", i+meant)
			steps = append(steps, step)
		}
	}
	// AWS counts IPv4 and IPv6 blocks separately, and a spec names one IPv6 block at most.
	// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
	early := room.Make(c, steps, room.First(removing), string(disassociateVPCBlock))
	adding, taking := planIPv6Block(want, got, c.ID)
	steps, removing = append(steps, adding...), append(removing, taking...)
	if len(steps) > 0 && c.Refused(string(associateVPCBlock)) {
		return append(early, steps...)
	}
	return append(steps, removing...)
}

func disassociate(path, block string, association *string) resource.Step {
	step := disassociateVPCBlock.Step("remove CIDR block "+block, awsec2.DisassociateVpcCidrBlockInput{AssociationId: association})
	step.Stage, step.Path = 1, path
	return step
}
