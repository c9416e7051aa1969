package e2e

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/devenv/gateway"
)

// aclEntry returns an entry of a network ACL, with further fields in pairs.
func aclEntry(number int64, egress bool, protocol string, more ...any) fields {
	entry := fields{"ruleNumber": number, "egress": egress, "ruleAction": "allow", "protocol": protocol}
	for i := 0; i < len(more); i += 2 {
		entry[more[i].(string)] = more[i+1]
	}
	return entry
}

func ports(from, to int64) fields { return fields{"from": from, "to": to} }

func aclSpec(entries ...any) fields {
	spec := fields{"vpcRef": ref("main"), "associations": []any{fields{"subnetRef": ref("web")}}}
	if len(entries) > 0 {
		spec["entries"] = entries
	}
	return spec
}

var _ = register(sample{
	kind: "ec2.NetworkACL", create: "CreateNetworkAcl",
	spec: func() fields {
		return aclSpec(aclEntry(100, false, "-1", "cidrBlock", "10.0.0.0/16"), aclEntry(110, false, "6", "portRange", ports(443, 443), "cidrBlock", "0.0.0.0/0"))
	},
	// An entry is replaced, another one is removed, and a new one is added.
	change: `{"spec":{"entries":[{"ruleNumber":100,"egress":false,"ruleAction":"allow","protocol":"-1","cidrBlock":"10.0.0.0/8"},
		{"ruleNumber":120,"egress":true,"ruleAction":"allow","protocol":"-1","cidrBlock":"0.0.0.0/0"}]}}`,
	full: func(string) fields {
		spec := aclSpec(
			aclEntry(100, false, "6", "portRange", ports(443, 444), "cidrBlock", "10.1.2.3/16"),
			aclEntry(110, false, "50", "cidrBlock", "10.1.0.0/16"),
			aclEntry(120, false, "icmp", "icmpTypeCode", fields{"type_": int64(8), "code": int64(-1)}, "cidrBlock", "10.0.0.0/8"),
			aclEntry(100, true, "58", "icmpTypeCode", fields{"type_": int64(128), "code": int64(0)}, "ipv6CIDRBlock", "2001:DB8::1/32"),
			aclEntry(110, true, "all", "cidrBlock", "0.0.0.0/0"),
			aclEntry(32767, true, "-1", "ruleAction", "deny", "cidrBlock", "0.0.0.0/0"),
		)
		spec["tags"] = teamA()
		return spec
	},
	fullChange: `{"spec":{"associations":[],"tags":[{"key":"team","value":"b"}],"entries":[
		{"ruleNumber":100,"egress":false,"ruleAction":"allow","protocol":"udp","portRange":{"from":53,"to":53},"cidrBlock":"10.1.0.0/16"},
		{"ruleNumber":130,"egress":true,"ruleAction":"allow","protocol":"-1","ipv6CIDRBlock":"::/0"}]}}`,
	count: counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeNetworkAcls),
	remove: func(ctx context.Context, cfg aws.Config, id string) error {
		client := awsec2.NewFromConfig(cfg)
		out, err := client.DescribeNetworkAcls(ctx, &awsec2.DescribeNetworkAclsInput{})
		if err != nil {
			return err
		}
		defaults := map[string]*string{}
		var its ec2types.NetworkAcl
		for _, acl := range out.NetworkAcls {
			if *acl.IsDefault {
				defaults[*acl.VpcId] = acl.NetworkAclId
			}
			if *acl.NetworkAclId == id {
				its = acl
			}
		}
		for _, a := range its.Associations {
			in := &awsec2.ReplaceNetworkAclAssociationInput{AssociationId: a.NetworkAclAssociationId, NetworkAclId: defaults[*its.VpcId]}
			if _, err := client.ReplaceNetworkAclAssociation(ctx, in); err != nil {
				return err
			}
		}
		_, err = client.DeleteNetworkAcl(ctx, &awsec2.DeleteNetworkAclInput{NetworkAclId: &id})
		return err
	},
})

