package workflows_test

import (
	"testing"

	"github.com/tack-dev/tack/resource"
)

// pause pauses the object, and pokes.
func (w *world) pause() {
	w.change(func(l *resource.Level) {
		l.Digest, l.ReportedState = "paused", ""
		l.Problem = &resource.Problem{State: resource.Paused, Reason: resource.ReasonPaused, Message: "it is paused"}
	})
	w.poke()
}

// A pause stops a create at each boundary before it. The claim of a request that was not sent becomes
// void. Once the create is sent, its id is recorded first.
func TestPauseStopsACreate(t *testing.T) {
	for during, calls := range map[string]string{
		"Observe":       "kube/Level Observe kube/Level kube/PatchStatus",
		"kube/Claim":    "kube/Level Observe kube/Claim kube/Level kube/Release kube/Level kube/PatchStatus",
		"Create":        created + " kube/Level kube/PatchStatus",
		"kube/RecordID": created + " kube/Level kube/PatchStatus",
	} {
		t.Run(during, func(t *testing.T) {
			w := newWorld(t, making(add("a")))
			w.during(during, 1, w.pause).run()
			w.wantCalls(calls).wantReports("Paused Paused")
		})
	}
}

// An edit between the claim and the create does not stop the create: without its request, the claim
// would be unclear.
func TestAnEditDoesNotStopAClaimedCreate(t *testing.T) {
	w := newWorld(t, making(), having())
	w.during("kube/Claim", 1, w.edit).run()
	w.wantCalls("kube/Level Observe kube/Claim kube/Level Create kube/RecordID Observe kube/PatchStatus kube/Level Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
}

// A pause stops the second create after an unclear one. The claim stays open.
func TestPauseStopsASecondCreate(t *testing.T) {
	w := newWorld(t, making())
	w.fails("Create", refuse("NoAnswer", resource.Unclear))
	w.during("kube/Claim", 2, w.pause).run()
	w.wantCalls("kube/Level Observe kube/Claim Create Find kube/Claim kube/Level kube/Level kube/PatchStatus").wantReports("Paused Paused")
	if w.level.Object.Claim == nil || !w.level.Object.Claim.Open() {
		t.Errorf("the claim is %+v, want an open one", w.level.Object.Claim)
	}
}

// A pause stops the deletes of a sweep.
func TestPauseStopsASweep(t *testing.T) {
	swept := having()
	swept.Sweep = true
	w := newWorld(t, swept).holds(recorded)
	w.swept = resource.Swept{Steps: []resource.Step{del()}}
	w.during("Sweep", 1, w.pause).run()
	w.wantCalls("kube/Level Observe Sweep kube/Level kube/PatchStatus").wantReports("Paused Paused")
}

// A pause stops the next chunk of a stage of steps.
func TestPauseStopsTheNextChunk(t *testing.T) {
	var steps []resource.Step
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		steps = append(steps, add(name))
	}
	w := newWorld(t, having(steps...)).holds(recorded)
	w.during("Add", 8, w.pause).run()
	w.wantReports("Paused Paused")
	if n := len(w.sent); n != 8 {
		t.Errorf("%d steps were sent, want the 8 of the first chunk", n)
	}
}

// A deletion waits while the object is paused.
func TestPauseStopsADeletion(t *testing.T) {
	w := newWorld(t, having(remove("rules"), del())).holds(recorded).going()
	w.during("Remove", 1, w.pause).run()
	w.wantCalls("kube/Level Observe Remove kube/Level kube/PatchStatus").wantReports("Paused Paused")
}
