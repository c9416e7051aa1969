package gateway

import (
	"encoding/xml"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// destinationParams are the fields of which a route has one.
var destinationParams = []string{"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"}

// targetParams are the fields of which a request about a route has one.
var targetParams = []string{
	"CarrierGatewayId", "CoreNetworkArn", "EgressOnlyInternetGatewayId", "GatewayId", "InstanceId", "LocalGatewayId", "LocalTarget",
	"NatGatewayId", "NetworkInterfaceId", "TransitGatewayId", "VpcEndpointId", "VpcPeeringConnectionId",
}

// routeTargets are the targets that moto takes without looking: the route then
// leads nowhere. The VPC of a gateway is looked at besides.
var routeTargets = []struct{ param, action, filter, element, code string }{
	{"NatGatewayId", "DescribeNatGateways", "nat-gateway-id", "natGatewayId", "InvalidNatGatewayID.NotFound"},
	{"TransitGatewayId", "DescribeTransitGateways", "transit-gateway-id", "transitGatewayId", "InvalidTransitGatewayID.NotFound"},
	{"DestinationPrefixListId", "DescribeManagedPrefixLists", "prefix-list-id", "prefixListId", "InvalidPrefixListID.NotFound"},
}

type routeTable struct {
	ID     string `xml:"routeTableId"`
	VPCID  string `xml:"vpcId"`
	Routes []struct {
		Block      string `xml:"destinationCidrBlock"`
		IPv6Block  string `xml:"destinationIpv6CidrBlock"`
		PrefixList string `xml:"destinationPrefixListId"`
		GatewayID  string `xml:"gatewayId"`
	} `xml:"routeSet>item"`
	Main []bool `xml:"associationSet>item>main"`
}

type routeTablesResponse struct {
	XMLName xml.Name     `xml:"DescribeRouteTablesResponse"`
	Tables  []routeTable `xml:"routeTableSet>item"`
}

// routeTable reads the table that the call is about, or gives the refusal.
func (x *exchange) routeTable() (routeTable, *answer) {
	a := x.ask("DescribeRouteTables", url.Values{"RouteTableId.1": {x.form.Get("RouteTableId")}})
	if !a.ok() {
		return routeTable{}, a
	}
	var r routeTablesResponse
	if err := xml.Unmarshal(a.body, &r); err != nil || len(r.Tables) != 1 {
		return routeTable{}, x.broken(fmt.Errorf("decoding moto's %d route tables: %w", len(r.Tables), err))
	}
	return r.Tables[0], nil
}

// tableWith reads the table with the destination's route in it. Where it has none,
// the table is empty but for its id: moto renders 1,000 routes in 0.1 s, too long for
// each of 1,000 creates.
func (x *exchange) tableWith(destination string) (routeTable, *answer) {
	block, err := netip.ParsePrefix(destination)
	if err != nil || !block.Addr().Is4() {
		return x.routeTable() // moto filters by IPv4 blocks only
	}
	id := x.form.Get("RouteTableId")
	a := x.ask("DescribeRouteTables", url.Values{
		"RouteTableId.1": {id}, "Filter.1.Name": {"route.destination-cidr-block"}, "Filter.1.Value.1": {destination},
	})
	if !a.ok() {
		return routeTable{}, a
	}
	var r routeTablesResponse
	if err := xml.Unmarshal(a.body, &r); err != nil {
		return routeTable{}, x.broken(fmt.Errorf("decoding moto's route tables: %w", err))
	}
	if len(r.Tables) == 0 {
		return routeTable{ID: id}, nil
	}
	return r.Tables[0], nil
}

// has says whether the table has a route to the destination, and whether that is
// the VPC's own.
func (t routeTable) has(destination string) (there, local bool) {
	for _, r := range t.Routes {
		if destination == r.Block || destination == r.IPv6Block || destination == r.PrefixList {
			return true, r.GatewayID == "local"
		}
	}
	return false, false
}

// destination is the one destination of a request, with host bits masked away,
// as AWS does: moto keeps them.
func (x *exchange) destination() (string, *answer) {
	var set []string
	for _, param := range destinationParams {
		value := x.form.Get(param)
		if value == "" {
			continue
		}
		if p, err := netip.ParsePrefix(value); err == nil {
			value = p.Masked().String()
			x.form.Set(param, value)
		}
		set = append(set, value)
	}
	switch len(set) {
	case 0:
		return "", x.badRequest("MissingParameter", "The request must contain a destination: one of %s", strings.Join(destinationParams, ", "))
	case 1:
		return set[0], nil
	}
	return "", x.badRequest("InvalidParameterCombination", "The request has several destinations: %s", strings.Join(set, ", "))
}

// checkTarget refuses targets that AWS refuses.
func (x *exchange) checkTarget() *answer {
	var set []string
	for _, param := range targetParams {
		if x.form.Get(param) != "" {
			set = append(set, param)
		}
	}
	switch {
	case len(set) == 0:
		return x.badRequest("MissingParameter", "The request must contain a target.")
	case len(set) > 1:
		return x.badRequest("InvalidParameterCombination", "The request has several targets: %s", strings.Join(set, ", "))
	}
	for _, t := range routeTargets {
		id := x.form.Get(t.param)
		if id == "" {
			continue
		}
		a := x.ask(t.action, url.Values{"Filter.1.Name": {t.filter}, "Filter.1.Value.1": {id}})
		if !a.ok() || !slices.Contains(elements(a.body, t.element), id) {
			return x.badRequest(t.code, "The ID '%s' does not exist", id)
		}
	}
	return x.checkGateway()
}

// checkGateway refuses an internet gateway that isn't attached to the VPC.
func (x *exchange) checkGateway() *answer {
	id := x.form.Get("GatewayId")
	if !strings.HasPrefix(id, "igw-") {
		return nil
	}
	table, refusal := x.routeTable()
	if refusal != nil {
		return refusal
	}
	a := x.ask("DescribeInternetGateways", url.Values{"InternetGatewayId.1": {id}})
	if !a.ok() {
		return a
	}
	if !slices.Contains(elements(a.body, "vpcId"), table.VPCID) {
		return x.badRequest("InvalidParameterValue", "route table %s and network gateway %s belong to different networks", table.ID, id)
	}
	return nil
}

var createRouteTable = correction{before: func(x *exchange) *answer { return x.checkTagTypes("route-table") }}

// createRoute refuses a destination that has a route. Moto looks at IPv4 blocks
// only, and lets a route replace the VPC's own.
var createRoute = correction{before: func(x *exchange) *answer {
	destination, refusal := x.destination()
	if refusal != nil {
		return refusal
	}
	table, refusal := x.tableWith(destination)
	if refusal != nil {
		return refusal
	}
	if there, _ := table.has(destination); there {
		return x.badRequest("RouteAlreadyExists", "The route identified by %s already exists.", destination)
	}
	return x.checkTarget()
}}

var replaceRoute = correction{before: func(x *exchange) *answer {
	if _, refusal := x.destination(); refusal != nil {
		return refusal
	}
	return x.checkTarget()
}}

var deleteRoute = correction{before: func(x *exchange) *answer {
	destination, refusal := x.destination()
	if refusal != nil {
		return refusal
	}
	table, refusal := x.tableWith(destination)
	if refusal != nil {
		return refusal
	}
	if _, local := table.has(destination); local {
		return x.badRequest("InvalidParameterValue", "cannot remove local route %s in route table %s", destination, table.ID)
	}
	return nil
}}

// deleteRouteTable refuses the main table of a VPC, which moto takes away.
var deleteRouteTable = correction{before: func(x *exchange) *answer {
	table, refusal := x.routeTable()
	if refusal != nil {
		return refusal
	}
	if slices.Contains(table.Main, true) {
		return x.badRequest("DependencyViolation", "The routeTable '%s' has dependencies and cannot be deleted.", table.ID)
	}
	return nil
}}
