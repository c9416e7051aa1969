package gateway

import (
	"encoding/xml"
	"fmt"
	"slices"
)

// showGroups corrects the permissions in moto's answer: descriptions of groups
// and prefix lists, and no ports where a protocol has none.
var showGroups = correction{
	before: func(x *exchange) *answer {
		for _, id := range x.list("GroupId") {
			if a := x.checkGroupID(id); a != nil {
				return a
			}
		}
		return x.groupsByTag()
	},
	after: func(x *exchange, a *answer) *answer {
		var r groupsResponse
		if err := xml.Unmarshal(a.body, &r); err != nil {
			return x.broken(fmt.Errorf("decoding moto's groups: %w", err))
		}
		for i := range r.Groups {
			g := &r.Groups[i]
			if slices.ContainsFunc(slices.Concat(g.Ingress, g.Egress), permission.needsRules) {
				if refusal := x.fillPermissions(g); refusal != nil {
					return refusal
				}
			}
		}
		r.XMLName, r.ID = x.root(), requestID()
		return &answer{status: 200, body: encode(r)}
	},
}

func (x *exchange) fillPermissions(g *securityGroup) *answer {
	ingress, refusal := x.rulesOf(g.ID, false)
	if refusal != nil {
		return refusal
	}
	egress, refusal := x.rulesOf(g.ID, true)
	if refusal != nil {
		return refusal
	}
	g.Ingress, g.Egress = permissions(ingress), permissions(egress)
	return nil
}

// needsRules tells the permissions that moto shows incompletely.
func (p permission) needsRules() bool {
	return len(p.Groups) > 0 || len(p.Prefixes) > 0 || (p.FromPort != nil && !hasPorts(p.Protocol))
}

func hasPorts(protocol string) bool {
	return slices.Contains([]string{"tcp", "udp", "icmp", "icmpv6"}, protocol)
}

// permissions groups rules of one direction the way DescribeSecurityGroups shows them.
func permissions(rules []*securityGroupRule) []permission {
	var out []permission
	index := map[string]int{}
	for _, r := range rules {
		key := fmt.Sprint(r.Protocol, " ", port(r.FromPort), " ", port(r.ToPort))
		at, ok := index[key]
		if !ok {
			at = len(out)
			index[key] = at
			p := permission{Protocol: r.Protocol}
			if hasPorts(r.Protocol) {
				p.FromPort, p.ToPort = r.FromPort, r.ToPort
			}
			out = append(out, p)
		}
		out[at].add(r)
	}
	return out
}

func (p *permission) add(r *securityGroupRule) {
	switch {
	case r.CIDRv4 != "":
		p.Ranges = append(p.Ranges, peer{CIDR: r.CIDRv4, Description: r.Description})
	case r.CIDRv6 != "":
		p.V6Ranges = append(p.V6Ranges, peer{CIDRv6: r.CIDRv6, Description: r.Description})
	case r.PrefixListID != "":
		p.Prefixes = append(p.Prefixes, peer{PrefixListID: r.PrefixListID, Description: r.Description})
	case r.Peer != nil:
		p.Groups = append(p.Groups, peer{GroupID: r.Peer.GroupID, UserID: r.Peer.UserID, Description: r.Description})
	}
}
