package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
)

var _ = register(sample{
	kind: "ec2.NATGateway", spec: natGatewaySpec, change: retagged, create: "CreateNatGateway",
	full: func(string) fields {
		spec := natGatewaySpec()
		spec["connectivityType"], spec["availabilityMode"] = "public", "zonal"
		spec["tags"] = append(teamA(), fields{"key": "aws:x", "value": "y"})
		return spec
	},
	fullChange: retagged,
	needs: func(t *testing.T, team team) {
		t.Helper()
		for _, o := range natGatewayNeeds(t, team) {
			o.awaitSynced(t)
		}
	},
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeNatGateways),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteNatGateway, "NatGatewayId"),
})

func natGatewaySpec() fields { return fields{"subnetRef": ref("main"), "allocationRef": ref("main")} }

// natGatewayNeeds applies the objects that a public NAT gateway depends on.
func natGatewayNeeds(t *testing.T, team team) []object {
	t.Helper()
	return []object{
		team.apply(t, "ec2.VPC", "main", vpcSpec()),
		team.apply(t, "ec2.InternetGateway", "main", fields{"vpcRef": ref("main")}),
		team.apply(t, "ec2.Subnet", "main", fields{"vpcRef": ref("main"), "cidrBlock": "10.0.1.0/24"}),
		team.apply(t, "ec2.ElasticIPAddress", "main", fields{}),
	}
}

// liveNATGateways returns the gateways that are not deleted: AWS continues to list the deleted
// ones.
func liveNATGateways(t *testing.T, account string) []ec2types.NatGateway {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, account)).DescribeNatGateways(t.Context(), &awsec2.DescribeNatGatewaysInput{})
	if err != nil {
		t.Fatalf("describing the NAT gateways of %s: %v", account, err)
	}
	return slices.DeleteFunc(out.NatGateways, func(n ec2types.NatGateway) bool { return n.State == ec2types.NatGatewayStateDeleted })
}

// lasts sets how long a state of a team's NAT gateways lasts.
func (team team) lasts(t *testing.T, state string, d time.Duration) {
	t.Helper()
	set := gateway.StateTime{Account: team.account, Type: "natgateway", State: state, Milliseconds: d.Milliseconds()}
	if err := w.AWS.SetStateTime(t.Context(), set); err != nil {
		t.Fatal(err)
	}
}

// A NAT gateway that AWS accepts and then fails to create is recorded and shown, and Tack backs
// off. The next attempt replaces it: one gateway lives.
func TestNATGatewayThatFails(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	sampleOf("ec2.NATGateway").prepare(t, team)
	addRule(t, gateway.Rule{
		Action: gateway.Actions{"CreateNatGateway"}, Account: team.account, Times: 1,
		Fault: gateway.FaultFailed, Code: "InternalError", Message: "Network interface eni-1 is not usable",
	})
	o := team.apply(t, "ec2.NATGateway", "main", natGatewaySpec())
	table := team.apply(t, "ec2.RouteTable", "main", fields{"vpcRef": ref("main"), "routes": []any{
		fields{"destinationCIDRBlock": "0.0.0.0/0", "natGatewayRef": ref("main")},
	}})
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "InternalError: Network interface eni-1 is not usable")
	// The route's message contains the gateway's own reason.
	table.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "InternalError: Network interface eni-1 is not usable")
	w.result(t, o.ref)
	u := o.get(t)
	first, _, _ := unstructured.NestedString(u.Object, "status", "natGatewayID")
	o.wantOneCreate(t, first)
	for field, want := range map[string]string{"state": "failed", "failureCode": "InternalError"} {
		if got, _, _ := unstructured.NestedString(u.Object, "status", field); got != want {
			t.Errorf("status.%s is %q, want %q", field, got, want)
		}
	}
	if at, _, _ := unstructured.NestedString(u.Object, "status", "nextTryTime"); at == "" {
		t.Error("no retry is planned")
	}
	w.force(t, o.ref) // does not wait for the retry
	id := o.awaitSynced(t)
	if live := liveNATGateways(t, team.account); len(live) != 1 || *live[0].NatGatewayId != id || id == first {
		t.Errorf("after %s the object has %s; AWS has %+v", first, id, live)
	}
	table.awaitSynced(t)
	if n := len(o.creates(t)); n != 2 {
		t.Errorf("AWS accepted %d creates, want the one that failed and another", n)
	}
	o.wantQuiet(t, team)
}

