package ec2

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/plantest"
)

var groupKind = definition[ec2v1alpha1.SecurityGroupSpec, securityGroup](SecurityGroup())

// spec decodes a spec in the form in which a person writes it.
func spec[W any](t *testing.T, text string) W {
	t.Helper()
	return plantest.Read[W](t, text)
}

// described describes steps in short: stage, verb, path, summary.
func described(steps []resource.Step) []string {
	return plantest.Describe(steps)
}

const groupHead = "{name: web, description: the web, vpcID: vpc-1}\n"

// groupSpec returns a spec with those rules.
func groupSpec(t *testing.T, rules string) ec2v1alpha1.SecurityGroupSpec {
	t.Helper()
	want := spec[ec2v1alpha1.SecurityGroupSpec](t, groupHead)
	if err := yaml.UnmarshalStrict([]byte(rules), &want); err != nil {
		t.Fatalf("reading the rules: %v\n%s", err, rules)
	}
	return want
}

// gotGroup returns a group that matches groupHead, with permissions as AWS shows them.
func gotGroup(in, out []types.IpPermission) *securityGroup {
	return &securityGroup{SecurityGroup: types.SecurityGroup{
		GroupId: aws.String("sg-1"), GroupName: aws.String("web"), Description: aws.String("the web"), VpcId: aws.String("vpc-1"),
		OwnerId: aws.String("111122223333"), Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
		IpPermissions: in, IpPermissionsEgress: out,
	}}
}

func ports(protocol string, from, to int32) types.IpPermission {
	return types.IpPermission{IpProtocol: aws.String(protocol), FromPort: aws.Int32(from), ToPort: aws.Int32(to)}
}

func fromCIDR(p types.IpPermission, cidrs ...string) types.IpPermission {
	for _, text := range cidrs {
		cidr, description, _ := strings.Cut(text, " ")
		p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: aws.String(cidr), Description: optional.Of(description)})
	}
	return p
}

func fromGroup(p types.IpPermission, ids ...string) types.IpPermission {
	for _, id := range ids {
		p.UserIdGroupPairs = append(p.UserIdGroupPairs, types.UserIdGroupPair{GroupId: aws.String(id), UserId: aws.String("111122223333")})
	}
	return p
}

// groupCase returns the case of sg-1.
func groupCase(refused ...string) kind.Case {
	c := kind.Case{ID: "sg-1", Tags: map[string]string{"env": "dev"}, Target: resource.Target{AccountID: "111122223333"}}
	for _, text := range refused {
		verb, class, _ := strings.Cut(text, " ")
		if class == "" {
			class = string(resource.Invalid)
		}
		c.Failures = append(c.Failures, resource.Failure{Step: resource.Step{Verb: verb}, Class: resource.Class(class)})
	}
	return c
}

