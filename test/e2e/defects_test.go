package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
)

// These are defects that users of other controllers met, each with the fault that caused it. More
// are TestHopelessSpecs (an incomplete rule) and TestRuleThatAWSRefuses (an unknown peer).

// A policy was created and not recorded. The controller then retried the create permanently, and
// AWS answered EntityAlreadyExists each time.
func TestPolicyMadeAndNotRecorded(t *testing.T) {
	for name, disturb := range map[string]func(*testing.T, team) object{
		"the worker restarts": func(t *testing.T, team team) object {
			rule := hold(t, team, "CreatePolicy", gateway.FaultHoldAfter)
			o := team.apply(t, "iam.Policy", "reader", policySpec("reader"))
			rule.wait(t)
			killWorkers(t)
			return o
		},
		"the response is lost": func(t *testing.T, team team) object {
			addRule(t, gateway.Rule{Action: gateway.Actions{"CreatePolicy"}, Account: team.account, Fault: gateway.FaultLoseResponse, Times: 1})
			return team.apply(t, "iam.Policy", "reader", policySpec("reader"))
		},
		"the response hangs": func(t *testing.T, team team) object {
			addRule(t, gateway.Rule{Action: gateway.Actions{"CreatePolicy"}, Account: team.account, Fault: gateway.FaultHangResponse, Times: 1})
			return team.apply(t, "iam.Policy", "reader", policySpec("reader"))
		},
		"the response is cut": func(t *testing.T, team team) object {
			addRule(t, gateway.Rule{Action: gateway.Actions{"CreatePolicy"}, Account: team.account, Fault: gateway.FaultCutResponse, Times: 1})
			return team.apply(t, "iam.Policy", "reader", policySpec("reader"))
		},
		"the response is a 500": func(t *testing.T, team team) object {
			addRule(t, gateway.Rule{Action: gateway.Actions{"CreatePolicy"}, Account: team.account, Fault: gateway.FaultErrorResponse, Times: 1})
			return team.apply(t, "iam.Policy", "reader", policySpec("reader"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			parallelUnlessKilled(t, name)
			team := newTeam(t)
			o := disturb(t, team)
			o.wantOneCreate(t, o.awaitSynced(t))
			o.wantRecorded(t)
			if n := len(w.policies(t, team.account)); n != 1 {
				t.Errorf("there are %d policies, want 1", n)
			}
			for _, e := range entriesSince(t, team.account, 0) {
				if e.Code == "EntityAlreadyExists" {
					t.Errorf("%s was refused with EntityAlreadyExists", e.Action)
				}
			}
		})
	}
}

// A group was created without its rules. The controller then showed it as Synced, without its rules
// and with open egress.
func TestGroupMadeAndItsRulesNot(t *testing.T) {
	authorize := gateway.Actions{"AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress"}
	for name, disturb := range map[string]func(*testing.T, team) func(){
		"the worker dies between create and rules": func(t *testing.T, team team) func() {
			rule := held{addRule(t, gateway.Rule{Action: authorize, Account: team.account, Fault: gateway.FaultHoldBefore, Times: 1})}
			return func() {
				rule.wait(t)
				killWorkers(t)
			}
		},
		"the rules are throttled": func(t *testing.T, team team) func() {
			addRule(t, gateway.Rule{Action: authorize, Account: team.account, Fault: gateway.FaultError, Code: "RequestLimitExceeded", Status: 503, Times: 4})
			return func() {}
		},
		"the responses to the rules are lost": func(t *testing.T, team team) func() {
			addRule(t, gateway.Rule{Action: authorize, Account: team.account, Fault: gateway.FaultLoseResponse, Times: 3})
			return func() {}
		},
	} {
		t.Run(name, func(t *testing.T) {
			parallelUnlessKilled(t, name)
			team := newTeam(t)
			then := disturb(t, team)
			o := team.apply(t, "ec2.SecurityGroup", "web", groupSpec("web", 80, 443))
			neverOpen(t, team, o)
			then()
			id := o.awaitSynced(t)
			o.wantOneCreate(t, id)
			o.wantRecorded(t)
			wantRules(t, team, 80, 443)
			o.delete(t)
			o.awaitGone(t)
			if n := len(w.groups(t, team.account)); n != 0 {
				t.Errorf("%d groups remain", n)
			}
		})
	}
}

// neverOpen watches, until the end of the test, that the object is never Synced while its group
// allows all outbound traffic.
func neverOpen(t *testing.T, team team, o object) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			u, err := o.client().Get(ctx, o.ref.Name, metav1.GetOptions{})
			if err != nil || status(u, corev1alpha1.ConditionTypeResourceSynced) != "True" {
				continue
			}
			for _, g := range w.groups(t, team.account) {
				if len(g.IpPermissionsEgress) > 0 {
					t.Errorf("%s is Synced and its group allows outbound %+v", o.ref, g.IpPermissionsEgress)
				}
			}
			return
		}
	}()
	t.Cleanup(func() { stop(); <-done })
}

