package gateway

import (
	"net/url"
	"slices"
)

// attachGateway refuses a second gateway of a VPC, which moto takes.
var attachGateway = correction{before: func(x *exchange) *answer {
	vpc, id := x.form.Get("VpcId"), x.form.Get("InternetGatewayId")
	a := x.ask("DescribeInternetGateways", url.Values{"Filter.1.Name": {"attachment.vpc-id"}, "Filter.1.Value.1": {vpc}})
	if !a.ok() {
		return a
	}
	if found := elements(a.body, "internetGatewayId"); len(found) > 0 && !slices.Contains(found, id) {
		return x.badRequest("Resource.AlreadyAssociated", "Network %s already has an internet gateway attached", vpc)
	}
	return nil
}}

// detachGateway refuses while an address of the internet is mapped to something
// in the VPC. Moto detaches.
var detachGateway = correction{before: func(x *exchange) *answer {
	vpc := x.form.Get("VpcId")
	attached := url.Values{"InternetGatewayId.1": {x.form.Get("InternetGatewayId")}, "Filter.1.Name": {"attachment.vpc-id"}, "Filter.1.Value.1": {vpc}}
	if a := x.ask("DescribeInternetGateways", attached); !a.ok() || len(elements(a.body, "internetGatewayId")) == 0 {
		return nil // moto has the right refusal
	}
	inside, refusal := x.interfacesIn("vpc-id", vpc)
	if refusal != nil {
		return refusal
	}
	a := x.ask("DescribeAddresses", nil)
	if !a.ok() {
		return a
	}
	r, refusal := x.addresses(a)
	if refusal != nil {
		return refusal
	}
	// An instance's own public address is in no list of addresses.
	own := x.ask("DescribeNetworkInterfaces", byFilter("vpc-id", vpc))
	if !own.ok() {
		return own
	}
	mapped := len(elements(own.body, "association>publicIp")) > 0
	for _, address := range r.Addresses {
		mapped = mapped || (address.InterfaceID != "" && slices.Contains(inside, address.InterfaceID))
	}
	if mapped {
		return x.badRequest("DependencyViolation", "Network %s has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.", vpc)
	}
	return nil
}}