func TestPlanGroup(t *testing.T) {
	https := fromCIDR(ports("tcp", 443, 443), "10.0.0.0/8")
	for name, test := range map[string]struct {
		rules string
		got   *securityGroup
		c     kind.Case
		want  []string
	}{
		"new without rules": {
			rules: `{}`, c: kind.Case{ID: resource.NewID},
			want: []string{"0 RevokeEgress: revoke all traffic to 0.0.0.0/0 (spec.egressRules)"},
		},
		"new with rules": {
			rules: `{ingressRules: [{ipProtocol: tcp, fromPort: 443, toPort: 443, ipRanges: [{cidrIP: 10.0.0.0/8}]},
				{ipProtocol: udp, fromPort: 1, toPort: 9, userIDGroupPairs: [{groupID: "` + resource.NewID + `"}]}],
				egressRules: [{ipProtocol: icmp, fromPort: 8, toPort: -1, ipv6Ranges: [{cidrIPv6: "::/0"}]}]}`,
			c: kind.Case{ID: resource.NewID},
			want: []string{
				"0 AuthorizeIngress: allow tcp 443 from 10.0.0.0/8, udp 1-9 from itself (spec.ingressRules)",
				"0 AuthorizeEgress: allow icmp type 8 to ::/0 (spec.egressRules[0].ipv6Ranges[0])",
				"0 RevokeEgress: revoke all traffic to 0.0.0.0/0 (spec.egressRules)",
			},
		},
		"new that wants the default rule": {
			rules: `{egressRules: [{ipProtocol: all, ipRanges: [{cidrIP: 1.2.3.4/0}]}]}`, c: kind.Case{ID: resource.NewID},
		},
		"nothing to do after AWS's forms, order and bundling": {
			rules: `{ingressRules: [
				{ipProtocol: "17", fromPort: 53, toPort: 53, ipRanges: [{cidrIP: 10.1.2.3/8}]},
				{ipProtocol: TCP, fromPort: 443, toPort: 443, ipRanges: [{cidrIP: 10.0.0.0/8}]},
				{ipProtocol: "6", fromPort: 443, toPort: 443, userIDGroupPairs: [{groupID: "` + resource.NewID + `"}, {groupID: sg-2, userID: "111122223333"}]},
				{ipProtocol: "1", ipv6Ranges: [{cidrIPv6: "2001:DB8:0::1/32"}]},
				{ipProtocol: "50", fromPort: 3, toPort: 4, prefixListIDs: [{prefixListID: pl-1}]}],
				egressRules: [{ipProtocol: "-1", fromPort: 0, toPort: 65535, ipRanges: [{cidrIP: 0.0.0.0/0, description: ""}]}]}`,
			got: gotGroup([]types.IpPermission{
				fromGroup(fromCIDR(ports("tcp", 443, 443), "10.0.0.0/8"), "sg-2", "sg-1"),
				{IpProtocol: aws.String("50"), PrefixListIds: []types.PrefixListId{{PrefixListId: aws.String("pl-1")}}},
				{IpProtocol: aws.String("icmp"), FromPort: aws.Int32(-1), ToPort: aws.Int32(-1), Ipv6Ranges: []types.Ipv6Range{{CidrIpv6: aws.String("2001:db8::/32")}}},
				fromCIDR(ports("udp", 53, 53), "10.0.0.0/8"),
			}, []types.IpPermission{fromCIDR(types.IpPermission{IpProtocol: aws.String("-1")}, "0.0.0.0/0")}),
			c: groupCase(),
		},
		"one rule changed: add, then remove": {
			rules: `{ingressRules: [{ipProtocol: tcp, fromPort: 8443, toPort: 8443, ipRanges: [{cidrIP: 10.0.0.0/8}]}]}`,
			got:   gotGroup([]types.IpPermission{https}, nil), c: groupCase(),
			want: []string{
				"0 AuthorizeIngress: allow tcp 8443 from 10.0.0.0/8 (spec.ingressRules[0].ipRanges[0])",
				"1 RevokeIngress: revoke tcp 443 from 10.0.0.0/8 (spec.ingressRules)",
			},
		},
		"a duplicate in the spec": {
			rules: `{ingressRules: [{ipProtocol: tcp, fromPort: 443, toPort: 443, ipRanges: [{cidrIP: 10.0.0.0/8}, {cidrIP: 10.9.9.9/8}]}]}`,
			got:   gotGroup([]types.IpPermission{https}, nil), c: groupCase(),
		},
		"a description changed": {
			rules: `{ingressRules: [{ipProtocol: tcp, fromPort: 443, toPort: 443, ipRanges: [{cidrIP: 10.0.0.0/8, description: all of us}]}]}`,
			got:   gotGroup([]types.IpPermission{https}, nil), c: groupCase(),
			want: []string{"0 UpdateRuleDescriptionsIngress: describe tcp 443 from 10.0.0.0/8 (spec.ingressRules[0].ipRanges[0])"},
		},
		"a description taken away": {
			rules: `{egressRules: [{ipProtocol: tcp, fromPort: 443, toPort: 443, ipRanges: [{cidrIP: 10.0.0.0/8}]}]}`,
			got:   gotGroup(nil, []types.IpPermission{fromCIDR(ports("tcp", 443, 443), "10.0.0.0/8 all of us")}), c: groupCase(),
			want: []string{"0 UpdateRuleDescriptionsEgress: describe tcp 443 to 10.0.0.0/8 (spec.egressRules[0].ipRanges[0])"},
		},
		"all is there although a batch was refused": {
			rules: `{ingressRules: [{ipProtocol: tcp, fromPort: 443, toPort: 443, ipRanges: [{cidrIP: 10.0.0.0/8}]}]}`,
			got:   gotGroup([]types.IpPermission{https, fromCIDR(ports("tcp", 80, 80), "10.0.0.0/8")}, nil), c: groupCase("AuthorizeIngress Exists"),
			want: []string{"1 RevokeIngress: revoke tcp 80 from 10.0.0.0/8 (spec.ingressRules)"},
		},
		"unresolved peer: left out, and what may be it is kept": {
			rules: `{ingressRules: [{ipProtocol: tcp, fromPort: 80, toPort: 80, userIDGroupPairs: [{groupRef: {from: {name: peer}}}]}]}`,
			got: gotGroup([]types.IpPermission{
				fromGroup(fromCIDR(ports("tcp", 80, 80), "10.0.0.0/8"), "sg-7"), fromGroup(ports("tcp", 81, 81), "sg-7"),
			}, nil), c: groupCase(),
			want: []string{"1 RevokeIngress: revoke tcp 80 from 10.0.0.0/8, tcp 81 from sg-7 (spec.ingressRules)"},
		},
		"a tag's value changed, another one gone": {
			rules: `{}`, got: gotGroup(nil, nil), c: kind.Case{ID: "sg-1", Tags: map[string]string{"team": "a"}},
			want: []string{"0 Tag: tag team=a (spec.tags)", "1 Untag: remove the tags env (spec.tags)"},
		},
		"AWS's own tags are left alone": {
			rules: `{}`, c: groupCase(),
			got: func() *securityGroup {
				g := gotGroup(nil, nil)
				g.Tags = append(g.Tags, types.Tag{Key: aws.String("aws:cloudformation:stack-name"), Value: aws.String("s")})
				return g
			}(),
		},
	} {
		t.Run(name, func(t *testing.T) {
			draft := groupKind.Draft(groupSpec(t, test.rules), test.got, test.c)
			if diff := cmp.Diff(test.want, described(draft.Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if len(draft.Notes) > 0 {
				t.Errorf("notes %v", draft.Notes)
			}
		})
	}
}

func TestGroupRequests(t *testing.T) {
	want := groupSpec(t, `{ingressRules: [
		{ipProtocol: tcp, fromPort: 443, toPort: 443, ipRanges: [{cidrIP: 10.1.2.3/8, description: all}]},
		{ipProtocol: "-1", fromPort: 0, toPort: 0, userIDGroupPairs: [{groupID: "`+resource.NewID+`"}, {groupName: db}]},
		{ipProtocol: "6", fromPort: 443, toPort: 443, ipRanges: [{cidrIP: 192.168.0.0/16}]}]}`)
	c := kind.Case{ID: resource.NewID}
	create := groupKind.Create(want, kind.Making{Tags: map[string]string{"b": "2", "a": "1"}})
	var got []string
	for _, step := range append([]resource.Step{create}, groupKind.Draft(want, nil, c).Steps...) {
		got = append(got, step.Verb+" "+string(step.WithID("sg-1").Input))
	}
	if diff := cmp.Diff([]string{
		`Create {"Description":"the web","GroupName":"web","TagSpecifications":[{"ResourceType":"security-group","Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}]}],"VpcId":"vpc-1"}`,
		`AuthorizeIngress {"GroupId":"sg-1","IpPermissions":[` +
			`{"FromPort":443,"IpProtocol":"tcp","IpRanges":[{"CidrIp":"10.0.0.0/8","Description":"all"},{"CidrIp":"192.168.0.0/16"}],"ToPort":443},` +
			`{"IpProtocol":"-1","UserIdGroupPairs":[{"GroupId":"sg-1"},{"GroupName":"db"}]}]}`,
		`RevokeEgress {"GroupId":"sg-1","IpPermissions":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}]}`,
	}, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestPeerByName(t *testing.T) {
	want := groupSpec(t, `{ingressRules: [{ipProtocol: "-1", userIDGroupPairs: [{groupName: db}]}]}`)
	got := gotGroup([]types.IpPermission{fromGroup(types.IpPermission{IpProtocol: aws.String("-1")}, "sg-5")}, nil)
	got.names = map[string]string{"db": "sg-5"}
	if steps := described(groupKind.Draft(want, got, groupCase()).Steps); steps != nil {
		t.Errorf("a rule by name that is there gives %v", steps)
	}
}

func TestSummaryIsCapped(t *testing.T) {
	var rules []rule
	for i := range 20 {
		rules = append(rules, rule{grant: grant{protocol: "tcp", from: 443, to: 443, cidr: fmt.Sprintf("10.%d.0.0/16", i)}})
	}
	got := inWords("allow ", "sg-1", rules)
	if len(got) > 200 || !strings.HasSuffix(got, "and 14 more") {
		t.Errorf("%d characters: %s", len(got), got)
	}
}

func TestGroupNotes(t *testing.T) {
	want := groupSpec(t, `{name: other, description: else, vpcID: vpc-2, ingressRules: [{ipProtocol: "-1", ipRanges: [{cidrIP: 10.0.0.0/8}]}]}`)
	draft := groupKind.Draft(want, gotGroup(nil, nil), groupCase())
	if diff := cmp.Diff([]string{
		`spec.name: AWS cannot change it; make a new object, or put back "web"`,
		`spec.description: AWS cannot change it; make a new object, or put back "the web"`,
		`spec.vpcID: AWS cannot change it; make a new object, or put back "vpc-1"`,
	}, draft.Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	if len(draft.Steps) != 1 {
		t.Errorf("the rest of the change is not applied: %v", described(draft.Steps))
	}
}

func TestUnplanGroup(t *testing.T) {
	got := gotGroup(
		[]types.IpPermission{fromGroup(fromCIDR(ports("tcp", 80, 80), "10.0.0.0/8"), "sg-1", "sg-2")},
		[]types.IpPermission{fromGroup(ports("tcp", 90, 90), "sg-3")})
	if diff := cmp.Diff([]string{
		"0 RevokeIngress: revoke tcp 80 from sg-2",
		"0 RevokeEgress: revoke tcp 90 to sg-3",
		"1 Delete: delete security group sg-1",
	}, described(unplanGroup(got))); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(`{"Resources":["sg-1"],"Tags":[{"Key":"a"},{"Key":"b"}]}`, string(tags.Calls.Remove("sg-1", []string{"a", "b"}).Input)); diff != "" {
		t.Errorf("untag (-want +got):\n%s", diff)
	}
}

func TestRuleIDs(t *testing.T) {
	got := gotGroup([]types.IpPermission{
		fromGroup(fromCIDR(ports("tcp", 80, 80), "10.0.0.0/8"), "sg-2", "sg-3"),
		fromCIDR(ports("tcp", 81, 81), "10.0.0.0/8"),
	}, nil)
	answer := func(id, group, cidr string) types.SecurityGroupRule {
		r := types.SecurityGroupRule{
			SecurityGroupRuleId: aws.String(id), IpProtocol: aws.String("tcp"), FromPort: aws.Int32(80), ToPort: aws.Int32(80),
			IsEgress: aws.Bool(false), CidrIpv4: optional.Of(cidr),
		}
		if group != "" {
			r.ReferencedGroupInfo = &types.ReferencedSecurityGroup{GroupId: aws.String(group)}
		}
		return r
	}
	shown := func(rules ...string) []byte {
		var status ec2v1alpha1.SecurityGroupStatus
		for _, line := range rules {
			var id, cidr string
			var port int64
			_, _ = fmt.Sscan(line, &id, &port, &cidr)
			status.Rules = append(status.Rules, &ec2v1alpha1.SecurityGroupRule{
				SecurityGroupRuleID: aws.String(id), IPProtocol: aws.String("tcp"), IsEgress: aws.Bool(false),
				FromPort: aws.Int64(port), ToPort: aws.Int64(port), CIDRIPv4: optional.Of(cidr),
			})
		}
		raw, err := json.Marshal(status)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	answered := func(rules ...types.SecurityGroupRule) []resource.Done {
		raw, err := json.Marshal(map[string]any{"SecurityGroupRules": rules})
		if err != nil {
			t.Fatal(err)
		}
		return []resource.Done{{Verb: "AuthorizeIngress", Output: raw}}
	}
	for name, test := range map[string]struct {
		status   []byte
		done     []resource.Done
		complete bool
	}{
		"nothing known":           {},
		"all in the status":       {shown("a 80", "b 80", "c 80 10.0.0.0/8", "d 81 10.0.0.0/8"), nil, true},
		"one missing":             {shown("a 80", "b 80", "c 80 10.0.0.0/8"), nil, false},
		"one answered":            {shown("a 80", "b 80", "d 81 10.0.0.0/8"), answered(answer("c", "", "10.0.0.0/8")), true},
		"one peer answered":       {shown("b 80", "c 80 10.0.0.0/8", "d 81 10.0.0.0/8"), answered(answer("a", "sg-2", "")), true},
		"peers that look alike":   {shown("a 80", "b 80", "x 80", "c 80 10.0.0.0/8", "d 81 10.0.0.0/8"), nil, false},
		"an old one in the place": {shown("x 80", "b 80", "c 80 10.0.0.0/8", "d 81 10.0.0.0/8"), answered(answer("a", "sg-2", "")), false},
		"answered and shown":      {shown("a 80", "b 80", "c 80 10.0.0.0/8", "d 81 10.0.0.0/8"), answered(answer("a", "sg-2", "")), true},
	} {
		t.Run(name, func(t *testing.T) {
			ids, complete := knownRuleIDs(got.rules(), test.status, test.done)
			if complete != test.complete {
				t.Fatalf("complete is %t: %v", complete, ids)
			}
			if !complete {
				return
			}
			seen := map[string]bool{}
			for _, r := range got.rules() {
				seen[ids[r.grant]] = true
			}
			if diff := cmp.Diff(map[string]bool{"a": true, "b": true, "c": true, "d": true}, seen); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
		})
	}
}

func TestGroupStatus(t *testing.T) {
	got := gotGroup([]types.IpPermission{fromCIDR(ports("tcp", 80, 80), "10.0.0.0/8 all")}, []types.IpPermission{{
		IpProtocol: aws.String("-1"), Ipv6Ranges: []types.Ipv6Range{{CidrIpv6: aws.String("::/0")}},
	}})
	got.ruleIDs = map[grant]string{got.rules()[0].grant: "sgr-1"}
	if diff := cmp.Diff(ec2v1alpha1.SecurityGroupStatus{
		ID: aws.String("sg-1"),
		Rules: []*ec2v1alpha1.SecurityGroupRule{
			{
				SecurityGroupRuleID: aws.String("sgr-1"), IsEgress: aws.Bool(false), IPProtocol: aws.String("tcp"), FromPort: aws.Int64(80), ToPort: aws.Int64(80),
				CIDRIPv4: aws.String("10.0.0.0/8"), Description: aws.String("all"),
			},
			{IsEgress: aws.Bool(true), IPProtocol: aws.String("-1"), FromPort: aws.Int64(-1), ToPort: aws.Int64(-1), CIDRIPv6: aws.String("::/0")},
		},
	}, groupKind.Status(got)); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
}
