package gateway

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func tcp(port int32, cidrs ...string) []types.IpPermission {
	p := types.IpPermission{IpProtocol: aws.String("tcp"), FromPort: &port, ToPort: &port}
	for _, cidr := range cidrs {
		p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: &cidr})
	}
	return []types.IpPermission{p}
}

func (a *account) rules(group string) []types.SecurityGroupRule {
	a.t.Helper()
	out := must[*ec2.DescribeSecurityGroupRulesOutput](a)(a.ec2.DescribeSecurityGroupRules(a.ctx(), &ec2.DescribeSecurityGroupRulesInput{Filters: filter("group-id", group)}))
	return out.SecurityGroupRules
}

func (a *account) authorize(group string, permissions ...types.IpPermission) ([]types.SecurityGroupRule, error) {
	out, err := a.ec2.AuthorizeSecurityGroupIngress(a.ctx(), &ec2.AuthorizeSecurityGroupIngressInput{
		GroupId: &group, IpPermissions: permissions, TagSpecifications: tags("security-group-rule", "k", "v"),
	})
	if err != nil {
		return nil, err
	}
	return out.SecurityGroupRules, nil
}

func TestAuthorizeAnswersWithAllRules(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	group, peer := a.group(vpc, "group"), a.group(vpc, "peer")
	permissions := append(tcp(443, "10.1.2.3/8", "192.168.0.0/16"), types.IpPermission{
		IpProtocol:       aws.String("6"),
		FromPort:         aws.Int32(80),
		ToPort:           aws.Int32(81),
		UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: &peer, Description: aws.String("from peer")}},
		Ipv6Ranges:       []types.Ipv6Range{{CidrIpv6: aws.String("2001:DB8:0::/32"), Description: aws.String("six")}},
	}, types.IpPermission{IpProtocol: aws.String("50"), IpRanges: []types.IpRange{{CidrIp: aws.String("10.0.0.0/8")}}},
		types.IpPermission{IpProtocol: aws.String("icmpv6"), Ipv6Ranges: []types.Ipv6Range{{CidrIpv6: aws.String("2001:db8::/32")}}})
	rules := must[[]types.SecurityGroupRule](a)(a.authorize(group, permissions...))
	got := map[string]string{}
	for _, r := range rules {
		target := aws.ToString(r.CidrIpv4) + aws.ToString(r.CidrIpv6)
		if r.ReferencedGroupInfo != nil {
			target = *r.ReferencedGroupInfo.GroupId
		}
		got[fmt.Sprintf("%s %d-%d %s", *r.IpProtocol, *r.FromPort, *r.ToPort, target)] = aws.ToString(r.Description)
		if r.SecurityGroupRuleId == nil || *r.GroupOwnerId != a.id || *r.GroupId != group || *r.IsEgress || len(r.Tags) != 1 {
			t.Errorf("incomplete rule %+v", r)
		}
	}
	want := map[string]string{
		"tcp 443-443 10.0.0.0/8": "", "tcp 443-443 192.168.0.0/16": "", "tcp 80-81 2001:db8::/32": "six",
		"tcp 80-81 " + peer: "from peer", "50 -1--1 10.0.0.0/8": "", "icmpv6 -1--1 2001:db8::/32": "",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	a.checkPermissions(group, peer)
}

// checkPermissions checks the same rules in the older format of EC2.
func (a *account) checkPermissions(group, peer string) {
	a.t.Helper()
	out := must[*ec2.DescribeSecurityGroupsOutput](a)(a.ec2.DescribeSecurityGroups(a.ctx(), &ec2.DescribeSecurityGroupsInput{GroupIds: []string{group}}))
	for _, p := range out.SecurityGroups[0].IpPermissions {
		if *p.IpProtocol == "50" && p.FromPort != nil {
			a.t.Errorf("protocol 50 has ports: %+v", p)
		}
		for _, pair := range p.UserIdGroupPairs {
			if *pair.GroupId != peer || aws.ToString(pair.Description) != "from peer" || *pair.UserId != a.id {
				a.t.Errorf("the peer is %+v", pair)
			}
		}
	}
}

func TestAuthorizeIsAllOrNothing(t *testing.T) {
	a := newAccount(t)
	group := a.group(a.vpc(), "group")
	must[[]types.SecurityGroupRule](a)(a.authorize(group, tcp(443, "10.0.0.0/8")...))
	bad := func(change func(*types.IpPermission)) []types.IpPermission {
		p := tcp(90, "10.0.0.0/8")
		change(&p[0])
		return p
	}
	for name, c := range map[string]struct {
		permissions []types.IpPermission
		code        string
	}{
		"a duplicate":         {tcp(443, "10.0.0.0/8"), "InvalidPermission.Duplicate"},
		"a duplicate in text": {tcp(443, "10.9.9.9/8"), "InvalidPermission.Duplicate"},
		"the same twice":      {tcp(443, "10.9.0.0/16", "10.9.0.0/16"), "InvalidParameterValue"},
		"a bad CIDR":          {tcp(443, "10.0.0"), "InvalidParameterValue"},
		"no peer":             {tcp(443), "MissingParameter"},
		"from above to":       {bad(func(p *types.IpPermission) { p.ToPort = aws.Int32(80) }), "InvalidParameterValue"},
		"a port too high":     {bad(func(p *types.IpPermission) { p.ToPort = aws.Int32(65536) }), "InvalidParameterValue"},
		"no ports":            {bad(func(p *types.IpPermission) { p.FromPort, p.ToPort = nil, nil }), "InvalidParameterValue"},
		"ICMP without a type": {bad(func(p *types.IpPermission) { p.IpProtocol, p.FromPort, p.ToPort = aws.String("icmp"), nil, nil }), "InvalidParameterValue"},
		"an unknown protocol": {bad(func(p *types.IpPermission) { p.IpProtocol = aws.String("carrier-pigeon") }), "InvalidParameterValue"},
		"a bad description":   {bad(func(p *types.IpPermission) { p.IpRanges[0].Description = aws.String("<b>") }), "InvalidParameterValue"},
		"an unknown group": {bad(func(p *types.IpPermission) {
			p.UserIdGroupPairs = []types.UserIdGroupPair{{GroupId: aws.String("sg-0123456789abcdef0")}}
		}), "InvalidGroup.NotFound"},
		"an unknown prefix list": {bad(func(p *types.IpPermission) {
			p.PrefixListIds = []types.PrefixListId{{PrefixListId: aws.String("pl-0123456789abcdef0")}}
		}), "InvalidPrefixListID.NotFound"},
	} {
		_, err := a.authorize(group, append(tcp(8080, "10.0.0.0/8"), c.permissions...)...)
		a.wantRefused(name, err, http.StatusBadRequest, c.code)
	}
	if got := a.rules(group); len(got) != 2 {
		t.Errorf("refused batches left %d rules, want the two from before", len(got))
	}
}

