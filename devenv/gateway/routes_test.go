package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
)

const associationType = "route-table-association"

func (a *account) routeTable(vpc string) string {
	a.t.Helper()
	out := must[*ec2.CreateRouteTableOutput](a)(a.ec2.CreateRouteTable(a.ctx(), &ec2.CreateRouteTableInput{
		VpcId: &vpc, ClientToken: aws.String("of-" + vpc), TagSpecifications: tags("route-table", "k", "v"),
	}))
	return *out.RouteTable.RouteTableId
}

func (a *account) routes(table string) map[string]types.Route {
	a.t.Helper()
	out := must[*ec2.DescribeRouteTablesOutput](a)(a.ec2.DescribeRouteTables(a.ctx(), &ec2.DescribeRouteTablesInput{Filters: filter("route-table-id", table)}))
	routes := map[string]types.Route{}
	for _, r := range out.RouteTables[0].Routes {
		routes[aws.ToString(r.DestinationCidrBlock)+aws.ToString(r.DestinationIpv6CidrBlock)+aws.ToString(r.DestinationPrefixListId)] = r
	}
	return routes
}

func (a *account) gateway(vpc string) string {
	a.t.Helper()
	id := must[*ec2.CreateInternetGatewayOutput](a)(a.ec2.CreateInternetGateway(a.ctx(), &ec2.CreateInternetGatewayInput{})).InternetGateway.InternetGatewayId
	if vpc != "" {
		must[*ec2.AttachInternetGatewayOutput](a)(a.ec2.AttachInternetGateway(a.ctx(), &ec2.AttachInternetGatewayInput{VpcId: &vpc, InternetGatewayId: id}))
	}
	return *id
}

func TestRoutes(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	table, gateway := a.routeTable(vpc), a.gateway(vpc)
	create := func(in ec2.CreateRouteInput) error {
		in.RouteTableId = &table
		_, err := a.ec2.CreateRoute(a.ctx(), &in)
		return err
	}
	for _, in := range []ec2.CreateRouteInput{
		{DestinationCidrBlock: aws.String("192.168.7.9/16"), GatewayId: &gateway},
		{DestinationIpv6CidrBlock: aws.String("2001:DB8::1/32"), GatewayId: &gateway},
	} {
		if err := create(in); err != nil {
			t.Fatal(err)
		}
		a.wantRefused("the same destination", create(in), http.StatusBadRequest, "RouteAlreadyExists")
	}
	routes := a.routes(table)
	if r := routes["192.168.0.0/16"]; aws.ToString(r.GatewayId) != gateway || r.Origin != types.RouteOriginCreateRoute || r.State != types.RouteStateActive {
		t.Errorf("the routes are %+v", routes)
	}
	if r := routes["10.0.0.0/16"]; aws.ToString(r.GatewayId) != "local" || r.Origin != types.RouteOriginCreateRouteTable {
		t.Errorf("the local route is %+v", r)
	}
	subnet := a.subnet(vpc)
	nat := must[*ec2.CreateNatGatewayOutput](a)(a.ec2.CreateNatGateway(a.ctx(), &ec2.CreateNatGatewayInput{SubnetId: &subnet, ConnectivityType: "private"})).NatGateway.NatGatewayId
	for _, in := range []ec2.ReplaceRouteInput{{DestinationCidrBlock: aws.String("192.168.1.1/16")}, {DestinationIpv6CidrBlock: aws.String("2001:db8::/32")}} {
		in.RouteTableId, in.NatGatewayId = &table, nat
		must[*ec2.ReplaceRouteOutput](a)(a.ec2.ReplaceRoute(a.ctx(), &in))
	}
	for _, destination := range []string{"192.168.0.0/16", "2001:db8::/32"} {
		if r := a.routes(table)[destination]; aws.ToString(r.NatGatewayId) != *nat || r.GatewayId != nil {
			t.Errorf("the replaced route is %+v", r)
		}
	}
	remove := func(block string) error {
		_, err := a.ec2.DeleteRoute(a.ctx(), &ec2.DeleteRouteInput{RouteTableId: &table, DestinationCidrBlock: &block})
		return err
	}
	if err := remove("192.168.5.5/16"); err != nil {
		t.Errorf("removing a route: %v", err)
	}
	a.wantRefused("removing it again", remove("192.168.0.0/16"), http.StatusBadRequest, "InvalidRoute.NotFound")
	a.wantRefused("removing the local route", remove("10.0.0.0/16"), http.StatusBadRequest, "InvalidParameterValue")
}

