package workflows_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

var (
	there    = resource.Target{Partition: "aws", AccountID: "444455556666", Region: "us-west-2"}
	accepter = resource.Target{Partition: "aws", AccountID: "444455556666", Region: "us-west-2", RoleARN: "arn:aws:iam::444455556666:role/tack"}
)

// asking returns the plan of a resource that waits until another account accepts it.
func asking(steps ...resource.Step) resource.Plan {
	plan := having(steps...)
	plan.Accepter = there
	if len(steps) == 0 {
		plan.Wait = &resource.Wait{Reason: "PendingAcceptance", Message: "account 444455556666 must accept it"}
	}
	return plan
}

// answering makes the level answer for the accepter from its n-th read.
func (w *world) answering(n int, a resource.Accepter) *world {
	return w.on("kube/Level", func(call int) error {
		if call == n {
			w.change(func(l *resource.Level) { l.Accepter = a })
		}
		return nil
	})
}

// A step in another account carries the target that the level gives for that account. All other
// steps carry the object's own.
func TestStepInAnotherAccount(t *testing.T) {
	accept := add("consent")
	accept.Target = accepter
	w := newWorld(t, asking(), asking(accept, step("Remove", "a", 1)), having()).holds(recorded)
	w.answering(2, resource.Accepter{Target: accepter}).run()
	w.wantCalls("kube/Level Observe kube/Level Observe Add Remove Observe kube/PatchStatus").wantReports("Synced")
	var got []resource.Target
	for _, call := range w.sent {
		got = append(got, call.Target)
	}
	if diff := cmp.Diff([]resource.Target{accepter, w.level.Target}, got); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
	if key := w.options["Add"].Priority.FairnessKey; key != accepter.AccountID {
		t.Errorf("the step takes the turn of account %s", key)
	}
	if w.looks[0].Accepter != (resource.Accepter{}) || w.looks[1].Accepter.Target != accepter {
		t.Errorf("Observe gets %+v, then %+v", w.looks[0].Accepter, w.looks[1].Accepter)
	}
}

// While the object may not call there, it waits. A change of the role map ends the wait by a poke.
func TestAccepterThatIsNotMapped(t *testing.T) {
	accept := add("consent")
	accept.Target = accepter
	w := newWorld(t, asking(), asking(), asking(accept), having()).holds(recorded)
	w.answering(2, resource.Accepter{Target: there, Missing: "no role"})
	w.run(w.after(time.Minute, func() {
		w.change(func(l *resource.Level) { l.Accepter = resource.Accepter{Target: accepter} })
		w.poke()
	}))
	w.wantCalls("kube/Level Observe kube/Level Observe kube/PatchStatus Await kube/Level Observe Add Observe kube/PatchStatus").
		wantReports("Waiting PendingAcceptance", "Synced")
	if got := w.awaits[0].Accepter.Missing; got != "no role" {
		t.Errorf("Await gets %q", got)
	}
}

// A bridge of an older version does not answer. The run asks it once.
func TestAccepterThatIsNotAnswered(t *testing.T) {
	w := newWorld(t, asking()).holds(recorded)
	w.run(w.after(time.Minute, w.poke))
	w.wantCalls("kube/Level Observe kube/Level Observe kube/PatchStatus Await kube/Level Observe Await").
		wantReports("Waiting PendingAcceptance").wantRenewed()
}

// A refusal in one account says nothing about another, even for the same request.
func TestRefusalInOneAccount(t *testing.T) {
	var steps []resource.Step
	for range 9 { // the first wave has eight
		steps = append(steps, add("a"))
	}
	steps[8].Target = accepter
	w := newWorld(t, having(steps...), having(steps[:8]...)).holds(recorded)
	w.refusesStep = func(in resource.CallInput) error {
		if in.Target == accepter {
			return nil
		}
		return refuse("UnauthorizedOperation", resource.Denied)
	}
	w.run().wantReports("Blocked UnauthorizedOperation")
	if n := len(w.sent); n != 9 {
		t.Errorf("%d steps are sent, want also that of the other account", n)
	}
}
