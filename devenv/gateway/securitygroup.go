package gateway

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// securityGroup is a group as DescribeSecurityGroups shows it.
type securityGroup struct {
	OwnerID     string       `xml:"ownerId"`
	ID          string       `xml:"groupId"`
	Name        string       `xml:"groupName"`
	Description string       `xml:"groupDescription"`
	VPCID       string       `xml:"vpcId"`
	ARN         string       `xml:"securityGroupArn,omitempty"`
	Ingress     []permission `xml:"ipPermissions>item"`
	Egress      []permission `xml:"ipPermissionsEgress>item"`
	Tags        []ec2Tag     `xml:"tagSet>item"`
}

// permission groups the rules with the same protocol and ports.
type permission struct {
	Protocol string `xml:"ipProtocol"`
	FromPort *int   `xml:"fromPort"`
	ToPort   *int   `xml:"toPort"`
	Groups   []peer `xml:"groups>item"`
	Ranges   []peer `xml:"ipRanges>item"`
	V6Ranges []peer `xml:"ipv6Ranges>item"`
	Prefixes []peer `xml:"prefixListIds>item"`
}

// peer is an item of any of the four lists.
type peer struct {
	GroupID      string `xml:"groupId,omitempty"`
	UserID       string `xml:"userId,omitempty"`
	CIDR         string `xml:"cidrIp,omitempty"`
	CIDRv6       string `xml:"cidrIpv6,omitempty"`
	PrefixListID string `xml:"prefixListId,omitempty"`
	Description  string `xml:"description,omitempty"`
}

type groupsResponse struct {
	XMLName xml.Name
	ID      string          `xml:"requestId"`
	Groups  []securityGroup `xml:"securityGroupInfo>item"`
}

// group reads one group from moto, or gives the refusal.
func (x *exchange) group(id string) (*securityGroup, *answer) {
	if a := x.checkGroupID(id); a != nil {
		return nil, a
	}
	groups, a := x.groups(url.Values{"GroupId.1": {id}})
	if a != nil {
		return nil, a
	}
	if len(groups) == 0 {
		return nil, x.badRequest("InvalidGroup.NotFound", "The security group '%s' does not exist", id)
	}
	return &groups[0], nil
}

func (x *exchange) checkGroupID(id string) *answer {
	if !strings.HasPrefix(id, "sg-") {
		// Moto says InvalidGroup.NotFound to any text.
		return x.badRequest("InvalidGroupId.Malformed", "Invalid id: \"%s\" (expecting \"sg-...\")", id)
	}
	return nil
}

func (x *exchange) groups(params url.Values) ([]securityGroup, *answer) {
	a := x.ask("DescribeSecurityGroups", params)
	if !a.ok() {
		return nil, a
	}
	var r groupsResponse
	if err := xml.Unmarshal(a.body, &r); err != nil {
		return nil, x.broken(fmt.Errorf("decoding moto's groups: %w", err))
	}
	return r.Groups, nil
}

var createSecurityGroup = correction{
	before: func(x *exchange) *answer {
		if a := checkGroupParams(x); a != nil {
			return a
		}
		vpc := x.form.Get("VpcId")
		names, a := x.groupNames(vpc)
		if a != nil {
			return a
		}
		// AWS compares names without regard to case, moto with.
		if name := x.form.Get("GroupName"); names[strings.ToLower(name)] != "" {
			return x.badRequest("InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", name, vpc)
		}
		return nil
	},
	after: func(x *exchange, a *answer) *answer {
		if ids := elements(a.body, "groupId"); len(ids) > 0 {
			// A new group lets nothing in, which saves asking for its rules
			// when the first of them comes.
			x.moto.rules[x.rulesKey(ids[0], false)] = nil
			if names := x.moto.groupNames[x.scoped(x.form.Get("VpcId"))]; names != nil {
				names[strings.ToLower(x.form.Get("GroupName"))] = ids[0]
			}
		}
		return a
	},
}