func TestRoutesThatAreRefused(t *testing.T) {
	a := newAccount(t)
	table, loose := a.routeTable(a.vpc()), a.gateway("")
	all := aws.String("0.0.0.0/0")
	for name, c := range map[string]struct {
		in   ec2.CreateRouteInput
		code string
	}{
		"no destination":        {ec2.CreateRouteInput{NatGatewayId: aws.String("nat-1")}, "MissingParameter"},
		"two destinations":      {ec2.CreateRouteInput{DestinationCidrBlock: all, DestinationPrefixListId: aws.String("pl-1"), NatGatewayId: aws.String("nat-1")}, "InvalidParameterCombination"},
		"no target":             {ec2.CreateRouteInput{DestinationCidrBlock: all}, "MissingParameter"},
		"two targets":           {ec2.CreateRouteInput{DestinationCidrBlock: all, NatGatewayId: aws.String("nat-1"), GatewayId: &loose}, "InvalidParameterCombination"},
		"the VPC's own block":   {ec2.CreateRouteInput{DestinationCidrBlock: aws.String("10.0.0.0/16"), GatewayId: &loose}, "RouteAlreadyExists"},
		"another VPC's gateway": {ec2.CreateRouteInput{DestinationCidrBlock: all, GatewayId: &loose}, "InvalidParameterValue"},
		"no such gateway":       {ec2.CreateRouteInput{DestinationCidrBlock: all, GatewayId: aws.String("igw-0123456789abcdef0")}, "InvalidInternetGatewayID.NotFound"},
		"no such NAT gateway":   {ec2.CreateRouteInput{DestinationCidrBlock: all, NatGatewayId: aws.String("nat-0123456789abcdef0")}, "InvalidNatGatewayID.NotFound"},
		"no such TGW":           {ec2.CreateRouteInput{DestinationCidrBlock: all, TransitGatewayId: aws.String("tgw-0123456789abcdef0")}, "InvalidTransitGatewayID.NotFound"},
		"no such prefix list":   {ec2.CreateRouteInput{DestinationPrefixListId: aws.String("pl-0123456789abcdef0"), InstanceId: aws.String("i-1")}, "InvalidPrefixListID.NotFound"},
	} {
		c.in.RouteTableId = &table
		_, err := a.ec2.CreateRoute(a.ctx(), &c.in)
		a.wantRefused(name, err, http.StatusBadRequest, c.code)
	}
}

func TestDeleteRouteTableInUse(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	table, subnet := a.routeTable(vpc), a.subnet(vpc)
	remove := func(id *string) error {
		_, err := a.ec2.DeleteRouteTable(a.ctx(), &ec2.DeleteRouteTableInput{RouteTableId: id})
		return err
	}
	association := must[*ec2.AssociateRouteTableOutput](a)(a.ec2.AssociateRouteTable(a.ctx(), &ec2.AssociateRouteTableInput{RouteTableId: &table, SubnetId: &subnet}))
	a.wantRefused("deleting a subnet's table", remove(&table), http.StatusBadRequest, "DependencyViolation")
	must[*ec2.DisassociateRouteTableOutput](a)(a.ec2.DisassociateRouteTable(a.ctx(), &ec2.DisassociateRouteTableInput{AssociationId: association.AssociationId}))
	if err := remove(&table); err != nil {
		t.Errorf("deleting a table whose association has ended: %v", err)
	}
	main := must[*ec2.DescribeRouteTablesOutput](a)(a.ec2.DescribeRouteTables(a.ctx(), &ec2.DescribeRouteTablesInput{
		Filters: append(filter("vpc-id", vpc), filter("association.main", "true")...),
	}))
	a.wantRefused("deleting the main table", remove(main.RouteTables[0].RouteTableId), http.StatusBadRequest, "DependencyViolation")
}

// AWS shows an association that has ended for a while. The subnet or gateway may have another one meanwhile.
func TestEndedAssociationsStayListed(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	subnet, gateway := a.subnet(vpc), a.gateway(vpc)
	table := func() string {
		return *must[*ec2.CreateRouteTableOutput](a)(a.ec2.CreateRouteTable(a.ctx(), &ec2.CreateRouteTableInput{VpcId: &vpc})).RouteTable.RouteTableId
	}
	for filterName, in := range map[string]ec2.AssociateRouteTableInput{"association.subnet-id": {SubnetId: &subnet}, "association.gateway-id": {GatewayId: &gateway}} {
		first, second := table(), table()
		associate := func(table string) string {
			in.RouteTableId = &table
			return *must[*ec2.AssociateRouteTableOutput](a)(a.ec2.AssociateRouteTable(a.ctx(), &in)).AssociationId
		}
		shown := func() map[string]string {
			out := must[*ec2.DescribeRouteTablesOutput](a)(a.ec2.DescribeRouteTables(a.ctx(), &ec2.DescribeRouteTablesInput{Filters: filter(filterName, aws.ToString(in.SubnetId)+aws.ToString(in.GatewayId))}))
			states := map[string]string{}
			for _, table := range out.RouteTables {
				for _, association := range table.Associations {
					if aws.ToString(association.SubnetId)+aws.ToString(association.GatewayId) == aws.ToString(in.SubnetId)+aws.ToString(in.GatewayId) {
						states[*association.RouteTableAssociationId] = string(association.AssociationState.State)
					}
				}
			}
			return states
		}
		end := func(id string) error {
			_, err := a.ec2.DisassociateRouteTable(a.ctx(), &ec2.DisassociateRouteTableInput{AssociationId: &id})
			return err
		}
		a.stays(associationType, "disassociated", true)
		old := associate(first)
		if err := end(old); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{old: "disassociated"}, shown()); diff != "" {
			t.Errorf("%s, after the end (-want +got):\n%s", filterName, diff)
		}
		a.wantRefused("ending it again", end(old), http.StatusBadRequest, "InvalidAssociationID.NotFound")
		next := associate(second)
		if in.SubnetId != nil && associate(second) != next {
			t.Error("the repeated call makes another association")
		}
		if diff := cmp.Diff(map[string]string{old: "disassociated", next: "associated"}, shown()); diff != "" {
			t.Errorf("%s, beside the next one (-want +got):\n%s", filterName, diff)
		}
		a.stays(associationType, "disassociated", false)
		if diff := cmp.Diff(map[string]string{next: "associated"}, shown()); diff != "" {
			t.Errorf("%s, later (-want +got):\n%s", filterName, diff)
		}
	}
}