// aclOf returns the ACL of the team's only subnet, and its entries in words, without those of AWS.
func (team team) aclOf(t *testing.T) (acl ec2types.NetworkAcl, entries []string) {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, team.account)).DescribeNetworkAcls(t.Context(), &awsec2.DescribeNetworkAclsInput{})
	if err != nil {
		t.Fatal(err)
	}
	for _, candidate := range out.NetworkAcls {
		if len(candidate.Associations) == 1 {
			acl = candidate
		}
	}
	for _, e := range acl.Entries {
		if *e.RuleNumber < 32767 {
			entries = append(entries, fmt.Sprintf("%d %s %s", *e.RuleNumber, e.RuleAction, *e.Protocol))
		}
	}
	slices.Sort(entries)
	return acl, entries
}

// Answers about entries and subnets get lost, and people change both in AWS: the ACL becomes what its
// spec says, and adds before it removes. When it goes, its subnet has the default ACL of the VPC again.
func TestEntriesAndSubnetsOfANetworkACL(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	sampleOf("ec2.NetworkACL").prepare(t, team)
	byDefault, _ := team.aclOf(t)
	for _, action := range []string{"CreateNetworkAclEntry", "ReplaceNetworkAclAssociation"} {
		addRule(t, gateway.Rule{Account: team.account, Action: gateway.Actions{action}, Fault: gateway.FaultLoseResponse, Times: 1})
	}
	https := aclEntry(100, false, "tcp", "portRange", ports(443, 443), "cidrBlock", "0.0.0.0/0")
	o := team.apply(t, "ec2.NetworkACL", "web", aclSpec(https, aclEntry(100, true, "-1", "cidrBlock", "0.0.0.0/0")))
	id := o.awaitSynced(t)
	o.wantOneCreate(t, id)
	want := []string{"100 allow -1", "100 allow 6"}
	check := func(when string) ec2types.NetworkAcl {
		t.Helper()
		acl, entries := team.aclOf(t)
		if *acl.NetworkAclId != id || !slices.Equal(entries, want) {
			t.Errorf("%s, the subnet has %s with %q, want %s with %q", when, *acl.NetworkAclId, entries, id, want)
		}
		return acl
	}
	acl := check("at first")

	change := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	change(client.DeleteNetworkAclEntry(t.Context(), &awsec2.DeleteNetworkAclEntryInput{NetworkAclId: &id, RuleNumber: aws.Int32(100), Egress: aws.Bool(true)}))
	change(client.ReplaceNetworkAclEntry(t.Context(), &awsec2.ReplaceNetworkAclEntryInput{
		NetworkAclId: &id, RuleNumber: aws.Int32(100), Egress: aws.Bool(false), RuleAction: ec2types.RuleActionDeny, Protocol: aws.String("-1"), CidrBlock: aws.String("0.0.0.0/0"),
	}))
	change(client.CreateNetworkAclEntry(t.Context(), &awsec2.CreateNetworkAclEntryInput{
		NetworkAclId: &id, RuleNumber: aws.Int32(50), Egress: aws.Bool(false), RuleAction: ec2types.RuleActionDeny, Protocol: aws.String("50"), CidrBlock: aws.String("0.0.0.0/0"),
	}))
	change(client.ReplaceNetworkAclAssociation(t.Context(), &awsec2.ReplaceNetworkAclAssociationInput{
		AssociationId: acl.Associations[0].NetworkAclAssociationId, NetworkAclId: byDefault.NetworkAclId,
	}))
	w.force(t, o.ref)
	w.result(t, o.ref)
	check("after people changed it")

	mark := lastSeq(t)
	https["ruleNumber"] = int64(90)
	o.patch(t, mergePatch(t, fields{"spec": fields{"entries": []any{https}}}))
	o.awaitSynced(t)
	want = []string{"90 allow 6"}
	check("with a new number")
	calls := slices.DeleteFunc(callsSince(t, team.account, mark), func(action string) bool { return !strings.HasSuffix(action, "Entry") })
	if wanted := []string{"CreateNetworkAclEntry", "DeleteNetworkAclEntry", "DeleteNetworkAclEntry"}; !slices.Equal(calls, wanted) {
		t.Errorf("the entries were changed by %q, want %q", calls, wanted)
	}

	o.delete(t)
	o.awaitGone(t)
	if acl, _ := team.aclOf(t); *acl.NetworkAclId != *byDefault.NetworkAclId {
		t.Errorf("the subnet has %s, want the default %s", *acl.NetworkAclId, *byDefault.NetworkAclId)
	}
}
