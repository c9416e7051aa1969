package ec2

import (
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/finding"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/test/fieldtest"
)

// oneRule has a peer of each type; its group's owner is the one that AWS shows anyway.
const oneRule = `{ipProtocol: tcp, fromPort: 80, toPort: 90, ipRanges: [{cidrIP: 10.0.0.0/8, description: four}],
	ipv6Ranges: [{cidrIPv6: "::/0", description: six}], prefixListIDs: [{prefixListID: pl-1, description: list}],
	userIDGroupPairs: [{groupID: sg-2, description: group}]}`

// ruleRows changes one field of the only rule of a direction.
func ruleRows(direction string) map[string]string {
	rows := map[string]string{}
	for field, change := range map[string][2]string{
		"fromPort":                                  {"80", "79"},
		"ipProtocol":                                {"tcp", "udp"},
		"ipRanges[].cidrIP":                         {"10.0.0.0", "11.0.0.0"},
		"ipRanges[].description":                    {"four", "4"},
		"ipv6Ranges[].cidrIPv6":                     {"::/0", "::/1"},
		"ipv6Ranges[].description":                  {"six", "seven"},
		"prefixListIDs[].description":               {"list", "lists"},
		"prefixListIDs[].prefixListID":              {"pl-1", "pl-2"},
		"toPort":                                    {"90", "91"},
		"userIDGroupPairs[].description":            {"group}", "groups}"},
		"userIDGroupPairs[].groupID":                {"sg-2", "sg-3"},
		"userIDGroupPairs[].groupName":              {"groupID: sg-2", "groupName: peer"},
		"userIDGroupPairs[].peeringStatus":          {"groupID: sg-2", "groupID: sg-2, peeringStatus: active"},
		"userIDGroupPairs[].userID":                 {"groupID: sg-2", "groupID: sg-2, userID: '222233334444'"},
		"userIDGroupPairs[].vpcID":                  {"groupID: sg-2", "groupID: sg-2, vpcID: vpc-2"},
		"userIDGroupPairs[].vpcPeeringConnectionID": {"groupID: sg-2", "groupID: sg-2, vpcPeeringConnectionID: pcx-1"},
	} {
		rows[direction+"[]."+field] = "{" + direction + ": [" + strings.Replace(oneRule, change[0], change[1], 1) + "]}"
	}
	return rows
}

func TestFieldsOfSecurityGroups(t *testing.T) {
	shown := fromGroup(fromCIDR(ports("tcp", 80, 90), "10.0.0.0/8 four"), "sg-2")
	shown.Ipv6Ranges = []types.Ipv6Range{{CidrIpv6: aws.String("::/0"), Description: aws.String("six")}}
	shown.PrefixListIds = []types.PrefixListId{{PrefixListId: aws.String("pl-1"), Description: aws.String("list")}}
	shown.UserIdGroupPairs[0].Description = aws.String("group")
	got := gotGroup([]types.IpPermission{shown}, []types.IpPermission{shown})
	got.names = map[string]string{"peer": "sg-3"}
	rows := map[string]string{
		"description": `{description: another}`,
		"name":        `{name: another}`,
		"vpcID":       `{vpcID: vpc-2}`,
	}
	const why = "the id of a group is unique: where it is and whose it is AWS knows by it"
	unsent, unplanned, unread := map[string]string{}, map[string]string{}, map[string]string{}
	for _, direction := range []string{"ingressRules", "egressRules"} {
		maps.Copy(rows, ruleRows(direction))
		pair := direction + "[].userIDGroupPairs[]."
		unread[pair+"groupName"] = "the id beside it says which group it is"
		for _, reasons := range []map[string]string{unsent, unplanned, unread} {
			reasons[pair+"peeringStatus"] = "AWS alone says it; in a request it means nothing"
		}
		unplanned[pair+"userID"], unplanned[pair+"vpcID"], unplanned[pair+"vpcPeeringConnectionID"] = why, why, why
	}
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.SecurityGroupSpec, securityGroup]{
		Kind:   SecurityGroup(),
		Base:   `{name: web, description: the web, vpcID: vpc-1, tags: [{key: env, value: dev}], ingressRules: [` + oneRule + `], egressRules: [` + oneRule + `]}`,
		Change: rows, Unsent: unsent, Unplanned: unplanned,
		ID: "sg-1", Got: got, Whole: wholeGroup(), Unread: unread,
		Hidden: map[string]string{"rules[].tags[].key": untaggedRules, "rules[].tags[].value": untaggedRules},
		Refused: []string{
			`{}`, `{name: sg-1, description: é}`, `{name: default, description: "a|b"}`, `{name: é, description: d}`, `{name: "a|b", description: d}`,
			`{name: ` + strings.Repeat("x", 256) + `, description: d}`,
			`{name: a, description: d, ingressRules: [null, {}, {ipProtocol: tpc}, {ipProtocol: tcp, toPort: 70000}, {ipProtocol: udp, fromPort: 2, toPort: 1},
				{ipProtocol: icmp, fromPort: -1, toPort: 256}], egressRules: [{ipProtocol: "-1", ipRanges: [{}, {cidrIP: x, description: é}, {cidrIP: "::/0"}],
				ipv6Ranges: [{cidrIPv6: x, description: é}], prefixListIDs: [{description: é}], userIDGroupPairs: [{description: é}]}]}`,
		},
	}.Run(t)
}