func wantRules(t *testing.T, team team, ports ...int32) {
	t.Helper()
	groups := w.groups(t, team.account)
	if len(groups) != 1 {
		t.Fatalf("there are %d groups, want 1", len(groups))
	}
	if diff := cmp.Diff(ports, portsOf(groups[0])); diff != "" || len(groups[0].IpPermissionsEgress) > 0 {
		t.Errorf("ports (-want +got):\n%s\negress: %+v", diff, groups[0].IpPermissionsEgress)
	}
}

// AWS refuses a rule for a reason that only AWS can know. The controller dropped the finalizer and
// created a second group, or leaked the first.
func TestGroupOfWhichAWSRefusesARule(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{
		"too many rules": "RulesPerSecurityGroupLimitExceeded", "unknown peer": "InvalidGroup.NotFound",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			rule := addRule(t, gateway.Rule{Action: gateway.Actions{"AuthorizeSecurityGroupIngress"}, Account: team.account, Fault: gateway.FaultError, Code: code})
			o := team.apply(t, "ec2.SecurityGroup", "web", groupSpec("web", 80))
			o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", code)
			o.wantHeld(t)
			// A deletion during the refusal leaves nothing.
			deleted := team.apply(t, "ec2.SecurityGroup", "deleted", groupSpec("deleted", 81))
			deleted.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", code)
			deleted.delete(t)
			deleted.awaitGone(t)
			// A refused request may be valid again; a person need not wait.
			endRule(t, rule)
			o.patch(t, mergePatch(t, fields{"spec": groupSpec("web", 80, 82)}))
			o.wantOneCreate(t, o.awaitSynced(t))
			wantRules(t, team, 80, 82)
		})
	}
}

// wantHeld checks that the object keeps its resource.
func (o object) wantHeld(t *testing.T) {
	t.Helper()
	o.await(t, "recorded, with its finalizer", soon, func(u *unstructured.Unstructured) bool {
		id, _, _ := unstructured.NestedString(u.Object, "status", o.kind.IDField)
		return id != "" && fmt.Sprint(u.GetFinalizers()) == "["+o.kind.Finalizer()+"]"
	})
}

// AWS refuses a group whose peer does not exist. When the peer is created, under its reference, the
// group gets its rule without a person's help.
func TestGroupWhosePeerComesLater(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	spec := groupSpec("web", 80)
	spec["ingressRules"] = append(spec["ingressRules"].([]any), fields{"ipProtocol": "tcp", "fromPort": int64(81), "toPort": int64(81),
		"userIDGroupPairs": []any{fields{"groupRef": reference("peer")}}})
	o := team.apply(t, "ec2.SecurityGroup", "web", spec)
	o.awaitCondition(t, corev1alpha1.ConditionTypeReferencesResolved, "Unknown", "peer")
	o.wantHeld(t)
	team.apply(t, "ec2.SecurityGroup", "peer", groupSpec("peer"))
	o.wantOneCreate(t, o.awaitSynced(t))
}

// parallelUnlessKilled runs a subtest in parallel unless its name says that a worker ends.
func parallelUnlessKilled(t *testing.T, name string) {
	t.Helper()
	if !strings.HasPrefix(name, "the worker") {
		t.Parallel()
	}
}