func TestRuleQuota(t *testing.T) {
	a := newAccount(t)
	group := a.group(a.vpc(), "group")
	var cidrs []string
	for i := range 60 {
		cidrs = append(cidrs, fmt.Sprintf("10.0.%d.0/24", i))
	}
	must[[]types.SecurityGroupRule](a)(a.authorize(group, tcp(443, cidrs...)...))
	_, err := a.authorize(group, tcp(443, "10.1.0.0/24")...)
	a.wantRefused("rule 61", err, http.StatusBadRequest, "RulesPerSecurityGroupLimitExceeded")
	if err := a.SetQuota(t.Context(), Quota{Account: a.id, Name: QuotaRulesPerSecurityGroup, Value: 61}); err != nil {
		t.Fatal(err)
	}
	must[[]types.SecurityGroupRule](a)(a.authorize(group, tcp(443, "10.1.0.0/24")...))
	_, err = a.authorize(group, tcp(443, "10.2.0.0/24")...)
	a.wantRefused("rule 62", err, http.StatusBadRequest, "RulesPerSecurityGroupLimitExceeded")
}

func TestRevokeIsAllOrNothing(t *testing.T) {
	a := newAccount(t)
	group := a.group(a.vpc(), "group")
	described := tcp(443, "10.0.0.0/8")
	described[0].IpRanges[0].Description = aws.String("why")
	rules := must[[]types.SecurityGroupRule](a)(a.authorize(group, append(described, tcp(80, "10.0.0.0/8")...)...))
	in := &ec2.RevokeSecurityGroupIngressInput{GroupId: &group, IpPermissions: append(tcp(443, "10.0.0.0/8"), tcp(81, "10.0.0.0/8")...)}
	_, err := a.ec2.RevokeSecurityGroupIngress(a.ctx(), in)
	a.wantRefused("revoking what isn't there", err, http.StatusBadRequest, "InvalidPermission.NotFound")
	_, err = a.ec2.RevokeSecurityGroupEgress(a.ctx(), &ec2.RevokeSecurityGroupEgressInput{GroupId: &group, SecurityGroupRuleIds: []string{*rules[0].SecurityGroupRuleId}})
	a.wantRefused("revoking the other direction", err, http.StatusBadRequest, "InvalidSecurityGroupRuleId.NotFound")
	if got := a.rules(group); len(got) != 3 {
		t.Fatalf("refused revokes left %d rules, want 3", len(got))
	}
	in.IpPermissions = tcp(443, "10.0.0.0/8")
	out := must[*ec2.RevokeSecurityGroupIngressOutput](a)(a.ec2.RevokeSecurityGroupIngress(a.ctx(), in))
	if len(out.RevokedSecurityGroupRules) != 1 || *out.RevokedSecurityGroupRules[0].FromPort != 443 {
		t.Errorf("revoked %+v", out.RevokedSecurityGroupRules)
	}
	must[[]types.SecurityGroupRule](a)(a.authorize(group, described...))
}

func TestUpdateDescriptions(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	group, peer := a.group(vpc, "group"), a.group(vpc, "peer")
	pair := func(description string) []types.IpPermission {
		return []types.IpPermission{{IpProtocol: aws.String("-1"), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: &peer, Description: &description}}}}
	}
	id := must[[]types.SecurityGroupRule](a)(a.authorize(group, pair("old")...))[0].SecurityGroupRuleId
	must[*ec2.UpdateSecurityGroupRuleDescriptionsIngressOutput](a)(a.ec2.UpdateSecurityGroupRuleDescriptionsIngress(a.ctx(),
		&ec2.UpdateSecurityGroupRuleDescriptionsIngressInput{GroupId: &group, IpPermissions: pair("from peer")}))
	a.checkPermissions(group, peer)
	must[*ec2.UpdateSecurityGroupRuleDescriptionsIngressOutput](a)(a.ec2.UpdateSecurityGroupRuleDescriptionsIngress(a.ctx(),
		&ec2.UpdateSecurityGroupRuleDescriptionsIngressInput{GroupId: &group, SecurityGroupRuleDescriptions: []types.SecurityGroupRuleDescription{
			{SecurityGroupRuleId: id, Description: aws.String("by id")},
		}}))
	for _, r := range a.rules(group) {
		if !*r.IsEgress && (*r.Description != "by id" || *r.SecurityGroupRuleId != *id || *r.FromPort != -1) {
			t.Errorf("the rule is now %+v", r)
		}
	}
}
