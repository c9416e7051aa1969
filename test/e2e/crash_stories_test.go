package e2e

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
)

// stories are rows about a create with an unknown outcome. Its call is held, before or after AWS
// executes it, and its worker is killed. Then a user changes the object or the namespace.
var stories = map[string]func(*testing.T, row, team, object){
	"edited":    storyEdited,
	"moved":     storyMoved,
	"deleted":   storyDeleted,
	"stripped":  storyStripped,
	"recreated": storyRecreated,
}

func storiesOf(s sample) (rows []row) {
	for _, what := range []string{"edited", "moved", "deleted", "stripped", "recreated"} {
		for _, at := range []gateway.Fault{gateway.FaultHoldBefore, gateway.FaultHoldAfter} {
			rows = append(rows, row{sample: s, op: "create", what: what, at: string(at), step: s.create})
		}
	}
	return rows
}

func (r row) runStory(t *testing.T, team team) {
	tried := r.holdCreate(t, team)
	kill(t, workers, patient)
	stories[r.what](t, r, team, tried[len(tried)-1])
	wantOnlyOurs(t, team, 0, tried...)
}

// holdCreate creates an object whose create is held. If another row's kill interrupts the held
// call, it starts again with another object. It returns all of these objects, the last one being held.
func (r row) holdCreate(t *testing.T, team team) (tried []object) {
	t.Helper()
	ctx := within(t, 2*soon)
	for n := 1; ; n++ {
		rule := addRule(t, gateway.Rule{Action: gateway.Actions{r.step}, Account: team.account, Fault: gateway.Fault(r.at), Times: 1})
		o := team.object(r.sample.kind, fmt.Sprintf("it-%d", n))
		o.create(t, r.sample.spec())
		tried = append(tried, o)
		for taken := false; !taken; {
			if w.AWS.WaitHolding(ctx, rule, time.Second) == nil {
				return tried
			}
			state, err := w.AWS.Rule(ctx, rule)
			if err != nil {
				t.Fatalf("no create is held: %v\n%s", err, w.story(o.ref))
			}
			taken = state.Hit > 0 && state.Holding == 0
		}
		o.delete(t)
		o.awaitGone(t)
	}
}

// made reports whether AWS has executed the create.
func (r row) made() bool { return r.at == string(gateway.FaultHoldAfter) }

// wantOne checks that there is one resource, from one create.
func (r row) wantOne(t *testing.T, account string, o object) {
	t.Helper()
	o.wantOneCreate(t, o.awaitSynced(t))
	o.wantRecorded(t)
	if n := r.sample.count(t, account); n != 1 {
		t.Errorf("there are %d in AWS, want 1", n)
	}
}

// An edit changes an existing resource, or the request if the resource does not exist yet.
func storyEdited(t *testing.T, r row, team team, o object) {
	o.patch(t, cmp.Or(r.sample.early, r.sample.change))
	o.awaitDone(t, "update")
	r.wantOne(t, team.account, o)
	r.op = "update"
	o.wantAsSpecified(t, team, r)
}

// The namespace names another account. An existing resource stays in its account, and the object
// reports it. A resource that does not exist yet is created in the other account.
func storyMoved(t *testing.T, r row, team team, o object) {
	other := scenario.NewAccount()
	w.mapRole(t, other, scenario.RoleIn(other))
	w.annotateNamespace(t, team.name, corev1alpha1.AnnotationOwnerAccountID, other)
	if r.sample.needs != nil || len(level.Targets(o.kind, o.ref, o.get(t))) > 0 {
		r.moveBack(t, team, other, o)
		return
	}
	if !r.made() {
		r.wantOne(t, other, o)
		if n := r.sample.count(t, team.account); n != 0 {
			t.Errorf("there are %d in the first account, want 0", n)
		}
		return
	}
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", " is in account "+team.account)
	o.wantOneAccepted(t)
	if calls := callsSince(t, other, 0); len(calls) > 0 {
		t.Errorf("the other account was called: %q", calls)
	}
	o.delete(t)
	o.awaitGone(t)
	if n := r.sample.count(t, team.account); n != 0 {
		t.Errorf("%d remain in the first account", n)
	}
}

