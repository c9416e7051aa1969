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

// An annotation that forbids a create stops it between the claim and the request.
func TestAnnotationsStopAClaimedCreate(t *testing.T) {
	for name, annotate := range map[string]func(*resource.Object){
		"read-only":   func(o *resource.Object) { o.ReadOnly = true },
		"plan-only":   func(o *resource.Object) { o.PlanOnly = true },
		"only adopts": func(o *resource.Object) { o.Adoption = &resource.Adoption{ID: "thing-2"} },
	} {
		t.Run(name, func(t *testing.T) {
			problem := &resource.Problem{State: resource.Paused, Reason: resource.ReasonPlanned, Message: "it makes none"}
			w := newWorld(t, making(), resource.Plan{Problem: problem})
			w.during("kube/Claim", 1, func() {
				w.change(func(l *resource.Level) { l.Digest = "annotated"; annotate(&l.Object) })
				w.poke()
			}).run()
			w.wantCalls("kube/Level Observe kube/Claim kube/Level kube/Release kube/Level Observe kube/PatchStatus").wantReports("Paused Planned")
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

// A pause stops the delete that follows another one: of a sweep, and of a resource that was replaced.
func TestPauseStopsTheNextDelete(t *testing.T) {
	steps := []resource.Step{remove("rules"), del()}
	for verb, w := range map[string]*world{
		"Sweep": newWorld(t, sweeping()).holds(recorded),
		"Clean": newWorld(t, having()).replaced().cleans(resource.Swept{Steps: steps}),
	} {
		t.Run(verb, func(t *testing.T) {
			w.t, w.swept = t, resource.Swept{Steps: steps}
			w.during("Remove", 1, w.pause).run()
			w.wantCalls("kube/Level Observe " + verb + " Remove kube/Level kube/PatchStatus").wantReports("Paused Paused")
		})
	}
}

// A pause stops the deletion of a replaced resource before its first call.
func TestPauseStopsTheDeletionOfWhatIsReplaced(t *testing.T) {
	for _, during := range []string{"Observe", "Clean"} {
		t.Run(during, func(t *testing.T) {
			w := newWorld(t, having()).replaced().cleans(resource.Swept{Steps: []resource.Step{del()}})
			w.during(during, 1, w.pause).run()
			w.wantCalls("kube/Level Observe Clean kube/Level kube/PatchStatus").wantReports("Paused Paused")
		})
	}
	t.Run("while it waits", func(t *testing.T) {
		w := newWorld(t, having()).replaced()
		w.level.Problem = &resource.Problem{State: resource.Paused, Reason: resource.ReasonPaused}
		w.run()
		w.wantCalls("kube/Level kube/PatchStatus").wantReports("Paused Paused")
	})
}

// A poke without a newer level does not end the deletes.
func TestPokeDoesNotStopTheNextDelete(t *testing.T) {
	w := newWorld(t, having()).replaced().cleans(resource.Swept{Steps: []resource.Step{remove("rules"), del()}}, resource.Swept{Gone: true})
	w.during("Remove", 1, w.poke).run()
	w.wantCalls("kube/Level Observe Clean Remove kube/Level Delete Clean kube/RecordID kube/PatchStatus").wantReports("Synced")
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
