package ec2

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/room"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

func planVPCCreate(want ec2v1alpha1.VPCSpec) (in awsec2.CreateVpcInput, summary string) {
	in, summary = vpcRequest(want), "create a VPC"
	if blocks := cidr.Networks(want.CIDRBlocks); len(blocks) > 0 {
		in.CidrBlock = aws.String(blocks[0])
		summary += " of " + blocks[0]
	}
	return in, summary
}

func planVPC(want ec2v1alpha1.VPCSpec, got *vpc, c kind.Case) kind.Draft {
	if got == nil {
		got = newVPC(want)
	}
	changes := append(planVPCAttributes(want, got, c.ID), planVPCBlocks(want, got, c)...)
	if aws.ToString(want.InstanceTenancy) == "default" && got.InstanceTenancy == types.TenancyDedicated {
		changes = append(changes, steps.For(0, "spec.instanceTenancy", modifyVPCTenancy.Step("set the tenancy back to default",
			awsec2.ModifyVpcTenancyInput{VpcId: aws.String(c.ID), InstanceTenancy: types.VpcTenancyDefault})))
	}
	if got.defaultGroup != nil && aws.ToBool(want.DisallowSecurityGroupDefaultRules) {
		changes = append(changes, revokeDefaults(got.defaultGroup)...)
	}
	return kind.Draft{Steps: changes, Notes: vpcNotes(want, got)}
}

// revokeDefaults removes the rules of the default group of a VPC.
func revokeDefaults(group *securityGroup) (changes []resource.Step) {
	for _, step := range revokeAll(*group.GroupId, group.rules()) {
		step.Summary = "default group: " + step.Summary
		changes = append(changes, steps.For(0, "spec.disallowSecurityGroupDefaultRules", step))
	}
	return changes
}

// newVPC returns the VPC that the create will make.
func newVPC(want ec2v1alpha1.VPCSpec) *vpc {
	got := &vpc{
		Vpc:        types.Vpc{InstanceTenancy: types.Tenancy(aws.ToString(want.InstanceTenancy))},
		attributes: map[types.VpcAttributeName]bool{types.VpcAttributeNameEnableDnsSupport: true}, // AWS's default
	}
	if blocks := cidr.Networks(want.CIDRBlocks); len(blocks) > 0 {
		got.CidrBlock = aws.String(blocks[0])
	}
	if wantsIPv6(want) {
		got.Ipv6CidrBlockAssociationSet = []types.VpcIpv6CidrBlockAssociation{newIPv6Block(want)}
	}
	return got
}

func vpcNotes(want ec2v1alpha1.VPCSpec, got *vpc) (notes []string) {
	primary := aws.ToString(got.CidrBlock)
	if blocks := cidr.Networks(want.CIDRBlocks); len(blocks) > 0 && !slices.Contains(blocks, primary) {
		notes = append(notes, fixed.Note("spec.cidrBlocks[0]", primary))
	}
	if aws.ToString(want.InstanceTenancy) == "dedicated" && got.InstanceTenancy == types.TenancyDefault {
		notes = append(notes, fixed.Note("spec.instanceTenancy", string(got.InstanceTenancy)))
	}
	notes = append(notes, maskNotes("spec.ipv4NetmaskLength", want.IPv4NetmaskLength, got.CidrBlock)...)
	return append(notes, ipv6Notes(want, got)...)
}

// maskNotes compares the length of a mask, where there is a block.
func maskNotes(path string, length *int64, block *string) []string {
	if is := cidr.Mask(block); length != nil && is != "" && is != fmt.Sprint(*length) {
		return []string{fixed.Note(path, is)}
	}
	return nil
}

// attributesToRead returns the attributes that the spec sets, and the one to fill in, which is
// known for a VPC that was just created.
func attributesToRead(q kind.Query[ec2v1alpha1.VPCSpec]) (names []types.VpcAttributeName) {
	for _, a := range vpcFlags(q.Want, &vpc{}) {
		if name := types.VpcAttributeName(a.api); q.Whole || a.want != nil || name == types.VpcAttributeNameEnableNetworkAddressUsageMetrics && !q.Fresh {
			names = append(names, name)
		}
	}
	return names
}

// planVPCAttributes changes one attribute per call, as AWS requires.
func planVPCAttributes(want ec2v1alpha1.VPCSpec, got *vpc, id string) []resource.Step {
	return planFlags(modifyVPCAttribute.Verb, awsec2.ModifyVpcAttributeInput{VpcId: aws.String(id)}, vpcFlags(want, got)...)
}