// moveBack ends the story of an object that refers to others. The object cannot move alone: its
// references stay in their account, so it waits or is created without them. After the move back
// there is one resource, in either account, and the deletion removes it.
func (r row) moveBack(t *testing.T, team team, other string, o object) {
	t.Helper()
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "")
	w.annotateNamespace(t, team.name, corev1alpha1.AnnotationOwnerAccountID, team.account)
	o.await(t, "synced, or in the other account", soon, func(u *unstructured.Unstructured) bool {
		c := scenario.Condition(u, corev1alpha1.ConditionTypeResourceSynced)
		return c["status"] == "True" || strings.Contains(fmt.Sprint(c["message"]), " is in account "+other)
	})
	o.wantOneAccepted(t)
	if n := r.sample.count(t, team.account) + r.sample.count(t, other); n != 1 {
		t.Errorf("there are %d in both accounts, want 1", n)
	}
	o.delete(t)
	o.awaitGone(t)
	if n := r.sample.count(t, team.account) + r.sample.count(t, other); n != 0 {
		t.Errorf("%d remain in both accounts", n)
	}
}

func storyDeleted(t *testing.T, r row, team team, o object) {
	o.delete(t)
	o.awaitDone(t, "delete")
	if n := r.sample.count(t, team.account); n != 0 {
		t.Errorf("%d remain in AWS", n)
	}
	o.wantFinalizerLast(t)
	if n := len(o.creates(t)); r.made() && n != 1 || !r.made() && n != 0 {
		t.Errorf("AWS accepted %d creates", n)
	}
}

// A user strips the finalizer of a living object: Tack restores it.
func storyStripped(t *testing.T, r row, team team, o object) {
	o.patch(t, `{"metadata":{"finalizers":null}}`)
	r.wantOne(t, team.account, o)
}

// A user strips the finalizer of an object during its deletion, so that the object is gone at once.
// The user then creates another object with its name, which adopts the resource. If the
// create set no tags, nothing proves whose the resource is, and a person decides.
func storyRecreated(t *testing.T, r row, team team, o object) {
	o.delete(t)
	o.strip(t)
	o.awaitGone(t)
	o.create(t, r.sample.spec())
	if r.sample.unproven != "" && r.made() {
		o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", r.sample.unproven)
		if n := r.sample.count(t, team.account); n != 1 {
			t.Errorf("there are %d in AWS, want 1", n)
		}
		return
	}
	r.wantOne(t, team.account, o)
}

// strip removes the finalizers, unless the object is already gone.
func (o object) strip(t *testing.T) {
	t.Helper()
	if _, err := o.client().Get(t.Context(), o.ref.Name, metav1.GetOptions{}); apierrors.IsNotFound(err) {
		return
	}
	o.patch(t, `{"metadata":{"finalizers":null}}`)
}

// A user recreates an object under its name, with a new uid, during the deletion of the first
// resource. The deletion continues; then a new resource is created.
func TestRecreatedWhileItsResourceIsDeleted(t *testing.T) {
	ofSomeKinds(t, func(t *testing.T, s sample, team team) {
		o := team.apply(t, s.kind, "again", s.spec())
		first := o.awaitSynced(t)
		w.result(t, o.ref)
		rule := hold(t, team, deletionOf(s.create), gateway.FaultHoldBefore)
		o.delete(t)
		rule.wait(t)
		o.strip(t)
		o.awaitGone(t)
		o.create(t, s.spec())
		rule.endRule(t)
		if s.ends { // the new object has the old resource, and only a change of the spec makes another
			o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", first+" is cancelled")
			o.patch(t, s.change)
		}
		second := o.awaitSynced(t)
		if creates := o.creates(t); len(creates) != 2 || creates[1].Created[0] != second || creates[0].Created[0] != first {
			t.Errorf("AWS accepted %+v; the first object shows %s, the second %s", creates, first, second)
		}
		if n := s.count(t, team.account); n != 1 {
			t.Errorf("there are %d in AWS, want 1", n)
		}
	})
}

// deletionOf returns the action that undoes a create.
func deletionOf(create string) string {
	if undone, irregular := map[string]string{
		"AllocateAddress": "ReleaseAddress", "RunInstances": "TerminateInstances", "CreateCapacityReservation": "CancelCapacityReservation",
		"CreateVpcEndpoint": "DeleteVpcEndpoints", "CreateVpcEndpointServiceConfiguration": "DeleteVpcEndpointServiceConfigurations",
	}[create]; irregular {
		return undone
	}
	return strings.Replace(create, "Create", "Delete", 1)
}
