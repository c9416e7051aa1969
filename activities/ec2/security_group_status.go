package ec2

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// knownRuleIDs finds the ids of the group's rules in AWS's earlier answers of this pass and in the
// object's status. The result is complete if it found all of them.
func knownRuleIDs(have []rule, status []byte, done []resource.Done) (ids map[grant]string, complete bool) {
	var answered []types.SecurityGroupRule
	for _, d := range done {
		if d.Verb != string(authorizeIngress.Verb) && d.Verb != string(authorizeEgress.Verb) {
			continue
		}
		var out struct{ SecurityGroupRules []types.SecurityGroupRule }
		if json.Unmarshal(d.Output, &out) == nil { // otherwise AWS is asked
			answered = append(answered, out.SecurityGroupRules...)
		}
	}
	ids = answeredRuleIDs(answered)
	fresh := map[string]bool{}
	for _, id := range ids {
		fresh[id] = true
	}
	var shown ec2v1alpha1.SecurityGroupStatus
	_ = json.Unmarshal(status, &shown) // without a status, AWS is asked
	old := map[look][]string{}
	for _, r := range shown.Rules {
		if id := aws.ToString(r.SecurityGroupRuleID); id != "" && !fresh[id] {
			old[lookOfShown(r)] = append(old[lookOfShown(r)], id)
		}
	}
	alike := map[look][]grant{}
	for _, r := range have {
		if ids[r.grant] == "" {
			alike[lookOf(r)] = append(alike[lookOf(r)], r.grant)
		}
	}
	complete = true
	for l, grants := range alike {
		if len(grants) != len(old[l]) {
			complete = false
			continue
		}
		for i, g := range grants {
			ids[g] = old[l][i]
		}
	}
	return ids, complete
}

// answeredRuleIDs returns the ids of the rules that AWS names.
func answeredRuleIDs(answered []types.SecurityGroupRule) map[grant]string {
	ids := map[grant]string{}
	for _, r := range answered {
		protocol := protocolName(aws.ToString(r.IpProtocol))
		from, to := canonicalPorts(protocol, r.FromPort, r.ToPort)
		g := grant{
			egress: aws.ToBool(r.IsEgress), protocol: protocol, from: from, to: to,
			prefixList: aws.ToString(r.PrefixListId),
		}
		if block := aws.ToString(r.CidrIpv4) + aws.ToString(r.CidrIpv6); block != "" {
			g.cidr = cidr.Network(block)
		}
		if r.ReferencedGroupInfo != nil {
			g.group = aws.ToString(r.ReferencedGroupInfo.GroupId)
		}
		ids[g] = aws.ToString(r.SecurityGroupRuleId)
	}
	return ids
}

// look is what a status shows of a rule. It has no field for a peer group. Rules for several groups
// differ only by their descriptions; if those are equal, any assignment of their ids is right.
type look struct {
	grant
	description string
}

const someGroup = "some group"

func lookOf(r rule) look {
	if r.group == "" {
		return look{grant: r.grant}
	}
	g := r.traffic()
	g.group = someGroup
	return look{g, r.description}
}

func lookOfShown(r *ec2v1alpha1.SecurityGroupRule) look {
	g := grant{
		egress: aws.ToBool(r.IsEgress), protocol: aws.ToString(r.IPProtocol),
		from: int32(aws.ToInt64(r.FromPort)), to: int32(aws.ToInt64(r.ToPort)),
		cidr: aws.ToString(r.CIDRIPv4) + aws.ToString(r.CIDRIPv6), prefixList: aws.ToString(r.PrefixListID),
	}
	if g.cidr+g.prefixList != "" {
		return look{grant: g}
	}
	g.group = someGroup
	return look{g, aws.ToString(r.Description)}
}

// shownRule returns a rule as the status shows it.
func shownRule(r rule, id string) *ec2v1alpha1.SecurityGroupRule {
	v4, v6 := r.cidr, ""
	if strings.Contains(r.cidr, ":") {
		v4, v6 = "", r.cidr
	}
	return &ec2v1alpha1.SecurityGroupRule{
		SecurityGroupRuleID: optional.Of(id),
		IsEgress:            aws.Bool(r.egress),
		IPProtocol:          aws.String(r.protocol),
		FromPort:            aws.Int64(int64(r.from)),
		ToPort:              aws.Int64(int64(r.to)),
		CIDRIPv4:            optional.Of(v4),
		CIDRIPv6:            optional.Of(v6),
		PrefixListID:        optional.Of(r.prefixList),
		Description:         optional.Of(r.description),
	}
}