// vpcFlags are the attributes of a VPC. AWS turns host names on only while DNS support is on, so
// support is turned on first and off last. Its page names no refusal of "support off" while host
// names are on:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html
func vpcFlags(want ec2v1alpha1.VPCSpec, got *vpc) []flag[awsec2.ModifyVpcAttributeInput] {
	type input = awsec2.ModifyVpcAttributeInput
	type value = *types.AttributeBooleanValue
	afterSupport := 0
	if want.EnableDNSSupport == nil || *want.EnableDNSSupport {
		afterSupport = 1
	}
	is := func(name types.VpcAttributeName) *bool { return aws.Bool(got.attributes[name]) }
	const support, hosts, metrics = types.VpcAttributeNameEnableDnsSupport, types.VpcAttributeNameEnableDnsHostnames, types.VpcAttributeNameEnableNetworkAddressUsageMetrics
	return []flag[input]{
		{name: "enableDNSSupport", api: string(support), want: want.EnableDNSSupport, got: is(support), off: 1, field: func(in *input) *value { return &in.EnableDnsSupport }},
		{name: "enableDNSHostnames", api: string(hosts), want: want.EnableDNSHostnames, got: is(hosts), on: afterSupport, field: func(in *input) *value { return &in.EnableDnsHostnames }},
		{name: "enableNetworkAddressUsageMetrics", api: string(metrics), want: want.EnableNetworkAddressUsageMetrics, got: is(metrics), field: func(in *input) *value { return &in.EnableNetworkAddressUsageMetrics }},
	}
}

// blockOfVPC is a block of a VPC, IPv4 or IPv6, with its state.
type blockOfVPC struct {
	cidr  string
	state types.VpcCidrBlockStateCode
}

// blocks returns all blocks in an order that does not depend on AWS's.
func (v *vpc) blocks() (all []blockOfVPC) {
	add := func(block *string, s *types.VpcCidrBlockState) {
		if s != nil {
			all = append(all, blockOfVPC{aws.ToString(block), s.State})
		}
	}
	for _, a := range v.CidrBlockAssociationSet {
		add(a.CidrBlock, a.CidrBlockState)
	}
	for _, a := range v.Ipv6CidrBlockAssociationSet {
		add(a.Ipv6CidrBlock, a.Ipv6CidrBlockState)
	}
	slices.SortFunc(all, func(a, b blockOfVPC) int { return cmp.Compare(a.cidr, b.cidr) })
	return all
}

// live reports whether a block belongs to the VPC. For a while, AWS also lists blocks that failed
// or were removed.
func live(s *types.VpcCidrBlockState) bool {
	return s == nil || s.State == types.VpcCidrBlockStateCodeAssociated || s.State == types.VpcCidrBlockStateCodeAssociating
}

// planVPCBlocks adds and removes secondary blocks. The primary one is permanent. A block that
// overlaps an addition goes before it, because AWS accepts no two blocks that overlap. While AWS
// refuses an addition, other blocks are removed only to make room in a full VPC.
func planVPCBlocks(want ec2v1alpha1.VPCSpec, got *vpc, c kind.Case) []resource.Step {
	blocks, primary := cidr.Networks(want.CIDRBlocks), aws.ToString(got.CidrBlock)
	meant := 0 // for a primary block, which AWS cannot change
	if len(blocks) > 0 && !slices.Contains(blocks, primary) {
		blocks, meant = blocks[1:], 1
	}
	have := map[string]bool{primary: true}
	var adding, removing, replaced []resource.Step
	var inTheWay []string
	for _, a := range got.CidrBlockAssociationSet {
		block := aws.ToString(a.CidrBlock)
		if !live(a.CidrBlockState) {
			continue
		}
		have[block] = true
		if block == primary || slices.Contains(blocks, block) {
			continue
		}
		step := disassociate("spec.cidrBlocks", block, a.AssociationId)
		if overlapsAny(block, blocks) {
			step.Stage = 0
			replaced, inTheWay = append(replaced, step), append(inTheWay, block)
			continue
		}
		removing = append(removing, step)
	}
	for i, block := range blocks {
		if have[block] {
			continue
		}
		have[block] = true
		stage := 0
		if overlapsAny(block, inTheWay) {
			stage = 1
		}
		step := associateVPCBlock.Step("add CIDR block "+block, awsec2.AssociateVpcCidrBlockInput{VpcId: aws.String(c.ID), CidrBlock: aws.String(block)})
		adding = append(adding, steps.For(stage, fmt.Sprintf("spec.cidrBlocks[%d]", i+meant), step))
	}
	// AWS counts IPv4 and IPv6 blocks separately, and a spec names one IPv6 block at most.
	// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
	early := room.Make(c, adding, room.First(removing), string(disassociateVPCBlock.Verb))
	adding6, removing6 := planIPv6Block(want, got, c.ID)
	adding, removing = append(adding, adding6...), append(removing, removing6...)
	if len(adding) > 0 && c.Refused(string(associateVPCBlock.Verb)) {
		removing = nil
	}
	return slices.Concat(replaced, early, adding, removing)
}

func overlapsAny(block string, others []string) bool {
	return slices.ContainsFunc(others, func(other string) bool { return cidr.Overlap(block, other) })
}

func disassociate(path, block string, association *string) resource.Step {
	step := disassociateVPCBlock.Step("remove CIDR block "+block, awsec2.DisassociateVpcCidrBlockInput{AssociationId: association})
	return steps.For(1, path, step)
}