// While AWS creates or deletes a NAT gateway, the run shows that as a pending activity, and its
// history does not grow.
func TestNATGatewayTakesTime(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	sampleOf("ec2.NATGateway").prepare(t, team)
	team.lasts(t, "pending", time.Hour)
	o := team.apply(t, "ec2.NATGateway", "main", natGatewaySpec())
	awaited := func(text string) {
		t.Helper()
		o.awaitPending(t, "ec2.NATGateway/Await", text)
		before := len(w.history(t, o.ref.WorkflowID(), "").GetEvents())
		mark := lastSeq(t)
		for ctx := within(t, soon); len(callsSince(t, team.account, mark)) < 2; {
			select {
			case <-ctx.Done():
				t.Fatal("no activity reads whether it is ready")
			case <-time.After(100 * time.Millisecond):
			}
		}
		if after := len(w.history(t, o.ref.WorkflowID(), "").GetEvents()); after != before {
			t.Errorf("while it waits the history grows from %d to %d events", before, after)
		}
	}
	awaited("is pending")
	mark := lastSeq(t)
	o.patch(t, `{"spec":{"tags":[{"key":"team","value":"late"}]}}`)
	team.awaitCall(t, mark, "CreateTags") // AWS accepts it in any state
	awaited("is pending")
	team.lasts(t, "pending", 0)
	o.wantOneCreate(t, o.awaitSynced(t))
	team.lasts(t, "deleting", time.Hour)
	o.delete(t)
	awaited("is being deleted")
	team.lasts(t, "deleting", 0)
	o.awaitGone(t)
}

// A NAT gateway that AWS is still creating is deleted without waiting for its creation.
func TestNATGatewayDeletedWhilePending(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	sampleOf("ec2.NATGateway").prepare(t, team)
	team.lasts(t, "pending", time.Hour)
	o := team.apply(t, "ec2.NATGateway", "main", natGatewaySpec())
	o.awaitPending(t, "ec2.NATGateway/Await", "is pending")
	o.delete(t)
	o.awaitGone(t)
	if left := liveNATGateways(t, team.account); len(left) > 0 {
		t.Errorf("remaining: %+v", left)
	}
}

// awaitCall waits for a call in the team's account after a mark.
func (team team) awaitCall(t *testing.T, mark int64, action string) {
	t.Helper()
	for ctx := within(t, soon); !slices.Contains(callsSince(t, team.account, mark), action); {
		select {
		case <-ctx.Done():
			t.Fatalf("AWS was called for %q, not for %s", callsSince(t, team.account, mark), action)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// A complete outbound path for private subnets is applied together, the NAT gateway before its
// dependencies, and is created once. Deleted together, all of it goes.
func TestNATGatewayWithAllItStandsOn(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	all := []object{
		team.apply(t, "ec2.NATGateway", "main", natGatewaySpec()),
		team.apply(t, "ec2.RouteTable", "out", routeTableSpec(fields{"destinationCIDRBlock": "0.0.0.0/0", "natGatewayRef": ref("main")})),
	}
	needs := natGatewayNeeds(t, team)
	for _, o := range append(needs, all...) {
		o.wantOneCreate(t, o.awaitSynced(t))
	}
	all = append(needs, all...)
	deleteAll(t, all...)
	for _, s := range samples() {
		if strings.HasPrefix(s.kind, "ec2.") {
			if n := s.count(t, team.account); n != 0 {
				t.Errorf("%d of kind %s remain in AWS", n, s.kind)
			}
		}
	}
}

// A public NAT gateway is not created before its VPC has an internet gateway: AWS would accept it
// and let it fail.
func TestNATGatewayWaitsForAnInternetGateway(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	needs := natGatewayNeeds(t, team)
	door := needs[1]
	door.patch(t, `{"spec":{"vpcRef":null}}`)
	for _, o := range needs {
		o.awaitSynced(t)
	}
	o := team.apply(t, "ec2.NATGateway", "main", natGatewaySpec())
	o.awaitPending(t, "ec2.NATGateway/Await", "has no internet gateway")
	if n := len(o.creates(t)); n != 0 {
		t.Errorf("AWS accepted %d creates", n)
	}
	door.patch(t, mergePatch(t, fields{"spec": fields{"vpcRef": ref("main")}}))
	o.wantOneCreate(t, o.awaitSynced(t))
}
