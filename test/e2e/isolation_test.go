package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
)

// crowd is more objects than both workers together may have calls in flight.
const crowd = 80

// While every call of one account hangs, with more waiting objects than slots, another account's
// object is created as fast as alone.
func TestHangingAccountHoldsUpNoOther(t *testing.T) {
	stuck, free := newTeam(t), newTeam(t)
	rule := addRule(t, gateway.Rule{Account: stuck.account, Fault: gateway.FaultHoldBefore})
	var objects []object
	for n := range crowd {
		objects = append(objects, stuck.apply(t, "iam.Policy", fmt.Sprintf("stuck-%d", n), policySpec(fmt.Sprintf("stuck-%d", n))))
	}
	if err := w.AWS.WaitHolding(t.Context(), rule, soon); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		o := free.apply(t, "iam.Policy", fmt.Sprintf("free-%d", n), policySpec(fmt.Sprintf("free-%d", n)))
		o.wantOneCreate(t, o.awaitSynced(t))
	}
	state, err := w.AWS.Rule(t.Context(), rule)
	if err != nil {
		t.Fatal(err)
	}
	if most := 2 * 16; state.Holding > most || state.Holding == 0 {
		t.Errorf("%d calls of the hanging account are in flight, want at most half of both workers' slots, %d", state.Holding, most)
	}
	if err := w.AWS.DeleteRule(t.Context(), rule); err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		o.await(t, "synced", 2*soon, func(u *unstructured.Unstructured) bool {
			return status(u, corev1alpha1.ConditionTypeResourceSynced) == "True"
		})
	}
	for _, o := range objects {
		if n := len(o.creates(t)); n != 1 {
			t.Errorf("%s was created %d times", o.ref, n)
		}
	}
}

// A crowd with a denied role and a crowd that waits for its role delay no other account. Its
// objects need as many calls as alone.
func TestWaitingAccountsHoldUpNoOther(t *testing.T) {
	denied, roleless, free := newTeam(t), newUnmappedTeam(t), newTeam(t)
	alone := free.apply(t, "iam.Policy", "alone", policySpec("alone"))
	alone.awaitSynced(t)
	want := entriesOf(t, alone, 0)
	addRule(t, gateway.Rule{
		Action: gateway.Actions{"AssumeRole"}, Role: scenario.RoleIn(denied.account), Fault: gateway.FaultError, Status: 403, Code: "AccessDenied", Message: "not you",
	})
	var last []object
	for _, team := range []team{denied, roleless} {
		for n := range crowd {
			last = append(last, team.apply(t, "iam.Policy", fmt.Sprintf("waiting-%d", n), policySpec(fmt.Sprintf("waiting-%d", n))))
		}
	}
	for n := range 3 {
		o := free.apply(t, "iam.Policy", fmt.Sprintf("free-%d", n), policySpec(fmt.Sprintf("free-%d", n)))
		o.wantOneCreate(t, o.awaitSynced(t))
		if diff := cmp.Diff(want, entriesOf(t, o, 0)); diff != "" {
			t.Errorf("calls in parallel with the crowds (-alone +parallel):\n%s", diff)
		}
	}
	for _, o := range last {
		o.awaitCondition(t, corev1alpha1.ConditionTypeReady, "False", "IAM Role is not available")
		if calls := o.creates(t); len(calls) > 0 {
			t.Errorf("%s: AWS was called: %+v", o.ref, calls)
		}
	}
	deleteAll(t, last...) // after a late grant they would call AWS in the middle of another test
}

// Many objects wait for one role and each gets it once. The first are poked; one read of the role
// map ends the waits of the others. When the role is removed again, all report it.
func TestCrowdIsLetIn(t *testing.T) {
	t.Parallel()
	team := newUnmappedTeam(t)
	var objects []object
	for n := range crowd {
		name := fmt.Sprintf("waiting-%d", n)
		objects = append(objects, team.apply(t, "iam.Policy", name, policySpec(name)))
	}
	for _, o := range objects {
		o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "RoleNotMapped")
		o.awaitPending(t, "kube/Await", "is not in ConfigMap")
	}
	w.mapRole(t, team.account, scenario.RoleIn(team.account))
	poked := 0
	for _, o := range objects {
		o.wantOneCreate(t, o.awaitSynced(t))
		w.result(t, o.ref)
		if slices.Contains(o.wakes(t, ""), "role map changed") {
			poked++
		}
	}
	if poked == 0 || poked > crowd/2 {
		t.Errorf("%d of %d were poked, want only the first ones", poked, crowd)
	}
	if diff := cmp.Diff([]string{scenario.RoleIn(team.account)}, team.principals(t, objects[0])); diff != "" {
		t.Errorf("callers (-want +got):\n%s", diff)
	}
	// The poked objects waited for exactly that before.
	w.mapRole(t, team.account, "")
	for _, o := range objects {
		o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "RoleNotMapped")
	}
}
