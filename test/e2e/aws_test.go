package e2e

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

func gatewayQuery(ref resource.Ref) gateway.Query { return gateway.Query{Owner: scenario.OwnerOf(ref)} }

// entries returns the calls for an object after that number, in order.
func (o object) entries(t *testing.T, since int64) []gateway.Entry {
	t.Helper()
	q := gatewayQuery(o.ref)
	q.Since = since
	entries, err := w.AWS.Journal(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// creates returns the creates that AWS accepted for the object.
func (o object) creates(t *testing.T) []gateway.Entry {
	t.Helper()
	entries, err := w.Creates(t.Context(), o.ref, 0)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

// wantOneCreate checks that AWS accepted exactly one create for the object, and created the
// resource that the object names.
func (o object) wantOneCreate(t *testing.T, id string) {
	t.Helper()
	if _, err := w.CheckOneCreate(t.Context(), o.ref, id, 0); err != nil {
		t.Fatal(err)
	}
}

// callsSince returns the calls in an account after a mark, by action.
func callsSince(t *testing.T, account string, since int64) []string {
	t.Helper()
	actions := []string{}
	for _, e := range entriesSince(t, account, since) {
		actions = append(actions, e.Action)
	}
	return actions
}

// entriesSince returns the calls in an account after a mark.
func entriesSince(t *testing.T, account string, since int64) []gateway.Entry {
	t.Helper()
	entries, err := w.CallsIn(t.Context(), account, since)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

func lastSeq(t *testing.T) int64 {
	t.Helper()
	seq, err := w.AWS.LastSeq(t.Context())
	if err != nil {
		t.Fatalf("reading the journal: %v", err)
	}
	return seq
}

func (w *world) config(t *testing.T, account string) aws.Config {
	t.Helper()
	cfg, err := w.sessions.Config(t.Context(), resource.Target{Partition: "aws", AccountID: account, Region: stack.Region, RoleARN: testRoleIn(account)})
	if err != nil {
		t.Fatalf("assuming the role of account %s: %v", account, err)
	}
	return cfg
}

// groups returns the security groups of an account except the default ones.
func (w *world) groups(t *testing.T, account string) (groups []ec2types.SecurityGroup) {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, account)).DescribeSecurityGroups(t.Context(), &awsec2.DescribeSecurityGroupsInput{})
	if err != nil {
		t.Fatalf("describing the groups of %s: %v", account, err)
	}
	for _, g := range out.SecurityGroups {
		if aws.ToString(g.GroupName) != "default" {
			groups = append(groups, g)
		}
	}
	return groups
}

// vpcs returns the VPCs of an account except the default one.
func (w *world) vpcs(t *testing.T, account string) (vpcs []ec2types.Vpc) {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, account)).DescribeVpcs(t.Context(), &awsec2.DescribeVpcsInput{})
	if err != nil {
		t.Fatalf("describing the VPCs of %s: %v", account, err)
	}
	for _, v := range out.Vpcs {
		if !aws.ToBool(v.IsDefault) {
			vpcs = append(vpcs, v)
		}
	}
	return vpcs
}

func (w *world) policies(t *testing.T, account string) []iamtypes.Policy {
	t.Helper()
	out, err := awsiam.NewFromConfig(w.config(t, account)).ListPolicies(t.Context(), &awsiam.ListPoliciesInput{Scope: iamtypes.PolicyScopeTypeLocal, MaxItems: aws.Int32(1000)})
	if err != nil {
		t.Fatalf("listing the policies of %s: %v", account, err)
	}
	return out.Policies
}

// addRule adds a fault that ends with the test.
func addRule(t *testing.T, rule gateway.Rule) string {
	t.Helper()
	id, err := w.AWS.AddRule(t.Context(), rule)
	if err != nil {
		t.Fatalf("adding a rule to the gateway: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context is over here.
		if err := w.AWS.DeleteRule(context.Background(), id); err != nil {
			t.Logf("deleting a rule: %v", err)
		}
	})
	return id
}
