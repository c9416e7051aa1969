package ec2

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

var (
	createSubnet            = defaults.Creates(describe.Subnets, (*awsec2.Client).CreateSubnet)
	deleteSubnet            = call.Delete((*awsec2.Client).DeleteSubnet).HeldBy(subnetHolders, subnetInUse).AtOnce()
	modifySubnet            = call.To("ModifyAttribute", (*awsec2.Client).ModifySubnetAttribute)
	associateSubnetBlock    = call.To("AssociateCidrBlock", (*awsec2.Client).AssociateSubnetCidrBlock)
	disassociateSubnetBlock = call.To("DisassociateCidrBlock", (*awsec2.Client).DisassociateSubnetCidrBlock)
)

// subnetRequest leaves out what AWS sets by calls of their own.
var subnetRequest = shape.Request[awsec2.CreateSubnetInput, ec2v1alpha1.SubnetSpec](shape.Out(
	"assignIPv6AddressOnCreation", "customerOwnedIPv4Pool", "enableDNS64", "enableResourceNameDNSAAAARecord",
	"enableResourceNameDNSARecord", "hostnameType", "mapPublicIPOnLaunch", "routeTables"))

// subnetDescribed leaves out the zone's id, since a request names the zone once, and what AWS shows in
// parts of its answer.
var subnetDescribed = shape.Spec[ec2v1alpha1.SubnetSpec, subnet](shape.Out("availabilityZoneID",
	"enableResourceNameDNSAAAARecord", "enableResourceNameDNSARecord", "hostnameType", "ipv6CIDRBlock", "routeTables"))

// subnet is a subnet as AWS shows it.
type subnet struct {
	types.Subnet
	tables []types.RouteTableAssociation
}

// Subnet manages a subnet with its attributes, its IPv6 block and its route table.
func Subnet() kind.Kind {
	return defaults.Of(describe.Subnets, createSubnet, deleteSubnet, defaults.Definition[ec2v1alpha1.SubnetSpec, subnet]{
		Kind:       "ec2.Subnet",
		Check:      checkSubnet,
		Find:       describe.Finder(describe.Subnets, readSubnet),
		Facts:      subnetFacts,
		Create:     defaults.Sends(createSubnet, planSubnetCreate),
		Plan:       planSubnet,
		Later:      laterSubnet,
		Status:     shape.Shown[ec2v1alpha1.SubnetStatus, subnet](),
		Spec:       subnetSpec,
		Fixed:      fixed.Of[ec2v1alpha1.SubnetSpec, subnet]("vpcID", "availabilityZone", "availabilityZoneID", "outpostARN", "cidrBlock", "ipv6Native"),
		Unique:     []string{"vpcID", "cidrBlock", "ipv6CIDRBlock"},
		NaturalKey: true, // the block, in its VPC
		Named:      namedSubnets,
		Calls: call.All(
			modifySubnet, associateSubnetBlock, disassociateSubnetBlock, associateTable, replaceTable, disassociateTable,
		),
	})
}

func readSubnet(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.SubnetSpec], found types.Subnet) (got *subnet, err error) {
	got = &subnet{Subnet: found}
	if !q.Deleting { // AWS ends the association together with the subnet
		got.tables, err = readTables(ctx, client, "association.subnet-id", *got.SubnetId)
	}
	return got, err
}

func subnetFacts(got *subnet) (facts kind.Facts) {
	if got.State == types.SubnetStatePending {
		facts.Pending = kind.Pending("%s is pending", aws.ToString(got.SubnetId))
	}
	for _, a := range got.Ipv6CidrBlockAssociationSet {
		if state := blockState(a); state == types.SubnetCidrBlockStateCodeAssociating || state == types.SubnetCidrBlockStateCodeDisassociating {
			facts.Pending = kind.Pending("IPv6 block %s of %s is %s", aws.ToString(a.Ipv6CidrBlock), aws.ToString(got.SubnetId), state)
		}
	}
	return facts
}

func subnetSpec(got *subnet) ec2v1alpha1.SubnetSpec {
	spec, dns := subnetDescribed(got), got.dns()
	spec.HostnameType, spec.RouteTables = optional.Of(string(dns.HostnameType)), tableIDs(got.tables)
	spec.EnableResourceNameDNSARecord, spec.EnableResourceNameDNSAAAARecord = dns.EnableResourceNameDnsARecord, dns.EnableResourceNameDnsAAAARecord
	if block := got.block(); block != nil {
		spec.IPv6CIDRBlock = block.Ipv6CidrBlock
	}
	if !aws.ToBool(got.MapCustomerOwnedIpOnLaunch) {
		spec.CustomerOwnedIPv4Pool = nil // a spec with a pool also turns its use on
	}
	return spec
}

func planSubnetCreate(want ec2v1alpha1.SubnetSpec) (awsec2.CreateSubnetInput, string) {
	in := subnetRequest(want)
	in.CidrBlock, in.Ipv6CidrBlock = cidr.Optional(want.CIDRBlock), cidr.Optional(want.IPv6CIDRBlock)
	var blocks []string
	for _, block := range []*string{in.CidrBlock, in.Ipv6CidrBlock} {
		if block != nil {
			blocks = append(blocks, *block)
		}
	}
	return in, fmt.Sprintf("create subnet %s in %s", strings.Join(blocks, " and "), aws.ToString(want.VPCID))
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
