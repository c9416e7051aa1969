package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func tags(resource types.ResourceType, key, value string) []types.TagSpecification {
	return []types.TagSpecification{{ResourceType: resource, Tags: []types.Tag{{Key: &key, Value: &value}}}}
}

func (a *account) vpc() string {
	a.t.Helper()
	out := must[*ec2.CreateVpcOutput](a)(a.ec2.CreateVpc(a.ctx(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")}))
	return *out.Vpc.VpcId
}

func filter(name string, values ...string) []types.Filter {
	return []types.Filter{{Name: &name, Values: values}}
}

func TestCreateVPC(t *testing.T) {
	a := newAccount(t)
	out := must[*ec2.CreateVpcOutput](a)(a.ec2.CreateVpc(a.ctx(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.3.4/16")}))
	if *out.Vpc.CidrBlock != "10.0.0.0/16" {
		t.Errorf("the block is %s, want the canonical 10.0.0.0/16", *out.Vpc.CidrBlock)
	}
	for name, c := range map[string]struct {
		in   ec2.CreateVpcInput
		code string
	}{
		"no block":    {ec2.CreateVpcInput{}, "MissingParameter"},
		"bad tenancy": {ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), InstanceTenancy: "odd"}, "InvalidParameterValue"},
		"bad block":   {ec2.CreateVpcInput{CidrBlock: aws.String("ten")}, "InvalidParameterValue"},
		"too big":     {ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/8")}, "InvalidVpc.Range"},
	} {
		_, err := a.ec2.CreateVpc(a.ctx(), &c.in)
		a.wantRefused(name, err, http.StatusBadRequest, c.code)
	}
}

func TestDryRunMakesNothing(t *testing.T) {
	a := newAccount(t)
	before := must[*ec2.DescribeVpcsOutput](a)(a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{}))
	_, err := a.ec2.CreateVpc(a.ctx(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), DryRun: aws.Bool(true)})
	a.wantRefused("a dry run", err, http.StatusPreconditionFailed, "DryRunOperation")
	after := must[*ec2.DescribeVpcsOutput](a)(a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{}))
	if len(after.Vpcs) != len(before.Vpcs) {
		t.Errorf("a dry run made a VPC")
	}
}

func TestDescribeVPCsNamesOnlyTheMissing(t *testing.T) {
	a := newAccount(t)
	known := a.vpc()
	_, err := a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{VpcIds: []string{known, "vpc-0123456789abcdef0"}})
	a.wantRefused("an unknown id", err, http.StatusBadRequest, "InvalidVpcID.NotFound")
	if strings.Contains(err.Error(), known) {
		t.Errorf("the message names the known id: %v", err)
	}
}

func TestVPCDefaults(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	read := func(attribute types.VpcAttributeName) *ec2.DescribeVpcAttributeOutput {
		return must[*ec2.DescribeVpcAttributeOutput](a)(a.ec2.DescribeVpcAttribute(a.ctx(), &ec2.DescribeVpcAttributeInput{VpcId: &vpc, Attribute: attribute}))
	}
	if !*read("enableDnsSupport").EnableDnsSupport.Value || *read("enableDnsHostnames").EnableDnsHostnames.Value ||
		*read("enableNetworkAddressUsageMetrics").EnableNetworkAddressUsageMetrics.Value {
		t.Error("the attributes of a new VPC should be true, false, false")
	}
	groups := must[*ec2.DescribeSecurityGroupsOutput](a)(a.ec2.DescribeSecurityGroups(a.ctx(), &ec2.DescribeSecurityGroupsInput{Filters: filter("vpc-id", vpc)}))
	if len(groups.SecurityGroups) != 1 || *groups.SecurityGroups[0].GroupName != "default" {
		t.Fatalf("a new VPC has the groups %+v", groups.SecurityGroups)
	}
	_, err := a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupId: groups.SecurityGroups[0].GroupId})
	a.wantRefused("deleting the default group", err, http.StatusBadRequest, "CannotDelete")
}

