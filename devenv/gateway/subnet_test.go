package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func (a *account) readSubnet(id string) types.Subnet {
	a.t.Helper()
	out := must[*ec2.DescribeSubnetsOutput](a)(a.ec2.DescribeSubnets(a.ctx(), &ec2.DescribeSubnetsInput{Filters: filter("subnet-id", id)}))
	if len(out.Subnets) != 1 {
		a.t.Fatalf("found %d subnets, want 1", len(out.Subnets))
	}
	return out.Subnets[0]
}

func (a *account) table(vpc string) string {
	a.t.Helper()
	return *must[*ec2.CreateRouteTableOutput](a)(a.ec2.CreateRouteTable(a.ctx(), &ec2.CreateRouteTableInput{VpcId: &vpc})).RouteTable.RouteTableId
}

func TestCreateSubnet(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	made := must[*ec2.CreateSubnetOutput](a)(a.ec2.CreateSubnet(a.ctx(), &ec2.CreateSubnetInput{
		VpcId: &vpc, CidrBlock: aws.String("10.0.1.7/24"), Ipv6CidrBlock: aws.String("2001:db8::/64"), TagSpecifications: tags("subnet", "k", "v"),
	})).Subnet
	got := a.readSubnet(*made.SubnetId)
	if *made.CidrBlock != "10.0.1.0/24" || *got.CidrBlock != "10.0.1.0/24" || *got.OwnerId != a.id || *got.AvailableIpAddressCount != 251 || len(got.Tags) != 1 {
		t.Errorf("it is %+v", got)
	}
	if len(got.Ipv6CidrBlockAssociationSet) != 1 || got.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlockState.State != "associated" {
		t.Errorf("its IPv6 blocks are %+v", got.Ipv6CidrBlockAssociationSet)
	}
	for block, want := range map[string]int{"2001:db8::/64": 1, "2001:db8:1::/64": 0} {
		found := must[*ec2.DescribeSubnetsOutput](a)(a.ec2.DescribeSubnets(a.ctx(), &ec2.DescribeSubnetsInput{
			Filters: filter("ipv6-cidr-block-association.ipv6-cidr-block", block),
		}))
		if len(found.Subnets) != want {
			t.Errorf("%d subnets have the block %s, want %d", len(found.Subnets), block, want)
		}
	}
	for code, block := range map[string]string{"InvalidSubnet.Conflict": "10.0.1.128/25", "InvalidSubnet.Range": "10.1.0.0/24"} {
		_, err := a.ec2.CreateSubnet(a.ctx(), &ec2.CreateSubnetInput{VpcId: &vpc, CidrBlock: &block})
		a.wantRefused("a block "+block, err, http.StatusBadRequest, code)
	}
}

func TestSubnetAttributes(t *testing.T) {
	a := newAccount(t)
	id := a.subnet(a.vpc())
	on := &types.AttributeBooleanValue{Value: aws.Bool(true)}
	for _, in := range []ec2.ModifySubnetAttributeInput{
		{EnableDns64: on}, {EnableResourceNameDnsAAAARecordOnLaunch: on}, {EnableResourceNameDnsARecordOnLaunch: on}, {MapPublicIpOnLaunch: on},
		{PrivateDnsHostnameTypeOnLaunch: "resource-name"}, {CustomerOwnedIpv4Pool: aws.String("ipv4pool-coip-1"), MapCustomerOwnedIpOnLaunch: on},
	} {
		in.SubnetId = &id
		must[*ec2.ModifySubnetAttributeOutput](a)(a.ec2.ModifySubnetAttribute(a.ctx(), &in))
	}
	got := a.readSubnet(id)
	dns := got.PrivateDnsNameOptionsOnLaunch
	if !*got.EnableDns64 || !*got.MapPublicIpOnLaunch || !*got.MapCustomerOwnedIpOnLaunch || *got.CustomerOwnedIpv4Pool != "ipv4pool-coip-1" ||
		!*dns.EnableResourceNameDnsARecord || !*dns.EnableResourceNameDnsAAAARecord || dns.HostnameType != "resource-name" {
		t.Errorf("it is %+v, %+v", got, dns)
	}
	for name, c := range map[string]struct {
		in   ec2.ModifySubnetAttributeInput
		code string
	}{
		"two attributes":            {ec2.ModifySubnetAttributeInput{EnableDns64: on, MapPublicIpOnLaunch: on}, "InvalidParameterCombination"},
		"IPv6 without a block":      {ec2.ModifySubnetAttributeInput{AssignIpv6AddressOnCreation: on}, "InvalidParameterValue"},
		"of an unknown subnet":      {ec2.ModifySubnetAttributeInput{EnableDns64: on, SubnetId: aws.String("subnet-0123456789abcdef0")}, "InvalidSubnetID.NotFound"},
		"moto's, of an unknown one": {ec2.ModifySubnetAttributeInput{MapPublicIpOnLaunch: on, SubnetId: aws.String("subnet-0123456789abcdef0")}, "InvalidSubnetID.NotFound"},
	} {
		if c.in.SubnetId == nil {
			c.in.SubnetId = &id
		}
		_, err := a.ec2.ModifySubnetAttribute(a.ctx(), &c.in)
		a.wantRefused(name, err, http.StatusBadRequest, c.code)
	}
}

