package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// Subnets and gateways use a route table, change to another, and leave it. They can be deleted
// while they use one.
func TestRouteTablesOfSubnetsAndGateways(t *testing.T) {
	t.Parallel()
	for _, s := range []sample{sampleOf("ec2.Subnet"), sampleOf("ec2.InternetGateway")} {
		t.Run(s.kind, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			s.prepare(t, team)
			vpc := team.object("ec2.VPC", "main").awaitSynced(t)
			one, other := routeTable(t, team.account, vpc), routeTable(t, team.account, vpc)
			o := team.apply(t, s.kind, "it", s.spec())
			id := o.awaitSynced(t)
			for _, table := range []string{one, other, "", one} {
				list := []any{}
				if table != "" {
					list = append(list, table)
				}
				o.patch(t, mergePatch(t, fields{"spec": fields{"routeTables": list}}))
				o.awaitSynced(t)
				if diff := cmp.Diff(table, tableOf(t, team.account, id)); diff != "" {
					t.Errorf("the route table of %s (-want +got):\n%s", id, diff)
				}
			}
			o.delete(t)
			o.awaitGone(t)
			if got := tableOf(t, team.account, id); got != "" {
				t.Errorf("%s is deleted and still uses route table %s", id, got)
			}
		})
	}
}

func routeTable(t *testing.T, account, vpc string) string {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, account)).CreateRouteTable(t.Context(), &awsec2.CreateRouteTableInput{VpcId: &vpc})
	if err != nil {
		t.Fatalf("creating a route table in %s: %v", vpc, err)
	}
	return *out.RouteTable.RouteTableId
}

// tableOf returns the route table of a subnet or a gateway.
func tableOf(t *testing.T, account, id string) string {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, account)).DescribeRouteTables(t.Context(), &awsec2.DescribeRouteTablesInput{})
	if err != nil {
		t.Fatalf("describing the route tables of %s: %v", account, err)
	}
	for _, table := range out.RouteTables {
		for _, a := range table.Associations {
			ended := a.AssociationState != nil && a.AssociationState.State == ec2types.RouteTableAssociationStateCodeDisassociated // shown for a while
			if !ended && (aws.ToString(a.SubnetId) == id || aws.ToString(a.GatewayId) == id) {
				return *table.RouteTableId
			}
		}
	}
	return ""
}

// A gateway is created before its VPC exists, reports what it waits for, and is attached when the
// VPC exists. A VPC that already has a gateway refuses another.
func TestGatewayWaitsForItsVPC(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.InternetGateway", "main", fields{"vpcRef": ref("main")})
	o.awaitCondition(t, corev1alpha1.ConditionTypeReferencesResolved, "Unknown", "VPC "+team.name+"/main is not there")
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
	o.wantOneCreate(t, o.awaitSynced(t))
	if got := gateways(t, team.account)[0].Attachments; len(got) != 1 || *got[0].VpcId != vpc {
		t.Errorf("it is attached to %+v, want %s", got, vpc)
	}
	second := team.apply(t, "ec2.InternetGateway", "second", fields{"vpcRef": ref("main")})
	second.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "already has an internet gateway")
	// Resources that depend on the VPC are deleted first, whatever the order of the deletions.
	objects := []object{team.object("ec2.VPC", "main"), second, o}
	deleteAll(t, objects...)
}

// A gateway and the route table for its inbound traffic name each other. Both are created and
// synced, in any order, and both can be deleted.
func TestGatewayAndTableThatNameEachOther(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	table := team.apply(t, "ec2.RouteTable", "in", fields{"vpcRef": ref("main"), "routes": []any{
		fields{"destinationCIDRBlock": "0.0.0.0/0", "gatewayRef": fields{"from": fields{"name": "door"}}},
	}})
	door := team.apply(t, "ec2.InternetGateway", "door", fields{"vpcRef": ref("main"), "routeTableRefs": []any{fields{"from": fields{"name": "in"}}}})
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	id := door.awaitSynced(t)
	tableID := table.awaitSynced(t)
	if got := tableOf(t, team.account, id); got != tableID {
		t.Errorf("the gateway uses route table %q, want %s", got, tableID)
	}
	deleteAll(t, vpc, table, door)
}
