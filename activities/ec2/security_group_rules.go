package ec2

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// grant is one permission for one peer, in canonical form. AWS keeps it as one rule, however a
// request or an answer bundles it.
type grant struct {
	egress   bool
	protocol string // tcp, udp, icmp, icmpv6, -1, or a number
	from, to int32  // ports, or ICMP type and code; -1 for any
	// One of them is set. A group's id is unique across accounts, so the account, which a spec may
	// leave out, need not be compared.
	cidr, prefixList, group string
}

// rule is a grant with its other properties.
type rule struct {
	grant
	description string
	request     types.IpPermission // for this grant alone
	path        string             // in the spec
}

// allPorts are the ports of a rule without ports.
const allPorts = -1

// protocols are the protocols that AWS shows by name.
var protocols = map[string]string{"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "all": "-1"}

func protocolName(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if n, err := strconv.Atoi(s); err == nil {
		s = strconv.Itoa(n)
	}
	if name, ok := protocols[s]; ok {
		return name
	}
	return s
}

// canonicalPorts returns the ports as AWS keeps them. For protocols other than these four AWS opens
// all ports, whatever a request contains.
func canonicalPorts(protocol string, from, to *int32) (int32, int32) {
	switch protocol {
	case "tcp", "udp", "icmp", "icmpv6":
		return anyPort(from), anyPort(to)
	}
	return allPorts, allPorts
}

func anyPort(p *int32) int32 {
	if p == nil {
		return allPorts
	}
	return *p
}

// rules returns the grants of a permission, peer by peer. It omits a peer that names nothing, such
// as a reference that is not resolved yet.
func rules(p types.IpPermission, egress bool, path string) []rule {
	protocol := protocolName(aws.ToString(p.IpProtocol))
	from, to := canonicalPorts(protocol, p.FromPort, p.ToPort)
	request := types.IpPermission{IpProtocol: aws.String(protocol)}
	if _, number := strconv.Atoi(protocol); number != nil {
		request.FromPort, request.ToPort = aws.Int32(from), aws.Int32(to)
		if p.FromPort == nil && to != allPorts { // AWS judges an ICMP code without a type
			request.FromPort = nil
		}
	}
	var out []rule
	add := func(list string, i int, description *string) *rule {
		out = append(out, rule{
			grant:       grant{egress: egress, protocol: protocol, from: from, to: to},
			description: aws.ToString(description),
			request:     request,
			path:        fmt.Sprintf("%s.%s[%d]", path, list, i),
		})
		return &out[len(out)-1]
	}
	for i, peer := range p.IpRanges {
		r := add("ipRanges", i, peer.Description)
		r.cidr = cidr.Network(aws.ToString(peer.CidrIp))
		r.request.IpRanges = []types.IpRange{{CidrIp: aws.String(r.cidr), Description: peer.Description}}
	}
	for i, peer := range p.Ipv6Ranges {
		r := add("ipv6Ranges", i, peer.Description)
		r.cidr = cidr.Network(aws.ToString(peer.CidrIpv6))
		r.request.Ipv6Ranges = []types.Ipv6Range{{CidrIpv6: aws.String(r.cidr), Description: peer.Description}}
	}
	for i, peer := range p.PrefixListIds {
		r := add("prefixListIDs", i, peer.Description)
		r.prefixList = aws.ToString(peer.PrefixListId)
		r.request.PrefixListIds = []types.PrefixListId{peer}
	}
	for i, peer := range p.UserIdGroupPairs {
		if aws.ToString(peer.GroupId) == "" && aws.ToString(peer.GroupName) == "" {
			continue
		}
		r := add("userIDGroupPairs", i, peer.Description)
		r.group = cmp.Or(aws.ToString(peer.GroupId), nameMark+aws.ToString(peer.GroupName))
		peer.PeeringStatus = nil // AWS returns it, but does not accept it
		r.request.UserIdGroupPairs = []types.UserIdGroupPair{peer}
	}
	return out
}

// nameMark is the prefix of a peer that is known only by its name.
const nameMark = "named "

// rules returns all rules of the group, in an order that does not depend on AWS's.
func (g *securityGroup) rules() []rule {
	var out []rule
	for _, p := range g.IpPermissions {
		out = append(out, rules(p, false, "")...)
	}
	for _, p := range g.IpPermissionsEgress {
		out = append(out, rules(p, true, "")...)
	}
	slices.SortStableFunc(out, func(a, b rule) int { return cmp.Compare(a.order(), b.order()) })
	return out
}

func (g grant) order() string {
	return fmt.Sprintf("%t %s %6d %6d %s%s%s", g.egress, g.protocol, g.from, g.to, g.cidr, g.prefixList, g.group)
}

// wantedRules returns the rules of a spec, each grant once.
func wantedRules(want ec2v1alpha1.SecurityGroupSpec, own string, names map[string]string) []rule {
	var out []rule
	seen := map[grant]bool{}
	add := func(list []*ec2v1alpha1.IPPermission, egress bool, path string) {
		for i, p := range list {
			for _, r := range rules(permission(p, own, names), egress, fmt.Sprintf("%s[%d]", path, i)) {
				if !seen[r.grant] {
					out = append(out, r)
				}
				seen[r.grant] = true
			}
		}
	}
	add(want.IngressRules, false, "spec.ingressRules")
	add(want.EgressRules, true, "spec.egressRules")
	return out
}

// permission converts an item of the spec to AWS's type; own is the id that stands for the group
// itself.
func permission(p *ec2v1alpha1.IPPermission, own string, names map[string]string) types.IpPermission {
	out := types.IpPermission{IpProtocol: p.IPProtocol, FromPort: optional.Int32(p.FromPort), ToPort: optional.Int32(p.ToPort)}
	for _, peer := range p.IPRanges {
		out.IpRanges = append(out.IpRanges, types.IpRange{CidrIp: peer.CIDRIP, Description: peer.Description})
	}
	for _, peer := range p.IPv6Ranges {
		out.Ipv6Ranges = append(out.Ipv6Ranges, types.Ipv6Range{CidrIpv6: peer.CIDRIPv6, Description: peer.Description})
	}
	for _, peer := range p.PrefixListIDs {
		out.PrefixListIds = append(out.PrefixListIds, types.PrefixListId{PrefixListId: peer.PrefixListID, Description: peer.Description})
	}
	for _, peer := range p.UserIDGroupPairs {
		pair := types.UserIdGroupPair{
			GroupId: optional.Text(peer.GroupID), UserId: optional.Text(peer.UserID), VpcId: optional.Text(peer.VPCID),
			VpcPeeringConnectionId: optional.Text(peer.VPCPeeringConnectionID), Description: peer.Description,
		}
		switch id, known := names[aws.ToString(peer.GroupName)]; {
		case itself(peer):
			pair.GroupId = aws.String(own)
		case pair.GroupId != nil || unresolved(peer):
		case known:
			pair.GroupId = aws.String(id)
		default:
			pair.GroupName = peer.GroupName
		}
		out.UserIdGroupPairs = append(out.UserIdGroupPairs, pair)
	}
	return out
}

// itself reports whether the peer is the group of the rule: a reference to the object itself, or a
// pair that names no group. ACK defaults such a pair to the group's own id, in
// createSecurityGroupRules and deleteSecurityGroupRules of
// https://github.com/aws-controllers-k8s/ec2-controller/blob/main/pkg/resource/security_group/hooks.go
func itself(peer *ec2v1alpha1.UserIDGroupPair) bool {
	if id := aws.ToString(peer.GroupID); id != "" {
		return id == resource.NewID
	}
	return peer.GroupRef == nil && aws.ToString(peer.GroupName) == ""
}

// unresolved reports whether the peer is a reference whose id is not known yet.
func unresolved(peer *ec2v1alpha1.UserIDGroupPair) bool {
	return peer.GroupRef != nil && aws.ToString(peer.GroupID) == ""
}

// unresolvedPeers returns the traffic for which the spec has unknown peers.
func unresolvedPeers(want ec2v1alpha1.SecurityGroupSpec) map[grant]bool {
	open := map[grant]bool{}
	for _, list := range []struct {
		rules  []*ec2v1alpha1.IPPermission
		egress bool
	}{{want.IngressRules, false}, {want.EgressRules, true}} {
		for _, p := range list.rules {
			for _, peer := range p.UserIDGroupPairs {
				if unresolved(peer) {
					protocol := protocolName(aws.ToString(p.IPProtocol))
					from, to := canonicalPorts(protocol, optional.Int32(p.FromPort), optional.Int32(p.ToPort))
					open[grant{egress: list.egress, protocol: protocol, from: from, to: to}] = true
				}
			}
		}
	}
	return open
}

// peerNames returns the names of peers that the spec gives without an id.
func peerNames(want ec2v1alpha1.SecurityGroupSpec) []string {
	var names []string
	for _, p := range slices.Concat(want.IngressRules, want.EgressRules) {
		for _, peer := range p.UserIDGroupPairs {
			if aws.ToString(peer.GroupID) == "" && peer.GroupRef == nil && aws.ToString(peer.GroupName) != "" {
				names = append(names, *peer.GroupName)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