func TestFieldsOfRouteTables(t *testing.T) {
	to := func(target string) string { return `{routes: [{destinationCIDRBlock: 0.0.0.0/0, ` + target + `}]}` }
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.RouteTableSpec, types.RouteTable]{
		Kind: RouteTable(),
		Base: `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 0.0.0.0/0, gatewayID: igw-1}], tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"routes[].carrierGatewayID":            to("carrierGatewayID: cagw-1"),
			"routes[].coreNetworkARN":              to(`coreNetworkARN: "arn:x"`),
			"routes[].destinationCIDRBlock":        `{routes: [{destinationCIDRBlock: 10.9.0.0/16, gatewayID: igw-1}]}`,
			"routes[].destinationIPv6CIDRBlock":    `{routes: [{destinationIPv6CIDRBlock: "::/0", gatewayID: igw-1}]}`,
			"routes[].destinationPrefixListID":     `{routes: [{destinationPrefixListID: pl-1, gatewayID: igw-1}]}`,
			"routes[].egressOnlyInternetGatewayID": to("egressOnlyInternetGatewayID: eigw-1"),
			"routes[].gatewayID":                   to("gatewayID: igw-2"),
			"routes[].instanceID":                  to("instanceID: i-1"),
			"routes[].localGatewayID":              to("localGatewayID: lgw-1"),
			"routes[].natGatewayID":                to("natGatewayID: nat-1"),
			"routes[].networkInterfaceID":          to("networkInterfaceID: eni-1"),
			"routes[].transitGatewayID":            to("transitGatewayID: tgw-1"),
			"routes[].vpcEndpointID":               to("vpcEndpointID: vpce-1"),
			"routes[].vpcPeeringConnectionID":      to("vpcPeeringConnectionID: pcx-1"),
			"vpcID":                                `{vpcID: vpc-2}`,
		},
		ID: "rtb-1", Got: gotTable(toGateway("0.0.0.0/0", "igw-1")), Whole: wholeTable(),
		Refused: []string{
			`{routes: [null, {}, {destinationCIDRBlock: x, gatewayID: ""}, {destinationIPv6CIDRBlock: x, destinationPrefixListID: "", gatewayID: a, instanceID: b}]}`,
			`{vpcID: v, routes: [{destinationCIDRBlock: 10.0.0.0/8, gatewayID: a}, {destinationCIDRBlock: 10.0.0.0/8, gatewayID: b}]}`,
			`{vpcID: v, routes: [{destinationCIDRBlock: 10.0.0.0/8, egressOnlyInternetGatewayID: a}]}`,
		},
		Silent: map[string]finding.Unsaid{"serves IPv6 only: set destinationIPv6CIDRBlock": finding.Undocumented},
	}.Run(t)
}

// wholeGroup has everything that AWS can show of a group.
func wholeGroup() *securityGroup {
	text := aws.String("x")
	group := gotGroup([]types.IpPermission{fromCIDR(ports("tcp", 1, 1), "10.0.0.0/8 d"), {
		IpProtocol: aws.String("-1"), Ipv6Ranges: []types.Ipv6Range{{CidrIpv6: aws.String("::/0"), Description: text}},
		PrefixListIds:    []types.PrefixListId{{PrefixListId: text, Description: text}},
		UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: text, GroupName: text, PeeringStatus: text, UserId: text, VpcId: text, VpcPeeringConnectionId: text, Description: text}},
	}}, nil)
	group.IpPermissionsEgress = group.IpPermissions
	group.ruleIDs = map[grant]string{}
	for _, r := range group.rules() {
		group.ruleIDs[r.grant] = "sgr-1"
	}
	return group
}

// wholeTable has everything that AWS can show of a route table.
func wholeTable() *types.RouteTable {
	text := aws.String("x")
	to := func(block string, target types.Route) types.Route {
		target.DestinationCidrBlock, target.Origin, target.State = aws.String(block), types.RouteOriginCreateRoute, types.RouteStateActive
		return target
	}
	table := gotTable(
		to("10.1.0.0/16", types.Route{CarrierGatewayId: text}), to("10.2.0.0/16", types.Route{CoreNetworkArn: text}),
		types.Route{DestinationIpv6CidrBlock: aws.String("::/0"), EgressOnlyInternetGatewayId: text, Origin: types.RouteOriginCreateRoute},
		types.Route{DestinationPrefixListId: text, GatewayId: text, Origin: types.RouteOriginCreateRoute},
		to("10.3.0.0/16", types.Route{InstanceId: text, InstanceOwnerId: text}),
		to("10.4.0.0/16", types.Route{LocalGatewayId: text}), to("10.5.0.0/16", types.Route{NatGatewayId: text}),
		to("10.6.0.0/16", types.Route{NetworkInterfaceId: text}), to("10.7.0.0/16", types.Route{TransitGatewayId: text}),
		to("10.8.0.0/16", types.Route{VpcPeeringConnectionId: text}), to("10.9.0.0/16", types.Route{GatewayId: aws.String("vpce-1")}),
	)
	table.Associations = []types.RouteTableAssociation{{
		AssociationState: &types.RouteTableAssociationState{State: "failed", StatusMessage: text}, GatewayId: text, Main: aws.Bool(true),
		RouteTableAssociationId: text, RouteTableId: text, SubnetId: text,
	}}
	table.PropagatingVgws = []types.PropagatingVgw{{GatewayId: text}}
	return table
}

const untaggedRules = "rules of ours carry no tags, and reading somebody's would cost a call at each look"
