package ec2

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Stages of a change. Settings that require an IPv6 block are turned off before the block changes
// and turned on after it.
const (
	stageBlock   = 1
	stageOnBlock = 2
)

// newSubnet returns the subnet that the create will make, with AWS's defaults.
func newSubnet(want ec2v1alpha1.SubnetSpec) *subnet {
	got := &subnet{Subnet: types.Subnet{Ipv6Native: want.IPv6Native}}
	names := types.PrivateDnsNameOptionsOnLaunch{HostnameType: types.HostnameTypeIpName}
	if aws.ToBool(want.IPv6Native) {
		got.AssignIpv6AddressOnCreation = aws.Bool(true)
		names.HostnameType = types.HostnameTypeResourceName
	}
	if got.PrivateDnsNameOptionsOnLaunch = &names; aws.ToString(want.IPv6CIDRBlock) != "" {
		got.Ipv6CidrBlockAssociationSet = []types.SubnetIpv6CidrBlockAssociation{{Ipv6CidrBlock: want.IPv6CIDRBlock}}
	}
	return got
}

func planSubnet(want ec2v1alpha1.SubnetSpec, got *subnet, c kind.Case) (draft kind.Draft) {
	if got == nil {
		got = newSubnet(want)
	}
	draft.Steps = append(planSubnetAttributes(want, got, c.ID), planSubnetBlock(want, got, c.ID)...)
	draft.Steps = append(draft.Steps, planTables(want.RouteTables, want.RouteTableRefs, got.tables, awsec2.AssociateRouteTableInput{SubnetId: aws.String(c.ID)})...)
	if block := got.block(); block != nil && aws.ToBool(got.Ipv6Native) && !sameBlock(want.IPv6CIDRBlock, block) {
		// It is the only block of the subnet.
		draft.Notes = append(draft.Notes, fixed.Note("spec.ipv6CIDRBlock", aws.ToString(block.Ipv6CidrBlock)))
	}
	if got.State == types.SubnetStateFailed || got.State == types.SubnetStateFailedInsufficientCapacity {
		draft.Notes = append(draft.Notes, fmt.Sprintf("AWS reports that the subnet is %s: create another object", got.State))
	}
	return draft
}

// planSubnetAttributes changes one attribute per call, as AWS requires. Attributes that the spec
// leaves out stay unchanged.
func planSubnetAttributes(want ec2v1alpha1.SubnetSpec, got *subnet, id string) []resource.Step {
	in := awsec2.ModifySubnetAttributeInput{SubnetId: aws.String(id)}
	changes := planFlags(modifySubnet.Verb, in, subnetFlags(want, got)...)
	if name := aws.ToString(want.HostnameType); differs(want.HostnameType, string(got.dns().HostnameType)) {
		in := in
		in.PrivateDnsHostnameTypeOnLaunch = types.HostnameType(name)
		changes = append(changes, steps.For(0, "spec.hostnameType", modifySubnet.Step("make host names of type "+name, in)))
	}
	pool := aws.ToString(want.CustomerOwnedIPv4Pool)
	if pool != "" && (pool != aws.ToString(got.CustomerOwnedIpv4Pool) || !aws.ToBool(got.MapCustomerOwnedIpOnLaunch)) {
		// AWS accepts the pool only together with the setting that uses it.
		in.CustomerOwnedIpv4Pool, in.MapCustomerOwnedIpOnLaunch = aws.String(pool), &types.AttributeBooleanValue{Value: aws.Bool(true)}
		changes = append(changes, steps.For(0, "spec.customerOwnedIPv4Pool", modifySubnet.Step("assign customer-owned addresses from "+pool, in)))
	}
	return changes
}

func subnetFlags(want ec2v1alpha1.SubnetSpec, got *subnet) []flag[awsec2.ModifySubnetAttributeInput] {
	type input = awsec2.ModifySubnetAttributeInput
	type value = *types.AttributeBooleanValue
	on6 := func(flag *bool) *bool { // it needs an IPv6 block
		if aws.ToBool(flag) && got.losesBlock(want) {
			return nil
		}
		return flag
	}
	dns := got.dns()
	return []flag[input]{
		{name: "mapPublicIPOnLaunch", want: want.MapPublicIPOnLaunch, got: got.MapPublicIpOnLaunch, field: func(in *input) *value { return &in.MapPublicIpOnLaunch }},
		{name: "assignIPv6AddressOnCreation", want: on6(want.AssignIPv6AddressOnCreation), got: got.AssignIpv6AddressOnCreation, on: stageOnBlock, field: func(in *input) *value { return &in.AssignIpv6AddressOnCreation }},
		{name: "enableDNS64", want: on6(want.EnableDNS64), got: got.EnableDns64, on: stageOnBlock, field: func(in *input) *value { return &in.EnableDns64 }},
		{name: "enableResourceNameDNSARecord", want: want.EnableResourceNameDNSARecord, got: dns.EnableResourceNameDnsARecord, field: func(in *input) *value { return &in.EnableResourceNameDnsARecordOnLaunch }},
		{name: "enableResourceNameDNSAAAARecord", want: on6(want.EnableResourceNameDNSAAAARecord), got: dns.EnableResourceNameDnsAAAARecord, on: stageOnBlock, field: func(in *input) *value { return &in.EnableResourceNameDnsAAAARecordOnLaunch }},
	}
}

func (s *subnet) dns() types.PrivateDnsNameOptionsOnLaunch {
	if s.PrivateDnsNameOptionsOnLaunch == nil {
		return types.PrivateDnsNameOptionsOnLaunch{}
	}
	return *s.PrivateDnsNameOptionsOnLaunch
}

// planSubnetBlock changes the IPv6 block; AWS allows a subnet only one. The old block is removed,
// and the new one is planned when AWS no longer shows the old one.
func planSubnetBlock(want ec2v1alpha1.SubnetSpec, got *subnet, id string) []resource.Step {
	block, wanted := got.block(), cidr.Optional(want.IPv6CIDRBlock)
	var change resource.Step
	switch {
	case wanted != nil && block == nil && !aws.ToBool(got.Ipv6Native):
		change = associateSubnetBlock.Step("add IPv6 block "+*wanted, awsec2.AssociateSubnetCidrBlockInput{SubnetId: aws.String(id), Ipv6CidrBlock: wanted})
	case got.losesBlock(want):
		change = disassociateSubnetBlock.Step("remove IPv6 block "+aws.ToString(block.Ipv6CidrBlock),
			awsec2.DisassociateSubnetCidrBlockInput{AssociationId: block.AssociationId})
	default:
		return nil
	}
	return []resource.Step{steps.For(stageBlock, "spec.ipv6CIDRBlock", change)}
}

// losesBlock reports whether the subnet has an IPv6 block that the spec does not want.
func (s *subnet) losesBlock(want ec2v1alpha1.SubnetSpec) bool {
	block := s.block()
	return block != nil && !aws.ToBool(s.Ipv6Native) && !sameBlock(want.IPv6CIDRBlock, block)
}

// sameBlock reports whether a block is the wanted one; a spec without a block accepts any.
func sameBlock(want *string, got *types.SubnetIpv6CidrBlockAssociation) bool {
	return aws.ToString(want) == "" || cidr.Network(*want) == cidr.Network(aws.ToString(got.Ipv6CidrBlock))
}
