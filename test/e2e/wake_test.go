package e2e

import (
	"slices"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/converter"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// A transit gateway that becomes Synced wakes the tables with routes to it.
func TestWokenByATransitGateway(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	vpc.awaitSynced(t)
	table := team.apply(t, "ec2.RouteTable", "out", fields{"vpcRef": ref("main"), "routes": []any{
		fields{"destinationCIDRBlock": "192.168.0.0/16", "transitGatewayRef": fields{"from": fields{"name": "late"}}},
	}})
	table.awaitCondition(t, "ACK.ReferencesResolved", "Unknown", "TransitGateway "+team.name+"/late is not there")
	team.apply(t, "ec2.TransitGateway", "late", fields{}).awaitSynced(t)
	table.awaitSynced(t)
	table.wantWake(t, "reference changed")
}

// A VPC has one gateway. Another gateway that waits for its place is woken when the first moves to
// another VPC, not at its next retry.
func TestWokenByAnEdit(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	for _, name := range []string{"a", "b"} {
		team.apply(t, "ec2.VPC", name, vpcSpec()).awaitSynced(t)
	}
	first := team.apply(t, "ec2.InternetGateway", "first", fields{"vpcRef": ref("a")})
	first.awaitSynced(t)
	second := team.apply(t, "ec2.InternetGateway", "second", fields{"vpcRef": ref("a")})
	second.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "Resource.AlreadyAssociated")
	second.await(t, "a long rest", soon, func(u *unstructured.Unstructured) bool {
		tries, _, _ := unstructured.NestedInt64(u.Object, "status", resource.StatusRetries)
		return tries >= 3 // 20 s
	})
	first.patch(t, mergePatch(t, fields{"spec": fields{"vpcRef": ref("b")}}))
	second.awaitSynced(t)
	second.wantWake(t, "another resource freed something")
}

// A subnet is refused while its VPC lacks the block. It is woken when the VPC has it, not at its next
// retry. The edit of the VPC unsettles a subnet with a reference; a subnet with an id rests until AWS
// has carried the edit out.
func TestWokenByABlockOfItsVPC(t *testing.T) {
	t.Parallel()
	for reason, by := range map[string]func(id string) fields{
		"reference changed":         func(string) fields { return fields{"vpcRef": ref("main")} },
		"referenced object applied": func(id string) fields { return fields{"vpcID": id} },
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
			spec := by(vpc.awaitSynced(t))
			spec["cidrBlock"] = "10.77.1.0/24"
			subnet := team.apply(t, "ec2.Subnet", "early", spec)
			subnet.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "InvalidSubnet.Range")
			subnet.await(t, "a long rest", soon, func(u *unstructured.Unstructured) bool {
				tries, _, _ := unstructured.NestedInt64(u.Object, "status", resource.StatusRetries)
				return tries >= 3 // 20 s
			})
			vpc.patch(t, mergePatch(t, fields{"spec": fields{"cidrBlocks": []any{"10.0.0.0/16", "10.77.0.0/16"}}}))
			subnet.awaitSynced(t)
			subnet.wantWake(t, reason)
		})
	}
}

// A VPC waits for a subnet that names it by id, and shows it. The end of the subnet wakes the VPC.
func TestWokenByTheEndOfWhatHoldsByID(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
	subnet := team.apply(t, "ec2.Subnet", "held", fields{"vpcID": vpc.awaitSynced(t), "cidrBlock": "10.0.1.0/24"})
	subnet.awaitSynced(t)
	vpc.delete(t)
	vpc.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "still there: ")
	subnet.delete(t)
	subnet.awaitGone(t)
	vpc.awaitGone(t)
	vpc.wantWake(t, "dependant gone")
}

// wantWake checks that the newest run was woken, at least once, for a reason.
func (o object) wantWake(t *testing.T, reason string) {
	t.Helper()
	ctx := within(t, soon)
	for {
		got := o.wakes(t, "")
		if slices.Contains(got, reason) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s was woken for %q, not for %q", o.ref, got, reason)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// wakes returns the reasons for which a run was woken; an empty id means the newest run.
func (o object) wakes(t *testing.T, runID string) (reasons []string) {
	t.Helper()
	for _, event := range w.history(t, o.ref.WorkflowID(), runID).GetEvents() {
		if event.GetEventType() != enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED {
			continue
		}
		var poke resource.Poke
		if err := converter.GetDefaultDataConverter().FromPayloads(event.GetWorkflowExecutionSignaledEventAttributes().GetInput(), &poke); err != nil {
			t.Fatal(err)
		}
		reasons = append(reasons, poke.Reason)
	}
	return reasons
}

// referrers has an object for each kind of other controllers that references may name, and what
// that kind's object contains.
var referrers = map[string]struct {
	refers            string
	with, spec, shown fields
}{
	"cloudwatchlogs.LogGroup": {
		"ec2.FlowLog", fields{"resourceID": "vpc-0123456789abcdef0", "resourceType": "VPC", "trafficType": "ALL", "deliverLogsPermissionRef": ref("logs"), "logGroupRef": ref("late")},
		fields{"name": "/vpc/flow"}, nil,
	},
	"elbv2.LoadBalancer": {
		"ec2.VPCEndpointServiceConfiguration", fields{"networkLoadBalancerRefs": []any{ref("late")}},
		fields{}, fields{"ackResourceMetadata": fields{"arn": balancerARN}},
	},
}

// An event of another controller's object also wakes the objects that refer to it, even if its kind
// was installed after the bridge started.
func TestWokenByAnotherControllersObject(t *testing.T) {
	t.Parallel()
	for _, other := range apis.Others() {
		t.Run(other.Name(), func(t *testing.T) {
			t.Parallel()
			test, ok := referrers[other.Name()]
			if !ok {
				t.Fatal("no object refers to it: add one to referrers")
			}
			team := newTeam(t)
			o := team.apply(t, test.refers, "main", test.with)
			o.awaitCondition(t, "ACK.ReferencesResolved", "Unknown", other.Kind+" "+team.name+"/late is not there")
			team.foreign(t, other.Name(), "late", test.spec, test.shown)
			o.wantWake(t, "reference changed")
		})
	}
}
