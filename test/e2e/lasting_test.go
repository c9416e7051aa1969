package e2e

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
)

// awaitLasting waits until the object reports AWS's repeated answer, and its start time.
func (o object) awaitLasting(t *testing.T, code string) {
	t.Helper()
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", code)
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "tried again since 20")
	o.awaitCondition(t, corev1alpha1.ConditionTypeReady, "False", code)
}

// AWS fails every read. A new object, an edited object and a deleted object report it, and continue
// as soon as AWS answers.
func TestReadsThatFailAreReported(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	edited, deleted := team.apply(t, "ec2.VPC", "edited", vpcSpec()), team.apply(t, "ec2.VPC", "deleted", vpcSpec())
	edited.awaitSynced(t)
	deleted.awaitSynced(t)
	down := addRule(t, gateway.Rule{Account: team.account, Fault: gateway.FaultError, Status: 500, Code: "InternalError", Message: "An internal error has occurred"})
	made := team.apply(t, "ec2.VPC", "made", vpcSpec())
	edited.patch(t, `{"spec":{"enableDNSHostnames":true}}`)
	deleted.delete(t)
	for _, o := range []object{made, edited, deleted} {
		o.awaitLasting(t, "InternalError")
	}
	endRule(t, down)
	made.wantOneCreate(t, made.awaitSynced(t))
	edited.awaitSynced(t)
	deleted.awaitGone(t)
}

// AWS throttles a create for a long time: the object reports it, and AWS accepts one create.
func TestACreateThatIsThrottledIsReported(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	busy := addRule(t, gateway.Rule{
		Account: team.account, Action: gateway.Actions{"CreateVpc"}, Fault: gateway.FaultError, Status: 503, Code: "RequestLimitExceeded", Message: "Request limit exceeded.",
	})
	o := team.apply(t, "ec2.VPC", "main", vpcSpec())
	o.awaitLasting(t, "RequestLimitExceeded")
	endRule(t, busy)
	o.wantOneCreate(t, o.awaitSynced(t))
}

// AWS answers a create with an internal error. While the outcome is unknown, the object reports
// AWS's answer.
func TestACreateThatFailsIsReported(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	down := addRule(t, gateway.Rule{
		Account: team.account, Action: gateway.Actions{"CreateVpc"}, Fault: gateway.FaultError, Status: 500, Code: "InternalError", Message: "An internal error has occurred",
	})
	o := team.apply(t, "ec2.VPC", "main", vpcSpec())
	o.awaitLasting(t, "InternalError")
	endRule(t, down)
	o.wantOneCreate(t, o.awaitSynced(t))
}

// Tack sends a request once if AWS refuses it permanently, and the object ends Terminal.
func TestACertainRefusalIsSentOnce(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
	addRule(t, gateway.Rule{
		Account: team.account, Action: gateway.Actions{"CreateRole"}, Fault: gateway.FaultError, Status: 400,
		Code: "MalformedPolicyDocument", Message: `Invalid principal in policy: "SERVICE":"ec2.amazonaws"`,
	})
	for _, test := range []struct {
		kind, action, message string
		spec                  fields
	}{
		{"ec2.Subnet", "CreateSubnet", "InvalidParameterValue: Value (us-west-2z) for parameter availabilityZone is invalid",
			fields{"vpcRef": ref("main"), "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-west-2z"}},
		{"iam.Role", "CreateRole", "MalformedPolicyDocument: Invalid principal in policy",
			fields{"name": "web", "assumeRolePolicyDocument": trustEC2}},
	} {
		t.Run(test.kind, func(t *testing.T) {
			o := team.apply(t, test.kind, "refused", test.spec)
			o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", test.message)
			o.awaitCondition(t, corev1alpha1.ConditionTypeReady, "False", test.message)
			w.result(t, o.ref)
			sent := 0
			for _, e := range entriesSince(t, team.account, 0) {
				if e.Action == test.action {
					sent++
				}
			}
			if sent != 1 {
				t.Errorf("it was sent %d times, want 1", sent)
			}
		})
	}
}

// A block conflict ends when the subnet with the block is deleted. The deletion wakes the other
// object, regardless of its backoff.
func TestAConflictEndsWithTheOther(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
	spec := fields{"vpcRef": ref("main"), "cidrBlock": "10.0.1.0/24"}
	first := team.apply(t, "ec2.Subnet", "first", spec)
	first.awaitSynced(t)
	second := team.apply(t, "ec2.Subnet", "second", spec)
	second.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "InvalidSubnet.Conflict")
	// The object was already refused a few times: its backoff alone would be long.
	second.await(t, "refused more than once", soon, func(u *unstructured.Unstructured) bool {
		n, _, _ := unstructured.NestedInt64(u.Object, "status", "retries")
		return n > 2
	})
	first.delete(t)
	first.awaitGone(t)
	second.wantOneCreate(t, second.awaitSynced(t))
	second.wantWake(t, "another resource freed something")
}
