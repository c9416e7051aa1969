package gateway

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

type createNATGatewayResponse struct {
	XMLName xml.Name
	ID      string     `xml:"requestId"`
	Token   string     `xml:"clientToken,omitempty"`
	Gateway natGateway `xml:"natGateway"`
}

type deleteNATGatewayResponse struct {
	XMLName xml.Name
	ID      string `xml:"requestId"`
	Gateway string `xml:"natGatewayId"`
}

var createNATGateway = correction{
	before: func(x *exchange) *answer {
		if a := x.checkTagTypes(natGatewayType); a != nil {
			return a
		}
		return x.checkNATGateway()
	},
	after: func(x *exchange, a *answer) *answer {
		var r createNATGatewayResponse
		if err := xml.Unmarshal(a.body, &r); err != nil {
			return x.broken(fmt.Errorf("decoding moto's NAT gateway: %w", err))
		}
		n := &r.Gateway
		x.moto.natGateways[x.scoped(n.ID)] = natGatewayPast{addresses: n.Addresses}
		x.enters(natGatewayType, n.ID, "pending")
		if x.failing != nil {
			if refused := x.retireNATGateway(n.ID); refused != nil {
				return refused
			}
		}
		x.showNATGateway(n)
		// AWS answers before it has made an interface.
		for i, address := range n.Addresses {
			n.Addresses[i] = natAddress{AllocationID: address.AllocationID, Primary: i == 0, Status: "associating"}
		}
		r.XMLName, r.Token = x.root(), x.form.Get("ClientToken")
		return &answer{status: a.status, body: encode(r)}
	},
}

// checkNATGateway refuses what AWS refuses at once.
func (x *exchange) checkNATGateway() *answer {
	if mode := x.form.Get("AvailabilityMode"); mode != "" && mode != "zonal" {
		return x.refuse(http.StatusNotImplemented, "NotImplemented", "moto can't carry out CreateNatGateway for a whole VPC")
	}
	if x.form.Get("SubnetId") == "" {
		return x.badRequest("MissingParameter", "The request must contain the parameter subnetId")
	}
	subnet := x.ask("DescribeSubnets", url.Values{"SubnetId.1": {x.form.Get("SubnetId")}})
	if !subnet.ok() {
		return subnet
	}
	allocation := x.form.Get("AllocationId")
	switch connectivity := x.form.Get("ConnectivityType"); {
	case connectivity != "" && connectivity != "public" && connectivity != "private":
		return x.badRequest("InvalidParameterValue", "Value (%s) for parameter connectivityType is invalid.", connectivity)
	case connectivity == "private" && allocation != "":
		return x.badRequest("InvalidParameterCombination", "An allocation can't be given for a private NAT gateway")
	case connectivity == "private":
		return nil
	case allocation == "":
		return x.badRequest("MissingParameter", "The request must include the AllocationId parameter. Add the required parameter and retry the request.")
	}
	if a := x.checkNATAddress(allocation); a != nil {
		return a
	}
	return x.checkNATRoute(elements(subnet.body, "vpcId"))
}

// checkNATAddress refuses an address that isn't there, or is in use. Moto finds
// out after it has made an interface.
func (x *exchange) checkNATAddress(allocation string) *answer {
	a := x.ask("DescribeAddresses", url.Values{"Filter.1.Name": {"allocation-id"}, "Filter.1.Value.1": {allocation}})
	if !a.ok() {
		return a
	}
	r, refusal := x.addresses(a)
	switch {
	case refusal != nil:
		return refusal
	case len(r.Addresses) == 0:
		return x.badRequest("InvalidAllocationID.NotFound", "The allocation ID '%s' does not exist", allocation)
	case r.Addresses[0].AssociationID != "":
		return x.badRequest("Resource.AlreadyAssociated", "Elastic IP address [%s] is already associated", allocation)
	}
	return nil
}

// checkNATRoute lets a public NAT gateway fail in a VPC without a way to the
// internet: AWS finds that out after it has accepted the create.
func (x *exchange) checkNATRoute(vpcs []string) *answer {
	for _, vpc := range vpcs {
		a := x.ask("DescribeInternetGateways", url.Values{"Filter.1.Name": {"attachment.vpc-id"}, "Filter.1.Value.1": {vpc}})
		if !a.ok() {
			return a
		}
		if len(elements(a.body, "internetGatewayId")) == 0 && x.failing == nil {
			x.failing = &failing{code: "Gateway.NotAttached", message: fmt.Sprintf("Network %s has no Internet gateway attached", vpc)}
		}
	}
	return nil
}

// retireNATGateway takes a NAT gateway's interface and address away in moto,
// which would leave both: what AWS holds meanwhile is shown from natGatewayPast.
func (x *exchange) retireNATGateway(id string) *answer {
	if a := x.ask("DeleteNatGateway", url.Values{"NatGatewayId": {id}}); !a.ok() {
		return a
	}
	for _, address := range x.moto.natGateways[x.scoped(id)].addresses {
		if address.AssociationID != "" {
			if a := x.ask("DisassociateAddress", url.Values{"AssociationId": {address.AssociationID}}); !a.ok() {
				return a
			}
		}
		if a := x.ask("DeleteNetworkInterface", url.Values{"NetworkInterfaceId": {address.InterfaceID}}); !a.ok() {
			return a
		}
	}
	return nil
}

// deleteNATGateway begins the deletion; of one that goes already, again.
var deleteNATGateway = correction{before: func(x *exchange) *answer {
	id := x.form.Get("NatGatewayId")
	all, refusal := x.natGateways()
	if refusal != nil {
		return refusal
	}
	at := slices.IndexFunc(all, func(n natGateway) bool { return n.ID == id })
	if at < 0 {
		return x.badRequest("NatGatewayNotFound", "The Nat Gateway %s was not found", id)
	}
	if x.dryRun() {
		return nil
	}
	if n := all[at]; n.State != "deleting" && n.State != "deleted" {
		past := x.moto.natGateways[x.scoped(id)]
		if past.addresses == nil {
			past.addresses = n.Addresses // of before a restart
		}
		past.deleted = time.Now()
		x.moto.natGateways[x.scoped(id)] = past
		if x.failureOf(id) == nil {
			if a := x.retireNATGateway(id); a != nil {
				return a
			}
		}
		x.enters(natGatewayType, id, "deleting")
	}
	return &answer{status: http.StatusOK, body: encode(deleteNATGatewayResponse{XMLName: x.root(), ID: requestID(), Gateway: id})}
}}
