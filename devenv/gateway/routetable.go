package gateway

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// tableAssociation is the link of a subnet or a gateway to its route table.
type tableAssociation struct {
	ID        string `xml:"routeTableAssociationId"`
	TableID   string `xml:"routeTableId"`
	SubnetID  string `xml:"subnetId"`
	GatewayID string `xml:"gatewayId"`
}

type associationsResponse struct {
	XMLName      xml.Name           `xml:"DescribeRouteTablesResponse"`
	Associations []tableAssociation `xml:"routeTableSet>item>associationSet>item"`
}

// tablesOf gives the associations of one subnet or gateway.
func (x *exchange) tablesOf(id string) ([]tableAssociation, *answer) {
	a := x.ask("DescribeRouteTables", url.Values{"Filter.1.Name": {motoAssociations}, "Filter.1.Value.1": {id}})
	if !a.ok() {
		return nil, a
	}
	var r associationsResponse
	if err := xml.Unmarshal(a.body, &r); err != nil {
		return nil, x.broken(fmt.Errorf("decoding moto's route tables: %w", err))
	}
	return slices.DeleteFunc(r.Associations, func(a tableAssociation) bool { return a.SubnetID != id && a.GatewayID != id }), nil
}

// motoAssociations is the filter by which moto finds the tables of subnets, and
// of gateways too, for which AWS has one of its own.
const motoAssociations = "association.subnet-id"

var showRouteTables = correction{before: func(x *exchange) *answer {
	for param, values := range x.form {
		if strings.HasPrefix(param, "Filter.") && strings.HasSuffix(param, ".Name") && values[0] == "association.gateway-id" {
			x.form.Set(param, motoAssociations)
		}
	}
	return nil
}}

// associateRouteTable refuses a second table: moto answers with the association
// that a subnet has with another table, and lets a gateway have many.
var associateRouteTable = correction{before: func(x *exchange) *answer {
	table, id := x.form.Get("RouteTableId"), x.form.Get("SubnetId")+x.form.Get("GatewayId")
	if strings.HasPrefix(id, "igw-") {
		if a := x.ask("DescribeInternetGateways", url.Values{"InternetGatewayId.1": {id}}); !a.ok() {
			return a
		}
	}
	associations, refusal := x.tablesOf(id)
	if refusal != nil {
		return refusal
	}
	for _, association := range associations {
		if association.TableID != table || strings.HasPrefix(id, "igw-") {
			return x.badRequest("Resource.AlreadyAssociated", "the specified association for route table %s conflicts with an existing association", table)
		}
	}
	return nil
}}
