package gateway

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// subnet is a subnet as DescribeSubnets shows it.
type subnet struct {
	ID               string              `xml:"subnetId"`
	ARN              string              `xml:"subnetArn"`
	OwnerID          string              `xml:"ownerId"`
	VPCID            string              `xml:"vpcId"`
	State            string              `xml:"state"`
	CIDR             string              `xml:"cidrBlock,omitempty"`
	Zone             string              `xml:"availabilityZone"`
	ZoneID           string              `xml:"availabilityZoneId"`
	Addresses        int                 `xml:"availableIpAddressCount"`
	Default          bool                `xml:"defaultForAz"`
	MapPublic        bool                `xml:"mapPublicIpOnLaunch"`
	AssignIPv6       bool                `xml:"assignIpv6AddressOnCreation"`
	IPv6Native       bool                `xml:"ipv6Native"`
	DNS64            bool                `xml:"enableDns64"`
	MapCustomerOwned bool                `xml:"mapCustomerOwnedIpOnLaunch"`
	CustomerPool     string              `xml:"customerOwnedIpv4Pool,omitempty"`
	HostnameType     string              `xml:"privateDnsNameOptionsOnLaunch>hostnameType"`
	DNSA             bool                `xml:"privateDnsNameOptionsOnLaunch>enableResourceNameDnsARecord"`
	DNSAAAA          bool                `xml:"privateDnsNameOptionsOnLaunch>enableResourceNameDnsAAAARecord"`
	Blocks           []subnetAssociation `xml:"ipv6CidrBlockAssociationSet>item"`
	Tags             []ec2Tag            `xml:"tagSet>item"`
}

type subnetAssociation struct {
	ID    string `xml:"associationId"`
	Block string `xml:"ipv6CidrBlock"`
	State string `xml:"ipv6CidrBlockState>state"`
}

type subnetsResponse struct {
	XMLName xml.Name
	ID      string   `xml:"requestId"`
	Subnets []subnet `xml:"subnetSet>item"`
}

var createSubnet = correction{before: func(x *exchange) *answer {
	canonicalBlock(x.form)
	return x.checkTagTypes("subnet")
}}

// showSubnets adds the attributes that moto forgets, and repairs the states of
// IPv6 blocks: moto gives "{'State': 'associated'}".
var showSubnets = correction{after: func(x *exchange, a *answer) *answer {
	subnets, refusal := x.decodeSubnets(a)
	if refusal != nil {
		return refusal
	}
	return &answer{status: 200, body: encode(subnetsResponse{XMLName: x.root(), ID: requestID(), Subnets: subnets})}
}}

func (x *exchange) decodeSubnets(a *answer) ([]subnet, *answer) {
	var r subnetsResponse
	if err := xml.Unmarshal(a.body, &r); err != nil {
		return nil, x.broken(fmt.Errorf("decoding moto's subnets: %w", err))
	}
	for i := range r.Subnets {
		s := &r.Subnets[i]
		for _, set := range x.moto.subnets[x.scoped(s.ID)] {
			set(s)
		}
		for j := range s.Blocks {
			if parts := strings.Split(s.Blocks[j].State, "'"); len(parts) == 5 {
				s.Blocks[j].State = parts[3]
			}
		}
	}
	return r.Subnets, nil
}

// subnetAttributes by the parameter that changes each. Those with a function are
// unknown to moto, which answers as if it had changed them.
var subnetAttributes = map[string]func(s *subnet, value string){
	"MapPublicIpOnLaunch.Value":                     nil,
	"AssignIpv6AddressOnCreation.Value":             nil,
	"EnableResourceNameDnsARecordOnLaunch.Value":    nil,
	"EnableResourceNameDnsAAAARecordOnLaunch.Value": func(s *subnet, v string) { s.DNSAAAA = v == "true" },
	"EnableDns64.Value":                             func(s *subnet, v string) { s.DNS64 = v == "true" },
	"PrivateDnsHostnameTypeOnLaunch":                func(s *subnet, v string) { s.HostnameType = v },
	"MapCustomerOwnedIpOnLaunch.Value":              func(s *subnet, v string) { s.MapCustomerOwned = v == "true" },
	"CustomerOwnedIpv4Pool":                         func(s *subnet, v string) { s.CustomerPool = v },
}

