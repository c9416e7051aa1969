package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/devenv/gateway"
)

// A full list changes. AWS refuses to add an item, so one item is deleted for each missing one.
// Items in both the old and the new list stay all the time.
func TestChangeOfAFullList(t *testing.T) {
	t.Parallel()
	quotaOnce := func(t *testing.T, team team, action, code string) {
		t.Helper()
		addRule(t, gateway.Rule{Account: team.account, Action: gateway.Actions{action}, Fault: gateway.FaultError, Code: code, Message: "You have reached the limit.", Times: 1})
	}
	for name, test := range map[string]struct {
		kind    string
		needs   func(*testing.T, team)
		spec    fields
		full    func(*testing.T, team) // once the object is synced
		change  fields
		mutate  []string // the changes that AWS accepts, in this order
		refused string   // the change that AWS refuses once
	}{
		"rules of a group": {
			kind: "ec2.SecurityGroup", spec: groupSpec("full", 80, 81),
			full: func(t *testing.T, team team) {
				if err := w.AWS.SetQuota(t.Context(), gateway.Quota{Account: team.account, Name: gateway.QuotaRulesPerSecurityGroup, Value: 2}); err != nil {
					t.Fatal(err)
				}
			},
			change: fields{"ingressRules": groupSpec("full", 80, 82)["ingressRules"]},
			mutate: []string{"RevokeSecurityGroupIngress", "AuthorizeSecurityGroupIngress"}, refused: "AuthorizeSecurityGroupIngress",
		},
		"routes of a table": {
			kind: "ec2.RouteTable", needs: sampleOf("ec2.RouteTable").prepare,
			spec:   routeTableSpec(toHub("destinationCIDRBlock", "192.168.0.0/24"), toHub("destinationCIDRBlock", "192.168.1.0/24")),
			full:   func(t *testing.T, team team) { quotaOnce(t, team, "CreateRoute", "RouteLimitExceeded") },
			change: fields{"routes": []any{toHub("destinationCIDRBlock", "192.168.0.0/24"), toHub("destinationCIDRBlock", "192.168.2.0/24")}},
			mutate: []string{"DeleteRoute", "CreateRoute"}, refused: "CreateRoute",
		},
		"inline policies of a role": {
			kind:   "iam.Role",
			spec:   fields{"name": "full", "assumeRolePolicyDocument": trustEC2, "inlinePolicies": fields{"a": inlineWrite, "b": inlineWrite}},
			full:   func(t *testing.T, team team) { quotaOnce(t, team, "PutRolePolicy", "LimitExceeded") },
			change: fields{"inlinePolicies": fields{"b": nil, "c": inlineWrite}},
			mutate: []string{"DeleteRolePolicy", "PutRolePolicy"}, refused: "PutRolePolicy",
		},
		"blocks of a VPC": {
			kind:   "ec2.VPC",
			spec:   fields{"cidrBlocks": blocks(0, 1, 2, 3, 4)},
			full:   func(*testing.T, team) {}, // 5 is the quota of AWS and of moto
			change: fields{"cidrBlocks": blocks(0, 1, 2, 3, 5)},
			mutate: []string{"DisassociateVpcCidrBlock", "AssociateVpcCidrBlock"}, refused: "AssociateVpcCidrBlock",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			if test.needs != nil {
				test.needs(t, team)
			}
			o := team.apply(t, test.kind, "full", test.spec)
			o.awaitSynced(t)
			w.result(t, o.ref)
			test.full(t, team)
			mark := lastSeq(t)
			o.patch(t, mergePatch(t, fields{"spec": test.change}))
			o.awaitSynced(t)
			var accepted, refused []string
			for _, e := range entriesSince(t, team.account, mark) {
				switch {
				case e.Mutation && e.Accepted:
					accepted = append(accepted, e.Action)
				case e.Mutation:
					refused = append(refused, e.Action)
				}
			}
			if !slices.Equal(accepted, test.mutate) || !slices.Equal(refused, []string{test.refused}) {
				t.Errorf("AWS accepted %q and refused %q, want %q and %q", accepted, refused, test.mutate, test.refused)
			}
			o.wantQuiet(t, team)
			deleteAll(t, o)
		})
	}
}

// A role at its quota of ten managed policies gets another policy instead of one of them.
func TestChangeOfAFullRole(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client, arns := awsiam.NewFromConfig(w.config(t, team.account)), []any{}
	for n := range 11 {
		out, err := client.CreatePolicy(t.Context(), &awsiam.CreatePolicyInput{PolicyName: aws.String(fmt.Sprintf("p%d", n)), PolicyDocument: aws.String(inlineWrite)})
		if err != nil {
			t.Fatal(err)
		}
		arns = append(arns, *out.Policy.Arn)
	}
	o := team.apply(t, "iam.Role", "full", fields{"name": "full", "assumeRolePolicyDocument": trustEC2, "policies": arns[:10]})
	o.awaitSynced(t)
	w.result(t, o.ref)
	addRule(t, gateway.Rule{Account: team.account, Action: gateway.Actions{"AttachRolePolicy"}, Fault: gateway.FaultError, Status: 409,
		Code: "LimitExceeded", Message: "Cannot exceed quota for PoliciesPerRole: 10", Times: 1})
	mark := lastSeq(t)
	o.patch(t, mergePatch(t, fields{"spec": fields{"policies": arns[1:]}}))
	o.awaitSynced(t)
	if got, want := entriesOf(t, o, mark), "DetachRolePolicy"; !slices.Contains(got, want) {
		t.Errorf("AWS was called with %q, want %s among them", got, want)
	}
	attached, err := client.ListAttachedRolePolicies(t.Context(), &awsiam.ListAttachedRolePoliciesInput{RoleName: aws.String("full")})
	if err != nil || len(attached.AttachedPolicies) != 10 {
		t.Errorf("the role has %d policies, want 10: %v", len(attached.AttachedPolicies), err)
	}
	deleteAll(t, o)
}

// blocks returns IPv4 blocks of a VPC, by their second octets.
func blocks(octets ...int) (all []any) {
	for _, n := range octets {
		all = append(all, fmt.Sprintf("10.%d.0.0/16", n))
	}
	return all
}
