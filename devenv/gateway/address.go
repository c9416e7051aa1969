package gateway

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
)

// addressPlace is what an allocation says of where its address comes from. Moto
// forgets it.
type addressPlace struct {
	Pool         string `xml:"publicIpv4Pool"`
	BorderGroup  string `xml:"networkBorderGroup"`
	CustomerPool string `xml:"customerOwnedIpv4Pool,omitempty"`
	CustomerIP   string `xml:"customerOwnedIp,omitempty"`
}

// address is an address as DescribeAddresses shows it.
type address struct {
	PublicIP      string   `xml:"publicIp"`
	AllocationID  string   `xml:"allocationId"`
	Domain        string   `xml:"domain"`
	InstanceID    string   `xml:"instanceId,omitempty"`
	AssociationID string   `xml:"associationId,omitempty"`
	InterfaceID   string   `xml:"networkInterfaceId,omitempty"`
	InterfaceOf   string   `xml:"networkInterfaceOwnerId,omitempty"`
	PrivateIP     string   `xml:"privateIpAddress,omitempty"`
	Tags          []ec2Tag `xml:"tagSet>item"`
	addressPlace
}

type addressesResponse struct {
	XMLName   xml.Name
	ID        string    `xml:"requestId"`
	Addresses []address `xml:"addressesSet>item"`
}

type allocateAddressResponse struct {
	XMLName      xml.Name
	ID           string `xml:"requestId"`
	PublicIP     string `xml:"publicIp"`
	Domain       string `xml:"domain"`
	AllocationID string `xml:"allocationId"`
	addressPlace
}

var allocateAddress = correction{
	before: func(x *exchange) *answer {
		if x.form.Get("PublicIpv4Pool") != "" && x.form.Get("CustomerOwnedIpv4Pool") != "" {
			return x.badRequest("InvalidParameterCombination", "The parameters publicIpv4Pool and customerOwnedIpv4Pool can't be used together.")
		}
		return x.checkTagTypes("elastic-ip")
	},
	after: func(x *exchange, a *answer) *answer {
		var r allocateAddressResponse
		if err := xml.Unmarshal(a.body, &r); err != nil {
			return x.broken(fmt.Errorf("decoding moto's address: %w", err))
		}
		r.addressPlace = x.addressPlace()
		if r.CustomerPool != "" {
			r.CustomerIP = r.PublicIP
		}
		x.moto.addresses[x.scoped(r.AllocationID)] = r.addressPlace
		r.XMLName = x.root()
		return &answer{status: a.status, body: encode(r)}
	},
}

// addressPlace is where the address of an allocation comes from: without more
// words, from Amazon's pool, announced in the whole Region.
func (x *exchange) addressPlace() addressPlace {
	place := addressPlace{Pool: "amazon", BorderGroup: x.region, CustomerPool: x.form.Get("CustomerOwnedIpv4Pool")}
	if pool := x.form.Get("PublicIpv4Pool"); pool != "" {
		place.Pool = pool
	}
	if group := x.form.Get("NetworkBorderGroup"); group != "" {
		place.BorderGroup = group
	}
	return place
}

var describeAddresses = correction{after: func(x *exchange, a *answer) *answer {
	r, refusal := x.addresses(a)
	if refusal != nil {
		return refusal
	}
	r.XMLName = x.root()
	return &answer{status: a.status, body: encode(r)}
}}

// addresses reads moto's addresses, with what moto forgets about them.
func (x *exchange) addresses(a *answer) (r addressesResponse, refusal *answer) {
	if err := xml.Unmarshal(a.body, &r); err != nil {
		return r, x.broken(fmt.Errorf("decoding moto's addresses: %w", err))
	}
	holders, refusal := x.natGateways()
	if refusal != nil {
		return r, refusal
	}
	for i := range r.Addresses {
		shown := &r.Addresses[i]
		if place, known := x.moto.addresses[x.scoped(shown.AllocationID)]; known {
			shown.addressPlace = place
		}
		for _, n := range holders {
			n.holdAddress(shown, x.identity.account())
		}
	}
	return r, nil
}

// releaseAddress refuses an address in use, which moto takes away from its user.
// What a NAT gateway holds belongs to a service: AWS then speaks of permission.
var releaseAddress = correction{
	before: func(x *exchange) *answer {
		if x.form.Get("AllocationId") == "" {
			return x.badRequest("MissingParameter", "The request must contain the parameter AllocationId")
		}
		a := x.ask("DescribeAddresses", url.Values{"AllocationId.1": {x.form.Get("AllocationId")}})
		if !a.ok() {
			return a
		}
		r, refusal := x.addresses(a)
		if refusal != nil {
			return refusal
		}
		for _, held := range r.Addresses {
			switch {
			case held.AssociationID == "":
			case x.ofNATGateway(held.InterfaceID):
				return x.badRequest("AuthFailure", "You do not have permission to access the specified resource.")
			default:
				return x.badRequest("InvalidIPAddress.InUse", "Address %s is in use.", held.PublicIP)
			}
		}
		return nil
	},
	after: func(x *exchange, _ *answer) *answer {
		delete(x.moto.addresses, x.scoped(x.form.Get("AllocationId")))
		return x.answerTrue()
	},
}

// ofNATGateway says whether an interface is one that a NAT gateway holds.
func (x *exchange) ofNATGateway(interfaceID string) bool {
	all, refusal := x.natGateways()
	return refusal == nil && slices.ContainsFunc(all, func(n natGateway) bool {
		return n.holds() && slices.ContainsFunc(n.Addresses, func(a natAddress) bool { return a.InterfaceID == interfaceID })
	})
}
