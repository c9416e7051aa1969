package ec2

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fieldtest"
	"github.com/tack-dev/tack/test/plantest"
)

// shownACLEntry returns an entry as AWS shows it.
func shownACLEntry(number int32, egress bool, action types.RuleAction, protocol, block string) types.NetworkAclEntry {
	return types.NetworkAclEntry{RuleNumber: &number, Egress: &egress, RuleAction: action, Protocol: &protocol, CidrBlock: &block}
}

func entryWithPorts(number int32, egress bool, from, to int32) types.NetworkAclEntry {
	e := shownACLEntry(number, egress, types.RuleActionAllow, "6", "10.1.0.0/16")
	e.PortRange = &types.PortRange{From: &from, To: &to}
	return e
}

// gotACL returns an ACL that some subnets use, with AWS's own entries.
func gotACL(entries []types.NetworkAclEntry, subnets ...string) *networkACL {
	got := &networkACL{
		NetworkAcl: types.NetworkAcl{
			NetworkAclId: aws.String("acl-1"), VpcId: aws.String("vpc-1"), OwnerId: aws.String("111122223333"), IsDefault: aws.Bool(false),
			Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}}, Entries: entries,
		},
		elsewhere: map[string]string{}, claimed: claimed{}, defaultACL: aws.String("acl-0"),
	}
	for _, egress := range []bool{false, true} {
		got.Entries = append(got.Entries, shownACLEntry(32767, egress, types.RuleActionDeny, "-1", "0.0.0.0/0"))
	}
	for _, subnet := range subnets {
		got.Associations = append(got.Associations, types.NetworkAclAssociation{NetworkAclAssociationId: aws.String("aclassoc-of-" + subnet), NetworkAclId: got.NetworkAclId, SubnetId: aws.String(subnet)})
	}
	return got
}

// has lets another ACL have subnets; owner is its owner tag.
func (n *networkACL) has(owner string, subnets ...string) *networkACL {
	for _, subnet := range subnets {
		n.elsewhere[subnet] = "aclassoc-old-" + subnet
		n.claimed.add(subnet, "acl-2", []types.Tag{{Key: aws.String(resource.TagOwner), Value: &owner}}, resource.Owner{})
	}
	return n
}

const (
	httpsEntry = `{ruleNumber: 100, egress: false, ruleAction: ALLOW, protocol: tcp, portRange: {from: 443, to: 443}, cidrBlock: 10.1.2.3/16}`
	pingEntry  = `{ruleNumber: 110, egress: true, ruleAction: allow, protocol: "58", icmpTypeCode: {type_: 128, code: -1}, ipv6CIDRBlock: "2001:DB8::1/32"}`
)

// The description has the words of a user, and no entry that AWS keeps itself.
func TestDescribedACL(t *testing.T) {
	entries := []types.NetworkAclEntry{
		entryWithPorts(100, false, 443, 443), shownACLEntry(120, true, types.RuleActionDeny, "-1", "0.0.0.0/0"), shownACLEntry(32766, true, types.RuleActionAllow, "50", "10.0.0.0/8"),
	}
	described := describedACL(gotACL(entries, "subnet-1", "subnet-2"))
	want := spec[ec2v1alpha1.NetworkACLSpec](t, `{vpcID: vpc-1, associations: [{subnetID: subnet-1}, {subnetID: subnet-2}], entries: [
		{ruleNumber: 100, egress: false, ruleAction: allow, protocol: tcp, portRange: {from: 443, to: 443}, cidrBlock: 10.1.0.0/16},
		{ruleNumber: 120, egress: true, ruleAction: deny, protocol: "-1", cidrBlock: 0.0.0.0/0}, {ruleNumber: 32766, egress: true, ruleAction: allow, protocol: "50", cidrBlock: 10.0.0.0/8}]}`)
	if diff := cmp.Diff(want, described); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if described = describedACL(gotACL(nil)); len(described.Entries) > 0 {
		t.Errorf("an ACL without entries has %d", len(described.Entries))
	}
}

