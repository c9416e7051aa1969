package gateway

import (
	"net/url"
	"slices"
)

// listedDependents are what keeps a VPC or a subnet and what moto, unlike AWS,
// gives no filter for: the whole list is looked through. A transit gateway's
// attachment has an interface in each subnet, which moto doesn't make.
var listedDependents = []struct {
	action string
	// paths are where a row names the VPC or the subnet.
	paths []string
	// state is where its state is; over are the states in which it keeps nothing.
	state string
	over  []string
}{
	{action: "DescribeEgressOnlyInternetGateways", paths: []string{"attachmentSet/item/vpcId"}},
	{
		action: "DescribeVpcPeeringConnections", paths: []string{"requesterVpcInfo/vpcId", "accepterVpcInfo/vpcId"},
		state: "status/code", over: []string{"deleting", "deleted", "rejected", "failed", "expired"},
	},
	{
		action: "DescribeTransitGatewayVpcAttachments", paths: []string{"subnetIds/item"},
		state: "state", over: []string{"deleted", "rejected", "failed"},
	},
}

// hasListedDependents says whether one of them names the VPC or the subnet.
func (x *exchange) hasListedDependents(id string) (bool, *answer) {
	for _, d := range listedDependents {
		a := x.ask(d.action, nil)
		if !a.ok() {
			return false, a
		}
		for _, r := range rowsOf(a.body) {
			over := slices.ContainsFunc(d.over, func(state string) bool { return r.has(d.state, state) })
			if !over && slices.ContainsFunc(d.paths, func(path string) bool { return r.has(path, id) }) {
				return true, nil
			}
		}
	}
	return false, nil
}

// defaultVPCs is the default VPC of the account and Region, if it has one.
func (x *exchange) defaultVPCs() ([]string, *answer) {
	a := x.ask("DescribeVpcs", url.Values{"Filter.1.Name": {"is-default"}, "Filter.1.Value.1": {"true"}})
	if !a.ok() {
		return nil, a
	}
	return elements(a.body, "vpcId"), nil
}

// groupNamed puts the id in the place of the name by which a call speaks of a
// group: only the default VPC's groups have one that means something.
func (x *exchange) groupNamed() *answer {
	name := x.form.Get("GroupName")
	if name == "" || x.form.Get("GroupId") != "" {
		return nil
	}
	vpcs, refusal := x.defaultVPCs()
	if refusal != nil {
		return refusal
	}
	for _, vpc := range vpcs {
		groups, refusal := x.groups(url.Values{
			"Filter.1.Name": {"vpc-id"}, "Filter.1.Value.1": {vpc}, "Filter.2.Name": {"group-name"}, "Filter.2.Value.1": {name},
		})
		if refusal != nil {
			return refusal
		}
		if len(groups) == 1 {
			x.form.Set("GroupId", groups[0].ID)
			x.form.Del("GroupName")
			return nil
		}
	}
	return x.badRequest("InvalidGroup.NotFound", "The security group '%s' does not exist in default VPC", name)
}