func TestAssociatedBlocksMayNotOverlap(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	must[*ec2.AssociateVpcCidrBlockOutput](a)(a.ec2.AssociateVpcCidrBlock(a.ctx(), &ec2.AssociateVpcCidrBlockInput{VpcId: &vpc, CidrBlock: aws.String("10.1.0.9/16")}))
	_, err := a.ec2.AssociateVpcCidrBlock(a.ctx(), &ec2.AssociateVpcCidrBlockInput{VpcId: &vpc, CidrBlock: aws.String("10.1.0.0/24")})
	a.wantRefused("an overlapping block", err, http.StatusBadRequest, "CidrConflict")
}

func TestDeleteVPCInUse(t *testing.T) {
	a := newAccount(t)
	for name, c := range map[string]struct{ occupy, leave func(vpc string) }{
		"a group": {
			func(vpc string) { a.group(vpc, "g") },
			func(vpc string) { a.deleteGroups(vpc) },
		},
		"an internet gateway": {
			func(vpc string) {
				out := must[*ec2.CreateInternetGatewayOutput](a)(a.ec2.CreateInternetGateway(a.ctx(), &ec2.CreateInternetGatewayInput{}))
				must[*ec2.AttachInternetGatewayOutput](a)(a.ec2.AttachInternetGateway(a.ctx(), &ec2.AttachInternetGatewayInput{VpcId: &vpc, InternetGatewayId: out.InternetGateway.InternetGatewayId}))
			},
			a.detachGateway,
		},
		"an endpoint": {a.makeEndpoint, a.deleteEndpoint},
		"a network ACL": {
			func(vpc string) {
				must[*ec2.CreateNetworkAclOutput](a)(a.ec2.CreateNetworkAcl(a.ctx(), &ec2.CreateNetworkAclInput{VpcId: &vpc}))
			}, nil,
		},
		"a route table": {
			func(vpc string) {
				must[*ec2.CreateRouteTableOutput](a)(a.ec2.CreateRouteTable(a.ctx(), &ec2.CreateRouteTableInput{VpcId: &vpc}))
			}, nil,
		},
		"a NAT gateway's subnet": {a.makeNATGateway, nil},
	} {
		vpc := a.vpc()
		c.occupy(vpc)
		_, err := a.ec2.DeleteVpc(a.ctx(), &ec2.DeleteVpcInput{VpcId: &vpc})
		a.wantRefused("deleting a VPC with "+name, err, http.StatusBadRequest, "DependencyViolation")
		if c.leave == nil {
			continue
		}
		c.leave(vpc)
		if _, err := a.ec2.DeleteVpc(a.ctx(), &ec2.DeleteVpcInput{VpcId: &vpc}); err != nil {
			t.Errorf("deleting the VPC after %s is gone: %v", name, err)
		}
	}
}

func TestDeleteVPCLeavesItsDHCPOptions(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	set := must[*ec2.CreateDhcpOptionsOutput](a)(a.ec2.CreateDhcpOptions(a.ctx(), &ec2.CreateDhcpOptionsInput{
		DhcpConfigurations: []types.NewDhcpConfiguration{{Key: aws.String("domain-name"), Values: []string{"x"}}},
		TagSpecifications:  tags("dhcp-options", "k", "v"),
	})).DhcpOptions
	if len(set.Tags) != 1 {
		t.Errorf("the new set has the tags %v", set.Tags)
	}
	must[*ec2.AssociateDhcpOptionsOutput](a)(a.ec2.AssociateDhcpOptions(a.ctx(), &ec2.AssociateDhcpOptionsInput{VpcId: &vpc, DhcpOptionsId: set.DhcpOptionsId}))
	must[*ec2.DeleteVpcOutput](a)(a.ec2.DeleteVpc(a.ctx(), &ec2.DeleteVpcInput{VpcId: &vpc}))
	sets := must[*ec2.DescribeDhcpOptionsOutput](a)(a.ec2.DescribeDhcpOptions(a.ctx(), &ec2.DescribeDhcpOptionsInput{Filters: filter("tag:k", "v")}))
	if len(sets.DhcpOptions) != 1 {
		t.Errorf("found %d sets by tag after the VPC's deletion, want 1", len(sets.DhcpOptions))
	}
}

