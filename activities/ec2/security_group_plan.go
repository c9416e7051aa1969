package ec2

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/room"
	"github.com/tack-dev/tack/activities/steps"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// ruleChange is the change for one direction of a group: the missing rules, those with another
// description, and the surplus ones.
type ruleChange struct{ missing, reworded, surplus []rule }

// planRules adds before it removes, so that no traffic is cut off in between. While AWS refuses an
// addition, rules are removed only to make room in a full group.
func planRules(want ec2v1alpha1.SecurityGroupSpec, got *securityGroup, c kind.Case) []resource.Step {
	var changes, removing []resource.Step
	refused := false
	for _, egress := range []bool{false, true} {
		change := compareRules(want, got, c, egress)
		verb := string(authorizeIngress.Verb)
		if egress {
			verb = string(authorizeEgress.Verb)
		}
		if len(change.missing) > 0 {
			refused = refused || c.Refused(verb)
			adds := planAuthorize(c, verb, change.missing)
			changes = append(changes, makeRoom(c, adds, change, egress)...)
			changes = append(changes, adds...)
		}
		if len(change.reworded) > 0 {
			changes = append(changes, reword(c.ID, change.reworded))
		}
		if len(change.surplus) > 0 {
			removing = append(removing, steps.About(pathOf(change.surplus), revoke(c.ID, change.surplus))...)
		}
	}
	if refused {
		return changes
	}
	return append(changes, steps.At(1, removing...)...)
}

// makeRoom revokes as many rules as are missing from the group, if it is full. AWS counts rules for
// IPv4 and IPv6 separately, so rules of the missing family are revoked first.
// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
func makeRoom(c kind.Case, adds []resource.Step, change ruleChange, egress bool) []resource.Step {
	verb := string(revokeIngress.Verb)
	if egress {
		verb = string(revokeEgress.Verb)
	}
	missing := map[string]bool{}
	for _, r := range change.missing {
		missing[r.family()] = true
	}
	surplus := slices.Clone(change.surplus)
	slices.SortStableFunc(surplus, func(a, b rule) int {
		switch {
		case missing[a.family()] == missing[b.family()]:
			return 0
		case missing[a.family()]:
			return -1
		}
		return 1
	})
	return room.Make(c, adds, func(int) []resource.Step {
		if len(surplus) == 0 {
			return nil
		}
		return steps.About(pathOf(surplus), revoke(c.ID, surplus[:min(len(change.missing), len(surplus))]))
	}, verb)
}

// family returns the IP family of the peer; a peer that is not a CIDR block has none.
func (g grant) family() string {
	switch {
	case g.cidr == "":
		return ""
	case strings.Contains(g.cidr, ":"):
		return "IPv6"
	}
	return "IPv4"
}

func compareRules(want ec2v1alpha1.SecurityGroupSpec, got *securityGroup, c kind.Case, egress bool) (change ruleChange) {
	has, wanted := map[grant]rule{}, map[grant]bool{}
	for _, r := range got.rules() {
		has[r.grant] = r
	}
	for _, r := range wantedRules(want, c.ID, got.names) {
		wanted[r.grant] = true
		if r.egress != egress {
			continue
		}
		switch old, there := has[r.grant]; {
		case !there:
			change.missing = append(change.missing, r)
		case old.description != r.description:
			change.reworded = append(change.reworded, r)
		}
	}
	open := unresolvedPeers(want)
	for _, r := range got.rules() {
		// A rule for a group may belong to a reference that is not resolved at present: it is kept
		// until that is known.
		if r.egress == egress && !wanted[r.grant] && (r.group == "" || !open[r.traffic()]) {
			change.surplus = append(change.surplus, r)
		}
	}
	return change
}

// traffic returns the grant without its peer.
func (g grant) traffic() grant {
	g.cidr, g.prefixList, g.group = "", "", ""
	return g
}

func authorize(id string, rules []rule) (step resource.Step) {
	summary, group, permissions := inWords("allow ", id, rules), aws.String(id), merge(rules)
	if rules[0].egress {
		step = authorizeEgress.Step(summary, awsec2.AuthorizeSecurityGroupEgressInput{GroupId: group, IpPermissions: permissions})
	} else {
		step = authorizeIngress.Step(summary, awsec2.AuthorizeSecurityGroupIngressInput{GroupId: group, IpPermissions: permissions})
	}
	step.Path = pathOf(rules)
	return step
}

// pathOf returns where the spec has the rules of one direction: the rule, or the item that contains
// all of them, or the list.
func pathOf(rules []rule) string {
	list := "spec.ingressRules"
	if rules[0].egress {
		list = "spec.egressRules"
	}
	item, _, wanted := strings.Cut(rules[0].path, "].")
	for _, r := range rules {
		wanted = wanted && strings.HasPrefix(r.path, item+"].")
	}
	switch {
	case !wanted || !strings.HasPrefix(item, list):
		return list
	case len(rules) == 1:
		return rules[0].path
	}
	return item + "]"
}

