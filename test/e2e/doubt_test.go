package e2e

import (
	"bytes"
	"encoding/json"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/resource"
)

// noVPC is the id of a VPC that does not exist.
const noVPC = "vpc-0123456789abcdef0"

// forged writes another id into the claim of an object.
func (o object) forged(t *testing.T, id string) {
	t.Helper()
	o.forge(t, func(claim *resource.Claim) { claim.ID = id })
}

// forge edits the claim of an object, and returns the edited claim.
func (o object) forge(t *testing.T, edit func(*resource.Claim)) *resource.Claim {
	t.Helper()
	claim := claimOf(o.get(t))
	edit(claim)
	raw, _ := json.Marshal(claim) // plain data
	o.patch(t, claimText(t, string(raw)))
	return claim
}

// blindFor hides the resource of an account's create from reads that do not name it, until the rule
// is released.
func blindFor(t *testing.T, team team, create string) (rule string) {
	t.Helper()
	return addRule(t, gateway.Rule{Action: gateway.Actions{create}, Account: team.account, Fault: gateway.FaultInvisible, Times: 1,
		By: []gateway.By{gateway.ByFilter, gateway.ByTags}})
}

// A claim is edited while AWS does not list the object's resource. Tack reads the one in the status
// and claims it again: it neither creates a second resource nor releases the object.
func TestForgedClaimWhileAWSIsBlind(t *testing.T) {
	t.Parallel()
	for name, deleted := range map[string]bool{"stays": false, "is deleted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			blind := blindFor(t, team, "CreateVpc")
			o := team.apply(t, "ec2.VPC", "it", vpcSpec())
			id := o.awaitSynced(t)
			w.result(t, o.ref)
			o.forged(t, noVPC)
			if !deleted {
				o.awaitClaimed(t, id)
				o.awaitSynced(t)
			}
			o.delete(t)
			o.awaitGone(t)
			endRule(t, blind)
			o.wantOneCreate(t, id)
			if n := len(w.vpcs(t, team.account)); n != 0 {
				t.Errorf("%d remain in AWS", n)
			}
		})
	}
}

// The claim of an in-flight create is dropped, and its run is lost. The finalizer shows that the
// create exists: Tack finds its resource, and keeps or deletes it.
func TestOpenClaimDropped(t *testing.T) {
	t.Parallel()
	for name, deleted := range map[string]bool{"stays": false, "is deleted": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			delayed := addRule(t, gateway.Rule{Action: gateway.Actions{"CreateVpc"}, Account: team.account, Fault: gateway.FaultHoldBefore, Deliver: true, Times: 1})
			o := team.apply(t, "ec2.VPC", "it", vpcSpec())
			if err := w.AWS.WaitHolding(t.Context(), delayed, soon); err != nil {
				t.Fatal(err)
			}
			o.endRun(t)
			o.patch(t, claimText(t, nil))
			if deleted {
				o.delete(t)
			}
			o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "ClaimLost")
			endRule(t, delayed)
			if !deleted {
				o.wantOneCreate(t, o.awaitSynced(t))
				o.delete(t)
			}
			o.awaitGone(t)
			o.wantOneAccepted(t)
			if n := len(w.vpcs(t, team.account)); n != 0 {
				t.Errorf("%d remain in AWS", n)
			}
		})
	}
}

// A claim is edited during another problem with the object. Tack creates nothing meanwhile, and
// after the fix the object claims its own resource again.
func TestForgedClaimInTrouble(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		trouble, cure func(*testing.T, object)
		reported      string // meanwhile, in the conditions
	}{
		"a reference that is missing": {
			trouble: func(t *testing.T, o object) {
				o.patch(t, mergePatch(t, fields{"spec": fields{"vpcRef": ref("nowhere")}}))
			},
			cure:     func(t *testing.T, o object) { o.patch(t, mergePatch(t, fields{"spec": fields{"vpcRef": ref("main")}})) },
			reported: "nowhere",
		},
		"a spec that AWS refuses": {
			trouble: func(t *testing.T, o object) {
				o.patch(t, mergePatch(t, fields{"spec": fields{"routes": []any{fields{"destinationCIDRBlock": "10.0.0.0/99", "gatewayID": "igw-0123456789abcdef0"}}}}))
			},
			cure:     func(t *testing.T, o object) { o.patch(t, mergePatch(t, fields{"spec": fields{"routes": nil}})) },
			reported: "InvalidSpec",
		},
		"reads that are throttled": {
			trouble: func(t *testing.T, o object) {
				addRule(t, gateway.Rule{Account: accountOf(o), Action: gateway.Actions{"DescribeRouteTables"}, Fault: gateway.FaultError, Status: 503, Code: "RequestLimitExceeded", Times: 3})
			},
			cure: func(*testing.T, object) {},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			vpc := team.apply(t, "ec2.VPC", "main", vpcSpec())
			o := team.apply(t, "ec2.RouteTable", "it", fields{"vpcRef": ref("main")})
			id := o.awaitSynced(t)
			w.result(t, o.ref)
			test.trouble(t, o)
			o.forged(t, "rtb-0123456789abcdef0")
			if test.reported != "" {
				o.await(t, "reporting "+test.reported, soon, func(u *unstructured.Unstructured) bool { return tells(u, test.reported) })
			}
			test.cure(t, o)
			o.awaitClaimed(t, id)
			o.awaitSynced(t)
			o.wantOneCreate(t, id)
			deleteAll(t, o, vpc)
		})
	}
}

// tells reports whether a condition of the object contains that text.
func tells(u *unstructured.Unstructured, text string) bool {
	raw, _, _ := unstructured.NestedFieldNoCopy(u.Object, "status", resource.StatusConditions)
	said, _ := json.Marshal(raw) // the value came from JSON
	return bytes.Contains(said, []byte(text))
}