// checkGroupParams refuses names and descriptions that moto takes.
func checkGroupParams(x *exchange) *answer {
	name, description := x.form.Get("GroupName"), x.form.Get("GroupDescription")
	switch {
	case name == "":
		return x.badRequest("MissingParameter", "The request must contain the parameter groupName")
	case description == "":
		return x.badRequest("MissingParameter", "The request must contain the parameter groupDescription")
	case strings.EqualFold(name, "default"):
		return x.badRequest("InvalidGroup.Reserved", "The security group '%s' is reserved", name)
	case strings.HasPrefix(strings.ToLower(name), "sg-"):
		return x.badRequest("InvalidParameterValue", "Invalid value '%s' for groupName: it can't begin with sg-", name)
	case len(name) > 255 || !ruleDescription.MatchString(name):
		return x.badRequest("InvalidParameterValue", "Value (%s) for parameter GroupName is invalid", name)
	case len(description) > 255 || !ruleDescription.MatchString(description):
		return x.badRequest("InvalidParameterValue", "Value (%s) for parameter GroupDescription is invalid", description)
	}
	return x.checkTagTypes("security-group")
}

// groupNames gives the ids of the groups of a VPC, or without one of the default
// VPC, by name in lower case, and refuses an unknown VPC, in which moto makes groups too. It asks moto once per VPC:
// listing hundreds of groups for each create would be most of its time.
func (x *exchange) groupNames(vpc string) (map[string]string, *answer) {
	key := x.scoped(vpc)
	if names := x.moto.groupNames[key]; names != nil {
		return names, nil
	}
	if vpc == "" {
		ids, refusal := x.defaultVPCs()
		if refusal != nil || len(ids) == 0 {
			return nil, refusal
		}
		names, refusal := x.groupNames(ids[0])
		if refusal == nil {
			x.moto.groupNames[key] = names // one and the same, by either way to say it
		}
		return names, refusal
	}
	if a := x.ask("DescribeVpcs", url.Values{"VpcId.1": {vpc}}); !a.ok() {
		return nil, a
	}
	groups, a := x.groups(url.Values{"Filter.1.Name": {"vpc-id"}, "Filter.1.Value.1": {vpc}})
	if a != nil {
		return nil, a
	}
	names := map[string]string{}
	for _, g := range groups {
		names[strings.ToLower(g.Name)] = g.ID
	}
	x.moto.groupNames[key] = names
	return names, nil
}

// deleteSecurityGroup refuses what AWS refuses; moto deletes any group.
var deleteSecurityGroup = correction{
	before: func(x *exchange) *answer {
		if a := x.groupNamed(); a != nil {
			return a
		}
		id := x.form.Get("GroupId")
		if id == "" {
			return x.badRequest("MissingParameter", "The request must contain the parameter groupName or groupId")
		}
		g, refusal := x.group(id)
		if refusal != nil {
			return refusal
		}
		if g.Name == "default" {
			return x.badRequest("CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user", id)
		}
		// A rule of the group itself may refer to it, a rule of another not.
		for _, filter := range []string{"ip-permission.group-id", "egress.ip-permission.group-id"} {
			groups, refusal := x.groups(url.Values{"Filter.1.Name": {filter}, "Filter.1.Value.1": {id}})
			if refusal != nil {
				return refusal
			}
			if slices.ContainsFunc(groups, func(other securityGroup) bool { return other.ID != id }) {
				return x.dependent(id)
			}
		}
		a := x.ask("DescribeNetworkInterfaces", url.Values{"Filter.1.Name": {"group-id"}, "Filter.1.Value.1": {id}})
		if !a.ok() {
			return a
		}
		if len(elements(a.body, "networkInterfaceId")) > 0 {
			return x.dependent(id)
		}
		if users, refusal := x.instancesWith("instance.group-id", id); refusal != nil || len(users) > 0 {
			return cmp.Or(refusal, x.dependent(id))
		}
		x.deleting = g
		return nil
	},
	after: func(x *exchange, _ *answer) *answer {
		if g := x.deleting; g != nil {
			delete(x.moto.groupNames[x.scoped(g.VPCID)], strings.ToLower(g.Name))
			x.forgetRules(g.ID)
		}
		return x.answerTrue()
	},
}

func (x *exchange) dependent(id string) *answer {
	return x.badRequest("DependencyViolation", "resource %s has a dependent object", id)
}
