package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
)

// stories are rows about a create of which nobody knows how it ended: its call
// is held, before or after AWS has carried it out, the worker that sent it is
// killed, and now somebody changes what is wanted.
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
	o := r.holdCreate(t, team)
	kill(t, workers, patient)
	stories[r.what](t, r, team, o)
	wantOnlyOurs(t, team, 0)
}

// holdCreate makes an object whose create is held. Where the kill of another row
// took the call that was held, it begins anew with another object.
func (r row) holdCreate(t *testing.T, team team) object {
	t.Helper()
	ctx := within(t, 2*soon)
	for n := 1; ; n++ {
		rule := addRule(t, gateway.Rule{Action: gateway.Actions{r.step}, Account: team.account, Fault: gateway.Fault(r.at), Times: 1})
		o := team.object(r.sample.kind, fmt.Sprintf("it-%d", n))
		o.create(t, r.sample.spec())
		for taken := false; !taken; {
			if w.aws.WaitHolding(ctx, rule, time.Second) == nil {
				return o
			}
			state, err := w.aws.Rule(ctx, rule)
			if err != nil {
				t.Fatalf("no create is held: %v\n%s", err, w.story(o.ref))
			}
			taken = state.Hit > 0 && state.Holding == 0
		}
		o.delete(t)
		o.awaitGone(t)
	}
}

// made says whether AWS has carried out the create.
func (r row) made() bool { return r.at == string(gateway.FaultHoldAfter) }

// wantOne checks that there is one, made by one create.
func (r row) wantOne(t *testing.T, account string, o object) {
	t.Helper()
	o.wantOneCreate(t, o.awaitSynced(t))
	o.wantRecorded(t)
	if n := r.sample.count(t, account); n != 1 {
		t.Errorf("there are %d in AWS, want 1", n)
	}
}

// An edit changes what was made, if it was made, and else what is made.
func storyEdited(t *testing.T, r row, team team, o object) {
	o.patch(t, r.sample.change)
	o.awaitDone(t, "update")
	r.wantOne(t, team.account, o)
	r.op = "update"
	o.wantAsSpecified(t, team, r)
}

// The namespace names another account: what was made stays where it is, and says
// so; what was not made is made in the other.
func storyMoved(t *testing.T, r row, team team, o object) {
	other := newAccount()
	w.mapRole(t, other, roleIn(other))
	w.annotateNamespace(t, team.name, corev1alpha1.AnnotationOwnerAccountID, other)
	if r.sample.needs != nil {
		r.moveBack(t, team, other, o)
		return
	}
	if !r.made() {
		r.wantOne(t, other, o)
		if n := r.sample.count(t, team.account); n != 0 {
			t.Errorf("there are %d in the first account, want none", n)
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
		t.Errorf("there are %d left in the first account", n)
	}
}

// moveBack ends the story of an object that refers to others. It cannot move
// alone: what it refers to stays in its account, so that it waits, or is made
// without. Put back, there is one, wherever it was made, and it goes.
func (r row) moveBack(t *testing.T, team team, other string, o object) {
	t.Helper()
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "")
	w.annotateNamespace(t, team.name, corev1alpha1.AnnotationOwnerAccountID, team.account)
	o.await(t, "synced, or in the other account", soon, func(u *unstructured.Unstructured) bool {
		c := conditionOf(u, corev1alpha1.ConditionTypeResourceSynced)
		return c["status"] == "True" || strings.Contains(fmt.Sprint(c["message"]), " is in account "+other)
	})
	o.wantOneAccepted(t)
	if n := r.sample.count(t, team.account) + r.sample.count(t, other); n != 1 {
		t.Errorf("there are %d in both accounts, want 1", n)
	}
	o.delete(t)
	o.awaitGone(t)
	if n := r.sample.count(t, team.account) + r.sample.count(t, other); n != 0 {
		t.Errorf("there are %d left in both accounts", n)
	}
}

func storyDeleted(t *testing.T, r row, team team, o object) {
	o.delete(t)
	o.awaitDone(t, "delete")
	if n := r.sample.count(t, team.account); n != 0 {
		t.Errorf("there are %d left in AWS", n)
	}
	o.wantFinalizerLast(t)
	if n := len(o.creates(t)); r.made() && n != 1 || !r.made() && n != 0 {
		t.Errorf("%d creates were accepted", n)
	}
}

// Somebody strips the finalizer of an object that lives: it comes back.
func storyStripped(t *testing.T, r row, team team, o object) {
	o.patch(t, `{"metadata":{"finalizers":null}}`)
	r.wantOne(t, team.account, o)
}

// Somebody strips the finalizer of an object that is being deleted, so that it is
// gone at once, and makes another of its name: that one takes up what was made.
func storyRecreated(t *testing.T, r row, team team, o object) {
	o.delete(t)
	o.strip(t)
	o.awaitGone(t)
	o.create(t, r.sample.spec())
	r.wantOne(t, team.account, o)
}

// strip takes the finalizers off, unless the object is gone already.
func (o object) strip(t *testing.T) {
	t.Helper()
	if _, err := o.client().Get(t.Context(), o.ref.Name, metav1.GetOptions{}); apierrors.IsNotFound(err) {
		return
	}
	o.patch(t, `{"metadata":{"finalizers":null}}`)
}

// An object is made again under its name, with a new uid, while what was made for
// the first is being deleted: the deletion goes on, then another is made.
func TestRecreatedWhileItsResourceIsDeleted(t *testing.T) {
	ofEachKind(t, func(t *testing.T, s sample, team team) {
		o := team.apply(t, s.kind, "again", s.spec())
		first := o.awaitSynced(t)
		w.result(t, o.ref)
		rule := hold(t, team, deletionOf(s.create), gateway.FaultHoldBefore)
		o.delete(t)
		rule.wait(t)
		o.strip(t)
		o.awaitGone(t)
		o.create(t, s.spec())
		rule.release(t)
		second := o.awaitSynced(t)
		if creates := o.creates(t); len(creates) != 2 || creates[1].Created[0] != second || creates[0].Created[0] != first {
			t.Errorf("AWS accepted %+v; the first object said %s, the second %s", creates, first, second)
		}
		if n := s.count(t, team.account); n != 1 {
			t.Errorf("there are %d in AWS, want 1", n)
		}
	})
}

// deletionOf is the action that undoes a create.
func deletionOf(create string) string {
	for made, undone := range map[string]string{"AllocateAddress": "ReleaseAddress", "RunInstances": "TerminateInstances"} {
		if create == made {
			return undone
		}
	}
	return strings.Replace(create, "Create", "Delete", 1)
}