// modifySubnet takes one attribute per call, as AWS does, and remembers those
// that moto doesn't know.
var modifySubnet = correction{before: func(x *exchange) *answer {
	var set []string
	for param := range subnetAttributes {
		if x.form.Has(param) {
			set = append(set, param)
		}
	}
	slices.Sort(set)
	pool := slices.Equal(set, []string{"CustomerOwnedIpv4Pool", "MapCustomerOwnedIpOnLaunch.Value"})
	if len(set) != 1 && !pool {
		return x.badRequest("InvalidParameterCombination", "One attribute of a subnet is modified at a time, not %d", len(set))
	}
	id := x.form.Get("SubnetId")
	a := x.ask("DescribeSubnets", url.Values{"SubnetId.1": {id}})
	if !a.ok() {
		return a
	}
	found, refusal := x.decodeSubnets(a)
	if refusal != nil {
		return refusal
	}
	if x.form.Get("AssignIpv6AddressOnCreation.Value") == "true" && len(found[0].Blocks) == 0 {
		return x.badRequest("InvalidParameterValue", "Invalid value 'true' for assignIpv6AddressOnCreation. Subnet '%s' has no IPv6 CIDR block", id)
	}
	if subnetAttributes[set[0]] == nil || x.dryRun() {
		return nil
	}
	for _, param := range set {
		value := x.form.Get(param)
		x.moto.subnets[x.scoped(id)] = append(x.moto.subnets[x.scoped(id)], func(s *subnet) { subnetAttributes[param](s, value) })
	}
	return x.answerTrue()
}}

// deleteSubnet refuses while something is in the subnet, and ends the association
// with its route table: moto does neither, and then refuses to delete the table.
var deleteSubnet = correction{
	before: func(x *exchange) *answer {
		id := x.form.Get("SubnetId")
		inside, refusal := x.interfacesIn("subnet-id", id)
		if refusal != nil {
			return refusal
		}
		kept, refusal := x.hasListedDependents(id)
		if refusal != nil {
			return refusal
		}
		if kept || len(inside) > 0 {
			return x.badRequest("DependencyViolation", "The subnet '%s' has dependencies and cannot be deleted.", id)
		}
		return nil
	},
	after: func(x *exchange, _ *answer) *answer {
		id := x.form.Get("SubnetId")
		delete(x.moto.subnets, x.scoped(id))
		associations, refusal := x.tablesOf(id)
		if refusal != nil {
			return refusal
		}
		for _, association := range associations {
			if a := x.ask("DisassociateRouteTable", url.Values{"AssociationId": {association.ID}}); !a.ok() {
				return a
			}
		}
		return x.answerTrue()
	},
}

// interfacesIn gives the network interfaces in a subnet or a VPC: what is in it, an
// instance, an endpoint or a NAT gateway, has one. Those of NAT gateways that are
// going are gone in moto already.
func (x *exchange) interfacesIn(filter, id string) (interfaces []string, refusal *answer) {
	a := x.ask("DescribeNetworkInterfaces", url.Values{"Filter.1.Name": {filter}, "Filter.1.Value.1": {id}})
	if !a.ok() {
		return nil, a
	}
	interfaces = elements(a.body, "networkInterfaceId")
	instances, refusal := x.instancesWith(filter, id)
	if refusal != nil {
		return nil, refusal
	}
	interfaces = append(interfaces, instances...) // each has one, also while it shuts down
	all, refusal := x.natGateways()
	for _, n := range all {
		if !n.holds() || !slices.Contains(n.filterValues(filter), id) {
			continue
		}
		for _, a := range n.Addresses {
			interfaces = append(interfaces, a.InterfaceID)
		}
	}
	return interfaces, refusal
}