func TestFieldsOfNetworkACL(t *testing.T) {
	ping := shownACLEntry(110, true, types.RuleActionAllow, "58", "")
	ping.CidrBlock, ping.Ipv6CidrBlock, ping.IcmpTypeCode = nil, aws.String("2001:db8::/32"), &types.IcmpTypeCode{Type: aws.Int32(128), Code: aws.Int32(-1)}
	got := gotACL([]types.NetworkAclEntry{entryWithPorts(100, false, 443, 443), ping}, "subnet-1").has("", "subnet-2")
	entry := func(fields string) string { return `{entries: [{` + fields + `}, ` + pingEntry + `]}` }
	const (
		looksFirst = "a look at the new ACL first says whether another object has the subnet"
		ofAWS      = "AWS chooses it, and a new one with each move"
		number     = `ruleNumber: 100, egress: false, `
		https      = `ruleAction: allow, protocol: tcp, portRange: {from: 443, to: 443}, `
		block      = `cidrBlock: 10.1.0.0/16`
	)
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.NetworkACLSpec, networkACL]{
		Kind: NetworkACL(),
		Base: `{vpcID: vpc-1, entries: [` + httpsEntry + `, ` + pingEntry + `], associations: [{subnetID: subnet-1}], tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"vpcID":                        `{vpcID: vpc-2}`,
			"entries[].cidrBlock":          entry(number + https + `cidrBlock: 10.2.0.0/16`),
			"entries[].egress":             entry(`ruleNumber: 100, egress: true, ` + https + block),
			"entries[].ipv6CIDRBlock":      entry(number + https + `ipv6CIDRBlock: "::/0"`),
			"entries[].portRange.from":     entry(number + `ruleAction: allow, protocol: tcp, portRange: {from: 442, to: 443}, ` + block),
			"entries[].portRange.to":       entry(number + `ruleAction: allow, protocol: tcp, portRange: {from: 443, to: 444}, ` + block),
			"entries[].protocol":           entry(number + `ruleAction: allow, protocol: udp, portRange: {from: 443, to: 443}, ` + block),
			"entries[].ruleAction":         entry(number + `ruleAction: deny, protocol: tcp, portRange: {from: 443, to: 443}, ` + block),
			"entries[].ruleNumber":         entry(`ruleNumber: 99, egress: false, ` + https + block),
			"entries[].icmpTypeCode.type_": `{entries: [` + httpsEntry + `, {ruleNumber: 110, egress: true, ruleAction: allow, protocol: icmpv6, icmpTypeCode: {type_: 129, code: -1}, ipv6CIDRBlock: "2001:db8::/32"}]}`,
			"entries[].icmpTypeCode.code":  `{entries: [` + httpsEntry + `, {ruleNumber: 110, egress: true, ruleAction: allow, protocol: icmpv6, icmpTypeCode: {type_: 128, code: 0}, ipv6CIDRBlock: "2001:db8::/32"}]}`,
			"associations[].subnetID":      `{associations: [{subnetID: subnet-2}]}`,
		},
		Unsent:    map[string]string{"associations[].subnetID": looksFirst, "associations[].networkACLID": ofAWS, "associations[].networkACLAssociationID": ofAWS},
		Unplanned: map[string]string{"associations[].networkACLID": ofAWS, "associations[].networkACLAssociationID": ofAWS},
		Unread:    map[string]string{"associations[].networkACLID": ofAWS, "associations[].networkACLAssociationID": ofAWS},
		ID:        "acl-1", Got: got,
		Check: map[string][]string{
			`{vpcID: ""}`: {"spec.vpcID: a network ACL needs a VPC: set vpcID or vpcRef"},
			`{vpcID: v, entries: [null, {}]}`: {
				"spec.entries[0]: is empty", "spec.entries[1].ruleNumber: is not set", "spec.entries[1].egress: is not set", "spec.entries[1].ruleAction: is not set",
				"spec.entries[1].protocol: is not set", "spec.entries[1].cidrBlock: names no block: set cidrBlock or ipv6CIDRBlock",
			},
			`{vpcID: v, entries: [` + httpsEntry + `, ` + httpsEntry + `]}`: {"spec.entries[1].ruleNumber: spec.entries[0] has the number 100 in the same direction"},
			`{vpcID: v, entries: [{ruleNumber: 32767, egress: true, ruleAction: deny, protocol: "-1", cidrBlock: 0.0.0.0/0}, {ruleNumber: 32768, egress: true, ruleAction: deny, protocol: all, ipv6CIDRBlock: "::/0"}]}`: nil,
			`{vpcID: v, entries: [{ruleNumber: 32767, egress: true, ruleAction: allow, protocol: "-1", cidrBlock: 0.0.0.0/0}, {ruleNumber: 0, egress: true, ruleAction: pass, protocol: ospf, cidrBlock: 10.0.0.0/8, ipv6CIDRBlock: "::/0"}]}`: {
				"spec.entries[0].ruleNumber: 32767: AWS allows 1 to 32766", "spec.entries[1].ipv6CIDRBlock: an entry has one block: write an entry for each", "spec.entries[1].ruleNumber: 0: AWS allows 1 to 32766",
				`spec.entries[1].protocol: "ospf" is not a protocol: set tcp, udp, icmp, icmpv6, a number from 0 to 255, or -1 for all`, `spec.entries[1].ruleAction: "pass": AWS allows allow and deny`,
			},
			`{vpcID: v, entries: [{` + number + `ruleAction: allow, protocol: "6", ` + block + `}, {ruleNumber: 2, egress: true, ruleAction: allow, protocol: "17", portRange: {from: 2, to: 1}, ` + block + `}]}`: {
				"spec.entries[0].portRange: tcp needs from and to", "spec.entries[1].portRange: 2 to 1: ports are 0 to 65535, the lower one first",
			},
			`{vpcID: v, entries: [{` + number + `ruleAction: allow, protocol: icmpv6, ipv6CIDRBlock: "::/0"}, {ruleNumber: 2, egress: true, ruleAction: allow, protocol: icmp, icmpTypeCode: {type_: 256, code: 0}, ` + block + `}]}`: {
				"spec.entries[0].icmpTypeCode: icmpv6 needs type_ and code; -1 means all", "spec.entries[1].icmpTypeCode: type 256 with code 0: each is 0 to 255, or -1 for all",
			},
			`{vpcID: v, entries: [{` + number + `ruleAction: allow, protocol: "50", ` + block + `}, {ruleNumber: 2, egress: true, ruleAction: allow, protocol: icmpv6, ` + block + `}]}`: nil,
			`{vpcID: v, associations: [null, {}, {subnetRef: {from: {name: a}}}]}`: {
				"spec.associations[0].subnetID: names no subnet: set subnetID or subnetRef", "spec.associations[1].subnetID: names no subnet: set subnetID or subnetRef",
			},
			`{vpcID: v, entries: [{` + number + https + `cidrBlock: "::/0"}, {ruleNumber: 2, egress: true, ` + https + `ipv6CIDRBlock: 10.0.0.0}]}`: {
				`spec.entries[0].cidrBlock: "::/0" is not an IPv4 block`, `spec.entries[1].ipv6CIDRBlock: "10.0.0.0" is not a CIDR block`,
			},
		},
	}.Run(t)
}

// AWS ignores ports and ICMP types for other protocols.
func TestAdviceForNetworkACL(t *testing.T) {
	want := spec[ec2v1alpha1.NetworkACLSpec](t, `{vpcID: vpc-1, entries: [`+httpsEntry+`, {protocol: "50", portRange: {from: 1, to: 2}}, {protocol: "-1", portRange: {from: 0, to: 65535}}, {protocol: "-1", portRange: {from: 0}}]}`)
	advice := adviseACL(want)
	if len(advice) != 1 || advice[0].Reason != resource.ReasonPortsIgnored || !strings.HasPrefix(advice[0].Message, "spec.entries[1]: AWS ignores portRange for protocol \"50\"") {
		t.Errorf("the advice is %+v", advice)
	}
}

func TestPlanNetworkACL(t *testing.T) {
	const from443 = `{vpcID: vpc-1, entries: [` + httpsEntry + `]`
	https := entryWithPorts(100, false, 443, 443)
	full := resource.Failure{Class: resource.Quota, Step: compareACL([]*ec2v1alpha1.NetworkACLEntry{spec[ec2v1alpha1.NetworkACLSpec](t, from443+`}`).Entries[0]}, nil, "acl-1").changes[0]}
	exists := full
	exists.Class, exists.Code = resource.Exists, "NetworkAclEntryAlreadyExists"
	noDefault := gotACL(nil, "subnet-1")
	noDefault.defaultACL = nil
	plantest.Table[*awsec2.Client, ec2v1alpha1.NetworkACLSpec, networkACL]{
		Kind: NetworkACL(), ID: "acl-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[networkACL]{
			"new": {Spec: from443 + `}`, Want: []string{"0 CreateEntry: add entry 100: allow tcp 443 from 10.1.0.0/16 (spec.entries[0])"}},
			"nothing to do": {
				Spec: `{vpcID: vpc-1, entries: [` + httpsEntry + `, {ruleNumber: 32767, egress: true, ruleAction: Deny, protocol: "-1", cidrBlock: 0.0.0.0/0}], associations: [{subnetID: subnet-1, networkACLID: acl-9}, {subnetID: subnet-1}]}`,
				Got:  gotACL([]types.NetworkAclEntry{https}, "subnet-1"),
			},
			"added and replaced before a subnet enters, removed last": {
				Spec: `{vpcID: vpc-1, entries: [` + httpsEntry + `, {ruleNumber: 90, egress: true, ruleAction: deny, protocol: all, cidrBlock: 0.0.0.0/0}], associations: [{subnetID: subnet-2}]}`,
				Got:  gotACL([]types.NetworkAclEntry{entryWithPorts(100, false, 80, 443), entryWithPorts(100, true, 1, 2)}, "subnet-1").has("", "subnet-2"),
				Want: []string{
					"0 ReplaceEntry: replace entry 100: allow tcp 443 from 10.1.0.0/16, instead of allow tcp 80-443 from 10.1.0.0/16 (spec.entries[0])",
					"0 CreateEntry: add entry 90: deny all traffic to 0.0.0.0/0 (spec.entries[1])",
					"1 ReplaceAssociation: filter the traffic of subnet-2 (spec.associations[0])",
					"2 DeleteEntry: remove entry 100: allow tcp 1-2 to 10.1.0.0/16 (spec.entries)",
					"2 ReplaceAssociation: give subnet-1 back to the default network ACL acl-0 (spec.associations)",
				},
			},
			"another object has a subnet": {
				Spec: `{vpcID: vpc-1, associations: [{subnetID: subnet-1}, {subnetID: subnet-2}]}`, Got: gotACL(nil).has("", "subnet-2").has("dev/c/ec2.NetworkACL/b/x", "subnet-1"),
				Want: []string{"1 ReplaceAssociation: filter the traffic of subnet-2 (spec.associations[1])"},
				Wait: "subnet-1 uses acl-2, which belongs to dev/c/ec2.NetworkACL/b/x: Tack takes it when that object leaves it",
			},
			"a subnet that AWS does not show": {
				Spec: `{vpcID: vpc-1, associations: [{subnetID: subnet-1}]}`, Got: gotACL(nil),
				Wait: "AWS shows no network ACL of subnet-1: the subnet is new, or does not exist",
			},
			"a reference is not resolved": {
				Spec: `{vpcID: vpc-1, associations: [{subnetRef: {from: {name: a}}}, {subnetID: subnet-2}]}`, Got: gotACL(nil, "subnet-1").has("", "subnet-2"),
				Want: []string{"1 ReplaceAssociation: filter the traffic of subnet-2 (spec.associations[1])"},
			},
			"a full ACL: room first, of the same direction and family": {
				Spec: from443 + `, associations: [{subnetID: subnet-2}]}`, Got: gotACL([]types.NetworkAclEntry{entryWithPorts(7, true, 1, 1), entryWithPorts(8, false, 1, 1), entryWithPorts(9, false, 1, 1)}).has("", "subnet-2"),
				Failures: []resource.Failure{full},
				Want: []string{
					"0 DeleteEntry: remove entry 8: allow tcp 1 from 10.1.0.0/16 (spec.entries)",
					"1 CreateEntry: add entry 100: allow tcp 443 from 10.1.0.0/16, after making room (spec.entries[0])",
				},
			},
			"the number exists: compared": {
				Spec: from443 + `}`, Got: gotACL([]types.NetworkAclEntry{entryWithPorts(100, false, 22, 22)}), Failures: []resource.Failure{exists},
				Want: []string{"0 ReplaceEntry: replace entry 100: allow tcp 443 from 10.1.0.0/16, instead of allow tcp 22 from 10.1.0.0/16 (spec.entries[0])"},
			},
			"the number exists, and is equal": {Spec: from443 + `}`, Got: gotACL([]types.NetworkAclEntry{https}), Failures: []resource.Failure{exists}},
			"no default ACL is shown":         {Spec: `{vpcID: vpc-1}`, Got: noDefault},
		},
	}.Run(t)
}

// A refused delete names the subnets that began to use the ACL.
func TestACLHolders(t *testing.T) {
	s := &scripted{answers: map[string]string{"DescribeNetworkAcls": `<networkAclSet><item><networkAclId>acl-1</networkAclId><associationSet>
		<item><networkAclAssociationId>aclassoc-1</networkAclAssociationId><subnetId>subnet-1</subnetId></item>
		<item><networkAclAssociationId>aclassoc-2</networkAclAssociationId><subnetId>subnet-2</subnetId></item></associationSet></item></networkAclSet>`}}
	got, err := aclHolders(t.Context(), s.client(), &awsec2.DeleteNetworkAclInput{NetworkAclId: aws.String("acl-1")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"subnet-1", "subnet-2"}, got); diff != "" {
		t.Errorf("holders (-want +got):\n%s", diff)
	}
}
