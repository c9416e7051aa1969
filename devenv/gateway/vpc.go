package gateway

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

var createVPC = correction{before: func(x *exchange) *answer {
	cidr := x.form.Get("CidrBlock")
	switch tenancy := x.form.Get("InstanceTenancy"); {
	case cidr == "" && !x.form.Has("Ipv4IpamPoolId"):
		return x.badRequest("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' must be provided.")
	case tenancy != "" && tenancy != "default" && tenancy != "dedicated":
		return x.badRequest("InvalidParameterValue", "Value (%s) for parameter instanceTenancy is invalid.", tenancy)
	}
	canonicalBlock(x.form)
	return x.checkTagTypes("vpc")
}}

// canonicalBlock masks host bits of a VPC's block away, as AWS does: moto keeps
// 10.0.0.5/16 as it is. What isn't a CIDR is left for moto to refuse.
func canonicalBlock(form url.Values) {
	if p, err := netip.ParsePrefix(form.Get("CidrBlock")); err == nil {
		form.Set("CidrBlock", p.Masked().String())
	}
}

type vpcsResponse struct {
	XMLName xml.Name `xml:"DescribeVpcsResponse"`
	VPCs    []struct {
		ID     string `xml:"vpcId"`
		Blocks []struct {
			CIDR  string `xml:"cidrBlock"`
			State string `xml:"cidrBlockState>state"`
		} `xml:"cidrBlockAssociationSet>item"`
	} `xml:"vpcSet>item"`
}

// associateCIDR refuses a block that overlaps one of the VPC, which moto takes
// and then can't disassociate. One that was disassociated is listed for a while,
// and is no longer in the way.
var associateCIDR = correction{before: func(x *exchange) *answer {
	canonicalBlock(x.form)
	block, err := netip.ParsePrefix(x.form.Get("CidrBlock"))
	if err != nil {
		return nil
	}
	a := x.ask("DescribeVpcs", url.Values{"VpcId.1": {x.form.Get("VpcId")}})
	if !a.ok() {
		return a
	}
	var r vpcsResponse
	if err := xml.Unmarshal(a.body, &r); err != nil {
		return x.broken(fmt.Errorf("decoding moto's VPCs: %w", err))
	}
	for _, vpc := range r.VPCs {
		for _, b := range vpc.Blocks {
			if b.State == "disassociated" || b.State == "failed" {
				continue
			}
			if p, err := netip.ParsePrefix(b.CIDR); err == nil && p.Overlaps(block) {
				return x.badRequest("CidrConflict", "The CIDR '%s' conflicts with %s of the VPC", block, b.CIDR)
			}
		}
	}
	return nil
}}

// vpcDependents are what must be gone from a VPC before it is deleted. Moto
// looks for subnets, route tables and VPN gateways only. The default group, main
// route table and default network ACL go with the VPC.
var vpcDependents = []struct {
	action, filter, element string
	// also narrows the list down.
	also [2]string
}{
	{action: "DescribeInternetGateways", filter: "attachment.vpc-id", element: "internetGatewayId"},
	{action: "DescribeVpcEndpoints", filter: "vpc-id", element: "vpcEndpointId", also: [2]string{"vpc-endpoint-state", "available"}},
	{action: "DescribeNatGateways", filter: "vpc-id", element: "natGatewayId", also: [2]string{"state", "available"}},
	{action: "DescribeNetworkAcls", filter: "vpc-id", element: "networkAclId", also: [2]string{"default", "false"}},
}

var deleteVPC = correction{
	before: func(x *exchange) *answer {
		vpc := x.form.Get("VpcId")
		groups, refusal := x.groups(url.Values{"Filter.1.Name": {"vpc-id"}, "Filter.1.Value.1": {vpc}})
		if refusal != nil {
			return refusal
		}
		for _, g := range groups {
			if g.Name != "default" {
				return x.vpcInUse(vpc)
			}
		}
		for _, d := range vpcDependents {
			// Filters of DescribeNatGateways have the same name on the wire.
			params := url.Values{"Filter.1.Name": {d.filter}, "Filter.1.Value.1": {vpc}}
			if d.also[0] != "" {
				params.Set("Filter.2.Name", d.also[0])
				params.Set("Filter.2.Value.1", d.also[1])
			}
			a := x.ask(d.action, params)
			if !a.ok() {
				return a
			}
			if len(elements(a.body, d.element)) > 0 {
				return x.vpcInUse(vpc)
			}
		}
		if inside, refusal := x.interfacesIn("vpc-id", vpc); refusal != nil || len(inside) > 0 {
			return cmp.Or(refusal, x.vpcInUse(vpc))
		}
		if kept, refusal := x.hasListedDependents(vpc); refusal != nil || kept {
			return cmp.Or(refusal, x.vpcInUse(vpc))
		}
		return x.keepDHCPOptions(vpc)
	},
	after: func(x *exchange, _ *answer) *answer {
		delete(x.moto.groupNames, x.scoped(x.form.Get("VpcId")))
		return x.answerTrue()
	},
}

// keepDHCPOptions takes the VPC's own set off it: moto deletes the set together
// with the VPC, AWS leaves it.
func (x *exchange) keepDHCPOptions(vpc string) *answer {
	a := x.ask("DescribeVpcs", url.Values{"VpcId.1": {vpc}})
	if !a.ok() {
		return a
	}
	sets := elements(a.body, "dhcpOptionsId")
	if x.dryRun() || len(sets) == 0 || sets[0] == "default" {
		return nil
	}
	if a := x.ask("AssociateDhcpOptions", url.Values{"VpcId": {vpc}, "DhcpOptionsId": {"default"}}); !a.ok() {
		return a
	}
	return nil
}

func (x *exchange) vpcInUse(id string) *answer {
	return x.badRequest("DependencyViolation", "The vpc '%s' has dependencies and cannot be deleted.", id)
}

// describeVPCs refuses by naming only the ids that don't exist. Moto names the
// others too, and a caller that reads the message would drop them.
var describeVPCs = correction{before: func(x *exchange) *answer {
	ids := x.list("VpcId")
	if len(ids) < 2 {
		return nil
	}
	form := url.Values{"Filter.1.Name": {"vpc-id"}}
	for i, id := range ids {
		form.Set(fmt.Sprintf("Filter.1.Value.%d", i+1), id)
	}
	a := x.ask("DescribeVpcs", form)
	if !a.ok() {
		return a
	}
	found := elements(a.body, "vpcId")
	missing := slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(found, id) })
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return x.badRequest("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", missing[0])
	}
	return x.badRequest("InvalidVpcID.NotFound", "The vpc IDs '%s' do not exist", strings.Join(missing, ", "))
}}
