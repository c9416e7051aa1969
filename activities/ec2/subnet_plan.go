package ec2

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Stages of a change. Settings that require an IPv6 block are turned off before the block changes
// and turned on after it.
const (
	stageBlock   = 1
	stageOnBlock = 2
)

// newSubnet returns the subnet that the create will make.
func newSubnet(want ec2v1alpha1.SubnetSpec, c kind.Case) *subnet {
	got := &subnet{Subnet: types.Subnet{
		SubnetId: aws.String(c.ID), Tags: tagList(c.Tags), VpcId: want.VPCID, CidrBlock: want.CIDRBlock,
		AvailabilityZone: want.AvailabilityZone, AvailabilityZoneId: want.AvailabilityZoneID,
		OutpostArn: want.OutpostARN, Ipv6Native: want.IPv6Native,
		PrivateDnsNameOptionsOnLaunch: &types.PrivateDnsNameOptionsOnLaunch{HostnameType: types.HostnameTypeIpName}, // AWS's default
	}}
	if aws.ToBool(want.IPv6Native) {
		got.AssignIpv6AddressOnCreation = aws.Bool(true)
		got.PrivateDnsNameOptionsOnLaunch.HostnameType = types.HostnameTypeResourceName
	}
	if aws.ToString(want.IPv6CIDRBlock) != "" {
		got.Ipv6CidrBlockAssociationSet = []types.SubnetIpv6CidrBlockAssociation{{Ipv6CidrBlock: want.IPv6CIDRBlock}}
	}
	return got
}

// planSubnetAttributes changes one attribute per call, as AWS requires. Attributes that the spec
// leaves out stay unchanged.
func planSubnetAttributes(want ec2v1alpha1.SubnetSpec, got *subnet, id string) (steps []resource.Step) {
	change := func(stage int, field, summary string, in awsec2.ModifySubnetAttributeInput) {
		in.SubnetId = aws.String(id)
		step := modifySubnet.Step(summary, in)
		step.Stage, step.Path = stage, "spec."+field
		steps = append(steps, step)
	}
	for _, flag := range subnetFlags(want, got) {
		if flag.want == nil || *flag.want == aws.ToBool(flag.got) {
			continue
		}
		var in awsec2.ModifySubnetAttributeInput
		*flag.field(&in) = &types.AttributeBooleanValue{Value: flag.want}
		switch {
		case !*flag.want:
			change(0, flag.name, "turn off "+flag.name, in)
		case !flag.ipv6:
			change(0, flag.name, "turn on "+flag.name, in)
		case !got.losesBlock(want):
			change(stageOnBlock, flag.name, "turn on "+flag.name, in)
		}
	}
	if name := aws.ToString(want.HostnameType); name != "" && name != string(got.dns().HostnameType) {
		change(0, "hostnameType", "make host names of type "+name, awsec2.ModifySubnetAttributeInput{PrivateDnsHostnameTypeOnLaunch: types.HostnameType(name)})
	}
	pool := aws.ToString(want.CustomerOwnedIPv4Pool)
	if pool != "" && (pool != aws.ToString(got.CustomerOwnedIpv4Pool) || !aws.ToBool(got.MapCustomerOwnedIpOnLaunch)) {
		// AWS accepts the pool only together with the setting that uses it.
		change(0, "customerOwnedIPv4Pool", "give customer-owned addresses of "+pool, awsec2.ModifySubnetAttributeInput{
			CustomerOwnedIpv4Pool: aws.String(pool), MapCustomerOwnedIpOnLaunch: &types.AttributeBooleanValue{Value: aws.Bool(true)},
		})
	}
	return steps
}

// subnetFlag is an attribute that is on or off.
type subnetFlag struct {
	name      string
	want, got *bool
	ipv6      bool // it needs an IPv6 block
	field     func(*awsec2.ModifySubnetAttributeInput) **types.AttributeBooleanValue
}

func subnetFlags(want ec2v1alpha1.SubnetSpec, got *subnet) []subnetFlag {
	type input = awsec2.ModifySubnetAttributeInput
	type value = *types.AttributeBooleanValue
	return []subnetFlag{
		{"mapPublicIPOnLaunch", want.MapPublicIPOnLaunch, got.MapPublicIpOnLaunch, false, func(in *input) *value { return &in.MapPublicIpOnLaunch }},
		{"assignIPv6AddressOnCreation", want.AssignIPv6AddressOnCreation, got.AssignIpv6AddressOnCreation, true, func(in *input) *value { return &in.AssignIpv6AddressOnCreation }},
		{"enableDNS64", want.EnableDNS64, got.EnableDns64, true, func(in *input) *value { return &in.EnableDns64 }},
		{"enableResourceNameDNSARecord", want.EnableResourceNameDNSARecord, got.dns().EnableResourceNameDnsARecord, false, func(in *input) *value { return &in.EnableResourceNameDnsARecordOnLaunch }},
		{"enableResourceNameDNSAAAARecord", want.EnableResourceNameDNSAAAARecord, got.dns().EnableResourceNameDnsAAAARecord, true, func(in *input) *value { return &in.EnableResourceNameDnsAAAARecordOnLaunch }},
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
func planSubnetBlock(want ec2v1alpha1.SubnetSpec, got *subnet, id string) (steps []resource.Step) {
	block := got.block()
	switch {
	case aws.ToString(want.IPv6CIDRBlock) == "" || aws.ToBool(got.Ipv6Native):
	case block == nil:
		wanted := network(*want.IPv6CIDRBlock)
		steps = append(steps, associateSubnetBlock.Step("add IPv6 block "+wanted,
			awsec2.AssociateSubnetCidrBlockInput{SubnetId: aws.String(id), Ipv6CidrBlock: aws.String(wanted)}))
	case got.losesBlock(want):
		steps = append(steps, disassociateSubnetBlock.Step("remove IPv6 block "+aws.ToString(block.Ipv6CidrBlock),
			awsec2.DisassociateSubnetCidrBlockInput{AssociationId: block.AssociationId}))
	}
	for i := range steps {
		steps[i].Stage, steps[i].Path = stageBlock, "spec.ipv6CIDRBlock"
	}
	return steps
}

// losesBlock reports whether the subnet has an IPv6 block that the spec does not want.
func (s *subnet) losesBlock(want ec2v1alpha1.SubnetSpec) bool {
	block := s.block()
	return block != nil && !aws.ToBool(s.Ipv6Native) && !sameBlock(want.IPv6CIDRBlock, block)
}

// sameBlock reports whether a block is the wanted one; a spec without a block accepts any.
func sameBlock(want *string, got *types.SubnetIpv6CidrBlockAssociation) bool {
	return aws.ToString(want) == "" || network(*want) == network(aws.ToString(got.Ipv6CidrBlock))
}

// block returns the IPv6 block of the subnet. For a while, AWS also lists blocks that failed or
// were removed.
func (s *subnet) block() *types.SubnetIpv6CidrBlockAssociation {
	for i, a := range s.Ipv6CidrBlockAssociationSet {
		state := blockState(a)
		if state == "" || state == types.SubnetCidrBlockStateCodeAssociated || state == types.SubnetCidrBlockStateCodeAssociating {
			return &s.Ipv6CidrBlockAssociationSet[i]
		}
	}
	return nil
}

func blockState(a types.SubnetIpv6CidrBlockAssociation) types.SubnetCidrBlockStateCode {
	if a.Ipv6CidrBlockState == nil {
		return ""
	}
	return a.Ipv6CidrBlockState.State
}

func int64p(v *int32) *int64 {
	if v == nil {
		return nil
	}
	return aws.Int64(int64(*v))
}