func TestDeleteSubnetInUse(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	id := a.subnet(vpc)
	refused := func(what string) {
		t.Helper()
		_, err := a.ec2.DeleteSubnet(a.ctx(), &ec2.DeleteSubnetInput{SubnetId: &id})
		a.wantRefused("deleting a subnet with "+what, err, http.StatusBadRequest, "DependencyViolation")
		_, err = a.ec2.DeleteVpc(a.ctx(), &ec2.DeleteVpcInput{VpcId: &vpc})
		a.wantRefused("deleting a VPC with a subnet", err, http.StatusBadRequest, "DependencyViolation")
	}
	eni := must[*ec2.CreateNetworkInterfaceOutput](a)(a.ec2.CreateNetworkInterface(a.ctx(), &ec2.CreateNetworkInterfaceInput{SubnetId: &id})).NetworkInterface
	refused("a network interface")
	must[*ec2.DeleteNetworkInterfaceOutput](a)(a.ec2.DeleteNetworkInterface(a.ctx(), &ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: eni.NetworkInterfaceId}))
	nat := must[*ec2.CreateNatGatewayOutput](a)(a.ec2.CreateNatGateway(a.ctx(), &ec2.CreateNatGatewayInput{SubnetId: &id, ConnectivityType: "private"})).NatGateway
	refused("a NAT gateway")
	a.natGatewaysStay("deleting", false)
	must[*ec2.DeleteNatGatewayOutput](a)(a.ec2.DeleteNatGateway(a.ctx(), &ec2.DeleteNatGatewayInput{NatGatewayId: nat.NatGatewayId}))

	table := a.table(vpc)
	must[*ec2.AssociateRouteTableOutput](a)(a.ec2.AssociateRouteTable(a.ctx(), &ec2.AssociateRouteTableInput{RouteTableId: &table, SubnetId: &id}))
	_, err := a.ec2.DeleteRouteTable(a.ctx(), &ec2.DeleteRouteTableInput{RouteTableId: &table})
	a.wantRefused("deleting a table of a subnet", err, http.StatusBadRequest, "DependencyViolation")
	must[*ec2.DeleteSubnetOutput](a)(a.ec2.DeleteSubnet(a.ctx(), &ec2.DeleteSubnetInput{SubnetId: &id}))
	must[*ec2.DeleteRouteTableOutput](a)(a.ec2.DeleteRouteTable(a.ctx(), &ec2.DeleteRouteTableInput{RouteTableId: &table}))
	must[*ec2.DeleteVpcOutput](a)(a.ec2.DeleteVpc(a.ctx(), &ec2.DeleteVpcInput{VpcId: &vpc}))
}

func TestOneRouteTableEach(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	subnet, one, other := a.subnet(vpc), a.table(vpc), a.table(vpc)
	gateway := must[*ec2.CreateInternetGatewayOutput](a)(a.ec2.CreateInternetGateway(a.ctx(), &ec2.CreateInternetGatewayInput{})).InternetGateway.InternetGatewayId
	for filterName, in := range map[string]ec2.AssociateRouteTableInput{
		"association.subnet-id":  {SubnetId: &subnet},
		"association.gateway-id": {GatewayId: gateway},
	} {
		in.RouteTableId = &one
		must[*ec2.AssociateRouteTableOutput](a)(a.ec2.AssociateRouteTable(a.ctx(), &in))
		in.RouteTableId = &other
		_, err := a.ec2.AssociateRouteTable(a.ctx(), &in)
		a.wantRefused("a second table", err, http.StatusBadRequest, "Resource.AlreadyAssociated")
		found := must[*ec2.DescribeRouteTablesOutput](a)(a.ec2.DescribeRouteTables(a.ctx(), &ec2.DescribeRouteTablesInput{
			Filters: filter(filterName, aws.ToString(in.SubnetId)+aws.ToString(in.GatewayId)),
		}))
		if len(found.RouteTables) != 1 || *found.RouteTables[0].RouteTableId != one {
			t.Errorf("%s finds %+v", filterName, found.RouteTables)
		}
	}
	_, err := a.ec2.AssociateRouteTable(a.ctx(), &ec2.AssociateRouteTableInput{RouteTableId: &one, GatewayId: aws.String("igw-0123456789abcdef0")})
	a.wantRefused("a table of an unknown gateway", err, http.StatusBadRequest, "InvalidInternetGatewayID.NotFound")
}