func TestTransitGatewayAttachmentIsTaggedAtCreate(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	subnet := a.subnet(vpc)
	tgw := a.makeTransitGateway(ec2.CreateTransitGatewayInput{})
	out := must[*ec2.CreateTransitGatewayVpcAttachmentOutput](a)(a.ec2.CreateTransitGatewayVpcAttachment(a.ctx(), &ec2.CreateTransitGatewayVpcAttachmentInput{
		TransitGatewayId: tgw, VpcId: &vpc, SubnetIds: []string{subnet},
		TagSpecifications: tags("transit-gateway-attachment", "k", "v"),
	}))
	id := out.TransitGatewayVpcAttachment.TransitGatewayAttachmentId
	found := must[*ec2.DescribeTagsOutput](a)(a.ec2.DescribeTags(a.ctx(), &ec2.DescribeTagsInput{Filters: filter("resource-id", *id)}))
	if len(found.Tags) != 1 || *found.Tags[0].Value != "v" {
		t.Errorf("attachment %s has the tags %v", *id, found.Tags)
	}
}

func (a *account) subnet(vpc string) string {
	out := must[*ec2.CreateSubnetOutput](a)(a.ec2.CreateSubnet(a.ctx(), &ec2.CreateSubnetInput{VpcId: &vpc, CidrBlock: aws.String("10.0.1.0/24")}))
	return *out.Subnet.SubnetId
}

func (a *account) makeNATGateway(vpc string) {
	subnet := a.subnet(vpc)
	must[*ec2.CreateNatGatewayOutput](a)(a.ec2.CreateNatGateway(a.ctx(), &ec2.CreateNatGatewayInput{SubnetId: &subnet, ConnectivityType: "private"}))
}

func (a *account) detachGateway(vpc string) {
	out := must[*ec2.DescribeInternetGatewaysOutput](a)(a.ec2.DescribeInternetGateways(a.ctx(), &ec2.DescribeInternetGatewaysInput{Filters: filter("attachment.vpc-id", vpc)}))
	must[*ec2.DetachInternetGatewayOutput](a)(a.ec2.DetachInternetGateway(a.ctx(), &ec2.DetachInternetGatewayInput{VpcId: &vpc, InternetGatewayId: out.InternetGateways[0].InternetGatewayId}))
}

func (a *account) makeEndpoint(vpc string) {
	must[*ec2.CreateVpcEndpointOutput](a)(a.ec2.CreateVpcEndpoint(a.ctx(), &ec2.CreateVpcEndpointInput{VpcId: &vpc, VpcEndpointType: "Interface", ServiceName: aws.String("com.amazonaws.eu-west-1.sts")}))
}

func (a *account) deleteEndpoint(vpc string) {
	out := must[*ec2.DescribeVpcEndpointsOutput](a)(a.ec2.DescribeVpcEndpoints(a.ctx(), &ec2.DescribeVpcEndpointsInput{Filters: filter("vpc-id", vpc)}))
	must[*ec2.DeleteVpcEndpointsOutput](a)(a.ec2.DeleteVpcEndpoints(a.ctx(), &ec2.DeleteVpcEndpointsInput{VpcEndpointIds: []string{*out.VpcEndpoints[0].VpcEndpointId}}))
}

// A block conflicts only while the VPC has it.
func TestABlockThatWasDisassociatedIsFree(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	associate := func(block string) (*ec2.AssociateVpcCidrBlockOutput, error) {
		return a.ec2.AssociateVpcCidrBlock(a.ctx(), &ec2.AssociateVpcCidrBlockInput{VpcId: &vpc, CidrBlock: &block})
	}
	for range 3 {
		out := must[*ec2.AssociateVpcCidrBlockOutput](a)(associate("10.1.0.0/16"))
		_, err := associate("10.1.2.0/24")
		a.wantRefused("a block within another", err, http.StatusBadRequest, "CidrConflict")
		must[*ec2.DisassociateVpcCidrBlockOutput](a)(a.ec2.DisassociateVpcCidrBlock(a.ctx(), &ec2.DisassociateVpcCidrBlockInput{
			AssociationId: out.CidrBlockAssociation.AssociationId,
		}))
	}
	must[*ec2.AssociateVpcCidrBlockOutput](a)(associate("10.1.2.0/24"))
}
