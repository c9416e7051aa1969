package gateway

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// natGatewayType is its name in transient, and as a type of resource with tags.
const natGatewayType = "natgateway"

// natGatewayListed is how long AWS lists a NAT gateway that is gone.
const natGatewayListed = time.Hour

// natGateway is a NAT gateway as DescribeNatGateways shows it.
type natGateway struct {
	ID             string       `xml:"natGatewayId"`
	SubnetID       string       `xml:"subnetId"`
	VPCID          string       `xml:"vpcId"`
	State          string       `xml:"state"`
	Created        string       `xml:"createTime"`
	Deleted        string       `xml:"deleteTime,omitempty"`
	FailureCode    string       `xml:"failureCode,omitempty"`
	FailureMessage string       `xml:"failureMessage,omitempty"`
	Connectivity   string       `xml:"connectivityType,omitempty"`
	Availability   string       `xml:"availabilityMode,omitempty"`
	Addresses      []natAddress `xml:"natGatewayAddressSet>item"`
	Tags           []ec2Tag     `xml:"tagSet>item"`
}

type natAddress struct {
	AllocationID  string `xml:"allocationId,omitempty"`
	AssociationID string `xml:"associationId,omitempty"`
	InterfaceID   string `xml:"networkInterfaceId,omitempty"`
	PrivateIP     string `xml:"privateIp,omitempty"`
	PublicIP      string `xml:"publicIp,omitempty"`
	Primary       bool   `xml:"isPrimary"`
	Status        string `xml:"status,omitempty"`
}

// holds says whether AWS still has interface and address for it.
func (n natGateway) holds() bool {
	return n.State == "pending" || n.State == "available" || n.State == "deleting"
}

// holdAddress shows an address as associated that AWS still has for n.
func (n natGateway) holdAddress(shown *address, account string) {
	for _, a := range n.Addresses {
		if a.AllocationID == shown.AllocationID && n.holds() {
			shown.AssociationID, shown.InterfaceID, shown.InterfaceOf, shown.PrivateIP = a.AssociationID, a.InterfaceID, account, a.PrivateIP
		}
	}
}

// natGatewayPast is what moto forgets of a NAT gateway.
type natGatewayPast struct {
	addresses []natAddress
	deleted   time.Time
}

type natGatewaysResponse struct {
	XMLName  xml.Name
	ID       string       `xml:"requestId"`
	Gateways []natGateway `xml:"natGatewaySet>item"`
}

// natGateways reads all NAT gateways of the account and Region, as AWS would
// show them now.
func (x *exchange) natGateways() ([]natGateway, *answer) {
	a := x.ask("DescribeNatGateways", nil)
	if !a.ok() {
		return nil, a
	}
	var r natGatewaysResponse
	if err := xml.Unmarshal(a.body, &r); err != nil {
		return nil, x.broken(fmt.Errorf("decoding moto's NAT gateways: %w", err))
	}
	var listed []natGateway
	for _, n := range r.Gateways {
		if x.showNATGateway(&n) {
			listed = append(listed, n)
		}
	}
	return listed, nil
}

// showNATGateway puts what AWS shows into n, as moto gave it. It is false when
// AWS no longer lists it.
func (x *exchange) showNATGateway(n *natGateway) bool {
	past := x.moto.natGateways[x.scoped(n.ID)]
	if past.addresses != nil {
		n.Addresses = past.addresses
	}
	n.Connectivity, n.Availability = "private", "zonal"
	if len(n.Addresses) > 0 && n.Addresses[0].AllocationID != "" {
		n.Connectivity = "public"
	}
	settled := n.State
	failure := x.failureOf(n.ID)
	if failure != nil && past.deleted.IsZero() {
		settled = "failed"
	}
	state, arrived := x.stateOf(n.ID, settled)
	n.State = state
	if !past.deleted.IsZero() {
		n.Deleted = past.deleted.UTC().Format(time.RFC3339)
	}
	if failure != nil && state != "pending" {
		n.FailureCode, n.FailureMessage = failure.code, failure.message
	}
	status := map[string]string{"pending": "associating", "available": "succeeded", "failed": "failed"}[state]
	n.Addresses = slices.Clone(n.Addresses)
	for i := range n.Addresses {
		n.Addresses[i].Primary, n.Addresses[i].Status = i == 0, status
		if !n.holds() {
			n.Addresses[i] = natAddress{AllocationID: n.Addresses[i].AllocationID, Primary: i == 0, Status: status}
		}
	}
	return n.holds() || arrived.IsZero() || time.Since(arrived) < natGatewayListed
}

// describeNATGateways knows the filters by tag, which moto passes over, and
// refuses unknown ids.
var describeNATGateways = correction{before: func(x *exchange) *answer {
	all, refusal := x.natGateways()
	if refusal != nil {
		return refusal
	}
	shown := slices.Clone(all)
	if ids := x.list("NatGatewayId"); len(ids) > 0 {
		for _, id := range ids {
			if !slices.ContainsFunc(all, func(n natGateway) bool { return n.ID == id }) {
				return x.badRequest("NatGatewayNotFound", "The Nat Gateway %s was not found", id)
			}
		}
		shown = slices.DeleteFunc(shown, func(n natGateway) bool { return !slices.Contains(ids, n.ID) })
	}
	for i := 1; hasPrefix(x.form, fmt.Sprintf("Filter.%d.", i)); i++ {
		name, values := x.form.Get(fmt.Sprintf("Filter.%d.Name", i)), x.list(fmt.Sprintf("Filter.%d.Value", i))
		if !natGatewayFilter(name) {
			return x.badRequest("InvalidParameterValue", "The filter '%s' is invalid", name)
		}
		shown = slices.DeleteFunc(shown, func(n natGateway) bool {
			return !slices.ContainsFunc(n.filterValues(name), func(v string) bool { return slices.Contains(values, v) })
		})
	}
	return &answer{status: http.StatusOK, body: encode(natGatewaysResponse{XMLName: x.root(), ID: requestID(), Gateways: shown})}
}}

func natGatewayFilter(name string) bool {
	return slices.Contains([]string{"nat-gateway-id", "state", "subnet-id", "vpc-id", "tag-key"}, name) || strings.HasPrefix(name, "tag:")
}

// filterValues are those of a NAT gateway that a filter compares.
func (n natGateway) filterValues(name string) (values []string) {
	switch name {
	case "nat-gateway-id":
		return []string{n.ID}
	case "state":
		return []string{n.State}
	case "subnet-id":
		return []string{n.SubnetID}
	case "vpc-id":
		return []string{n.VPCID}
	}
	for _, tag := range n.Tags {
		switch name {
		case "tag-key":
			values = append(values, tag.Key)
		case "tag:" + tag.Key:
			values = append(values, tag.Value)
		}
	}
	return values
}