func reword(id string, rules []rule) (step resource.Step) {
	summary, group, permissions := inWords("describe ", id, rules), aws.String(id), merge(rules)
	if rules[0].egress {
		step = describeEgress.Step(summary, awsec2.UpdateSecurityGroupRuleDescriptionsEgressInput{GroupId: group, IpPermissions: permissions})
	} else {
		step = describeIngress.Step(summary, awsec2.UpdateSecurityGroupRuleDescriptionsIngressInput{GroupId: group, IpPermissions: permissions})
	}
	step.Path = pathOf(rules)
	return step
}

func revoke(id string, rules []rule) resource.Step {
	rules = undescribed(rules)
	summary, group, permissions := inWords("revoke ", id, rules), aws.String(id), merge(rules)
	if rules[0].egress {
		return revokeEgress.Step(summary, awsec2.RevokeSecurityGroupEgressInput{GroupId: group, IpPermissions: permissions})
	}
	return revokeIngress.Step(summary, awsec2.RevokeSecurityGroupIngressInput{GroupId: group, IpPermissions: permissions})
}

// undescribed returns the rules without descriptions, which do not distinguish rules.
func undescribed(rules []rule) (out []rule) {
	for _, r := range rules {
		p := &r.request
		p.IpRanges, p.Ipv6Ranges = slices.Clone(p.IpRanges), slices.Clone(p.Ipv6Ranges)
		p.PrefixListIds, p.UserIdGroupPairs = slices.Clone(p.PrefixListIds), slices.Clone(p.UserIdGroupPairs)
		for i := range p.IpRanges {
			p.IpRanges[i].Description = nil
		}
		for i := range p.Ipv6Ranges {
			p.Ipv6Ranges[i].Description = nil
		}
		for i := range p.PrefixListIds {
			p.PrefixListIds[i].Description = nil
		}
		for i := range p.UserIdGroupPairs {
			p.UserIdGroupPairs[i].Description = nil
		}
		out = append(out, r)
	}
	return out
}

// revokeAll revokes rules of both directions, one batch each.
func revokeAll(id string, rules []rule) (steps []resource.Step) {
	for _, egress := range []bool{false, true} {
		var batch []rule
		for _, r := range rules {
			if r.egress == egress {
				batch = append(batch, r)
			}
		}
		if len(batch) > 0 {
			steps = append(steps, revoke(id, batch))
		}
	}
	return steps
}

// merge puts the rules of one direction into as few permissions as possible.
func merge(rules []rule) []types.IpPermission {
	at := map[grant]int{}
	var out []types.IpPermission
	for _, r := range rules {
		i, there := at[r.traffic()]
		if !there {
			at[r.traffic()] = len(out)
			out = append(out, r.request)
			continue
		}
		p := &out[i]
		p.IpRanges = append(p.IpRanges, r.request.IpRanges...)
		p.Ipv6Ranges = append(p.Ipv6Ranges, r.request.Ipv6Ranges...)
		p.PrefixListIds = append(p.PrefixListIds, r.request.PrefixListIds...)
		p.UserIdGroupPairs = append(p.UserIdGroupPairs, r.request.UserIdGroupPairs...)
	}
	return out
}

// maxSummary is the room for a summary; Temporal's Web UI shows it on one line.
const maxSummary = 180

// inWords returns a summary: "allow tcp 443 from 10.0.0.0/8, tcp 80 from itself".
func inWords(doing, own string, rules []rule) string {
	out := doing
	for i, r := range rules {
		words := r.words(own)
		if i > 0 && len(out)+len(words) > maxSummary {
			return fmt.Sprintf("%s and %d more", out, len(rules)-i)
		}
		if i > 0 {
			out += ", "
		}
		out += words
	}
	return out
}

func (g grant) words(own string) string {
	var traffic string
	switch {
	case g.protocol == "-1":
		traffic = "all traffic"
	case strings.HasPrefix(g.protocol, "icmp") && g.from != allPorts:
		traffic = fmt.Sprintf("%s type %d", g.protocol, g.from)
		if g.to != allPorts {
			traffic += fmt.Sprintf(" code %d", g.to)
		}
	case g.protocol == "tcp", g.protocol == "udp":
		traffic = fmt.Sprintf("%s %d", g.protocol, g.from)
		if g.from != g.to {
			traffic += fmt.Sprintf("-%d", g.to)
		}
	case strings.HasPrefix(g.protocol, "icmp"):
		traffic = g.protocol
	default:
		traffic = "protocol " + g.protocol
	}
	way := " from "
	if g.egress {
		way = " to "
	}
	peer := g.cidr + g.prefixList + g.group
	if peer == own {
		peer = "itself"
	}
	return traffic + way + peer
}
