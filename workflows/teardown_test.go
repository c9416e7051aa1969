package workflows_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// going is an object that is being deleted.
func (w *world) going() *world {
	w.level.Object.Deleting, w.level.Object.Finalizer = true, true
	return w
}

func TestDeletionOfWhatWasNeverSent(t *testing.T) {
	const calls = "kube/Level kube/RemoveFinalizer"
	t.Run("no claim", func(t *testing.T) {
		newWorld(t).going().run().wantCalls(calls).wantResult(resource.Deleted, "")
	})
	t.Run("void claim", func(t *testing.T) {
		newWorld(t).holds(resource.Claim{Void: true}).going().run().wantCalls(calls).wantResult(resource.Deleted, "")
	})
	t.Run("without a role", func(t *testing.T) {
		newWorld(t).roleless().going().run().wantCalls(calls).wantResult(resource.Deleted, "")
	})
	t.Run("released already", func(t *testing.T) {
		w := newWorld(t).holds(recorded).going()
		w.level.Object.Finalizer = false // another's finalizer holds the object
		w.run().wantCalls("kube/Level").wantResult(resource.Deleted, "")
	})
}

func TestDeletion(t *testing.T) {
	w := newWorld(t, having(remove("rules of others"), del()), nothing()).holds(recorded).going().run()
	w.wantCalls("kube/Level Observe Remove Delete Observe kube/RemoveFinalizer").wantReports().wantResult(resource.Deleted, thingID)
}

func TestDeletionOfWhatIsGoneAlready(t *testing.T) {
	w := newWorld(t, nothing()).holds(recorded).going().run()
	w.wantCalls("kube/Level Observe kube/RemoveFinalizer").wantResult(resource.Deleted, thingID)
}

func TestDeletionIsAwaited(t *testing.T) {
	deleting := having()
	deleting.Wait = &resource.Wait{Reason: "Deleting", Message: "the thing is being deleted"}
	gone := nothing()
	w := newWorld(t, having(del()), deleting).holds(recorded).going()
	w.run(w.after(time.Minute, func() { w.change(func(*resource.Level) { w.ready = &gone }) }))
	w.wantCalls("kube/Level Observe Delete Observe kube/PatchStatus Await kube/RemoveFinalizer").
		wantReports("Waiting Deleting").wantResult(resource.Deleted, thingID)
}

func TestDeletionWithAnOpenClaim(t *testing.T) {
	t.Run("found", func(t *testing.T) {
		w := newWorld(t, nothing(), having(del()), nothing()).holds(resource.Claim{}).going()
		w.found.ID = thingID
		w.run().wantCalls("kube/Level Observe Find kube/RecordID Observe Delete Observe kube/RemoveFinalizer").
			wantResult(resource.Deleted, thingID)
	})
	t.Run("absent", func(t *testing.T) {
		w := newWorld(t, nothing()).holds(resource.Claim{}).going().run()
		w.wantCalls("kube/Level Observe Find kube/RemoveFinalizer").wantResult(resource.Deleted, "")
	})
	t.Run("seen by Observe", func(t *testing.T) {
		w := newWorld(t, having(del()), nothing()).holds(resource.Claim{}).going().run()
		w.wantCalls("kube/Level Observe kube/RecordID Delete Observe kube/RemoveFinalizer").wantResult(resource.Deleted, thingID)
	})
	t.Run("without a role", func(t *testing.T) {
		w := newWorld(t).holds(resource.Claim{}).going().roleless().run()
		w.wantCalls(waits).wantRenewed()
	})
}

func TestDeletionThatRetains(t *testing.T) {
	w := newWorld(t, having(remove("our tags")), having()).holds(recorded).going()
	w.level.Object.Retain = true
	w.run().wantCalls("kube/Level Observe Remove Observe kube/RemoveFinalizer").wantResult(resource.Deleted, thingID)
}

func TestDeletionOfWhatIsNotOurs(t *testing.T) {
	foreign := having()
	foreign.Problem = &resource.Problem{State: resource.Blocked, Reason: "NotOwned"}
	w := newWorld(t, foreign).holds(recorded).going().run()
	w.wantCalls("kube/Level Observe kube/PatchStatus").wantReports("Blocked NotOwned")
}

func TestDeletionThatAWSRefuses(t *testing.T) {
	w := newWorld(t, having(del())).holds(recorded).going()
	w.fails("Delete", refuse("UnauthorizedOperation", resource.Denied)).run()
	w.wantCalls("kube/Level Observe Delete Observe kube/PatchStatus").wantReports("Blocked UnauthorizedOperation")
}

// dependent returns AWS's answer while something depends on the thing. The test environment skips
// the rest between two attempts but not its end.
func dependent(rest time.Duration) error {
	return temporal.NewApplicationErrorWithOptions("it has a dependent object", "DependencyViolation", temporal.ApplicationErrorOptions{
		NextRetryDelay: rest,
		Details:        []any{resource.Failure{Code: "DependencyViolation", Class: resource.Dependent, Message: "it has a dependent object"}},
	})
}

func TestDeletionWaitsForDependants(t *testing.T) {
	t.Run("that go at once", func(t *testing.T) {
		w := newWorld(t, having(del()), nothing()).holds(recorded).going()
		w.on("Delete", func(n int) error {
			if n < 3 {
				return dependent(time.Second)
			}
			return nil
		}).run()
		w.wantCalls("kube/Level Observe Delete Observe kube/RemoveFinalizer").wantReports().wantResult(resource.Deleted, thingID)
	})
	t.Run("that go later", func(t *testing.T) {
		w := newWorld(t, having(del()), having(del()), nothing()).holds(recorded).going()
		w.on("Delete", func(n int) error {
			if n < 7 {
				return dependent(time.Second)
			}
			return nil
		}).run()
		w.wantCalls("kube/Level Observe Delete Observe kube/PatchStatus Delete Observe kube/RemoveFinalizer").
			wantReports("Waiting DependencyViolation").wantResult(resource.Deleted, thingID)
	})
	t.Run("that stay", func(t *testing.T) {
		w := newWorld(t, having(del())).holds(recorded).going()
		w.on("Delete", func(int) error { return dependent(time.Second) }).run()
		w.wantCalls("kube/Level Observe Delete Observe kube/PatchStatus Delete Observe").
			wantReports("Waiting DependencyViolation").wantRenewed()
	})
}

// The object names what still refers to it. The deletion is retried as soon as nothing does,
// however long the back-off was.
func TestDeletionShowsItsDependants(t *testing.T) {
	w := newWorld(t, having(del()), having(del()), nothing()).holds(recorded).going()
	w.level.Dependants = []string{"Subnet team/a", "Subnet team/b"}
	free := false
	w.on("Delete", func(int) error {
		if !free {
			return dependent(8 * time.Minute)
		}
		return nil
	})
	left := func(names ...string) func() {
		return func() {
			w.change(func(l *resource.Level) { l.Dependants, free = names, len(names) == 0 })
			w.poke()
		}
	}
	w.run(w.after(time.Minute, left("Subnet team/b")), w.after(2*time.Minute, left()))
	w.wantCalls("kube/Level Observe kube/PatchStatus Delete kube/Level kube/PatchStatus kube/Level Observe Delete Observe kube/RemoveFinalizer").
		wantReports("Waiting HasDependants", "Waiting HasDependants").wantResult(resource.Deleted, thingID)
	for i, want := range []string{"; still there: Subnet team/a, Subnet team/b", "; still there: Subnet team/b"} {
		if got := w.reports[i].Message; !strings.HasSuffix(got, want) {
			t.Errorf("report %d says %q, want it to end in %q", i, got, want)
		}
	}
}

// When the last dependent is gone and AWS still refuses, the object stops naming it and reports the
// first refusal.
func TestDeletionDoesNotNameWhatIsGone(t *testing.T) {
	w := newWorld(t, having(del())).holds(recorded).going()
	w.level.Dependants = []string{"Subnet team/a"}
	refused := 0
	w.on("Delete", func(int) error {
		if len(w.level.Dependants) == 0 && len(w.reports) == 1 {
			refused++
		}
		return dependent(8 * time.Minute)
	})
	w.run(w.after(time.Minute, func() {
		w.change(func(l *resource.Level) { l.Dependants = nil })
		w.poke()
	}))
	w.wantReports("Waiting HasDependants", "Waiting DependencyViolation")
	if refused != 1 || strings.Contains(w.reports[1].Message, "still there") {
		t.Errorf("after %d refusals the report is %q, want after one", refused, w.reports[1].Message)
	}
}

// When AWS names something else that holds the resource, the object reports it again.
func TestDeletionThatSomethingElseHolds(t *testing.T) {
	held := func(by string) resource.Plan {
		plan := having()
		plan.Wait, plan.Held = &resource.Wait{Reason: "InUse", Message: "in use by " + by}, true
		return plan
	}
	w := newWorld(t, held("eni-1")).holds(recorded).going()
	next, gone := held("eni-2"), nothing()
	w.ready = &next
	w.run(w.after(time.Minute, func() { w.change(func(*resource.Level) { w.ready = &gone }) }))
	w.wantReports("Waiting InUse", "Waiting InUse")
	if got := w.reports[1].Message; got != "in use by eni-2" {
		t.Errorf("the report is %q", got)
	}
}

// A user who decides to keep the resource need not wait until AWS would delete it.
func TestDeletionThatWaitsIsTurnedIntoRetaining(t *testing.T) {
	w := newWorld(t, having(del()), having(remove("our tags")), having()).holds(recorded).going()
	w.on("Delete", func(int) error { return dependent(8 * time.Minute) })
	w.run(w.after(time.Minute, func() {
		w.change(func(l *resource.Level) { l.Object.Retain, l.Digest = true, "d2" })
		w.poke()
	}))
	w.wantCalls("kube/Level Observe Delete kube/Level Observe Remove Observe kube/RemoveFinalizer").wantResult(resource.Deleted, thingID)
}

// A deletion that AWS accepted is remembered when a signal arrives during the call, and by the next
// run. A resource that is then not found is gone.
func TestAcceptedDeletionIsRemembered(t *testing.T) {
	want := func(t *testing.T, w *world) {
		t.Helper()
		if diff := cmp.Diff([]resource.Done{{Verb: resource.VerbDelete}}, w.looks[len(w.looks)-1].Done); diff != "" {
			t.Errorf("the last look knows (-want +got):\n%s", diff)
		}
	}
	t.Run("when news arrive", func(t *testing.T) {
		w := newWorld(t, having(del()), nothing()).holds(recorded).going()
		w.during("Delete", 1, w.edit).run()
		want(t, w)
	})
	t.Run("by the next run", func(t *testing.T) {
		deleting := having()
		deleting.Wait = &resource.Wait{Reason: "Deleting", Message: "the thing is being deleted"}
		w := newWorld(t, having(del()), deleting, nothing()).holds(recorded).going()
		w.run(w.after(time.Minute, func() { w.env.SignalWorkflow(resource.SignalRoll, nil) })).wantRenewed()
		w.run()
		want(t, w)
	})
}

func TestNewsOfTheReleasedObject(t *testing.T) {
	gone := func(w *world, uid string) func() {
		return func() {
			w.env.SignalWorkflow(resource.SignalPoke, resource.Poke{Reason: "test", Gone: true, UID: uid})
		}
	}
	t.Run("is none", func(t *testing.T) {
		w := newWorld(t).going()
		w.during("kube/RemoveFinalizer", 1, gone(w, "u1")).run()
		w.wantCalls("kube/Level kube/RemoveFinalizer").wantResult(resource.Deleted, "")
	})
	t.Run("of another is some", func(t *testing.T) {
		w := newWorld(t).going()
		w.during("kube/RemoveFinalizer", 1, gone(w, "u0")).run()
		w.wantCalls("kube/Level kube/RemoveFinalizer kube/Level").wantResult(resource.Gone, "")
	})
}

func TestFinalizerThatCannotBeTakenOff(t *testing.T) {
	w := newWorld(t).going()
	w.on("kube/RemoveFinalizer", func(int) error { return errors.New("down") }).run()
	w.wantCalls("kube/Level kube/RemoveFinalizer").wantRenewed()
}

// While AWS refuses a deletion, the object names what holds the resource now, without what is gone.
func TestDeletionThatAnotherHoldsByNow(t *testing.T) {
	held := func(by string) error {
		return temporal.NewApplicationErrorWithOptions("held by "+by, "DependencyViolation", temporal.ApplicationErrorOptions{
			NonRetryable: by == "eni-2", NextRetryDelay: time.Second,
			Details: []any{resource.Failure{Code: "DependencyViolation", Class: resource.Dependent, Message: "held by " + by}},
		})
	}
	w := newWorld(t, having(del())).holds(recorded).going()
	var shown []string
	w.refusesStep = func(in resource.CallInput) error {
		shown = append(shown, in.Told)
		if len(shown) <= 3 {
			return held("eni-1")
		}
		return held("eni-2") // as the activity ends when AWS names something else
	}
	w.run().wantReports("Waiting DependencyViolation", "Waiting DependencyViolation").wantRenewed()
	if got := w.reports[1].Message; got != "Delete it: DependencyViolation: held by eni-2" {
		t.Errorf("the report is %q", got)
	}
	if got := strings.Join(shown, ","); got != ",,,held by eni-1" {
		t.Errorf("the calls know that the object shows %q", got)
	}
	if w.start.Carry.Waited {
		t.Error("the next run starts with the longest pauses")
	}
}

// What is not deleted after all rounds is named, with what was sent.
func TestDeletionThatDoesNotSettle(t *testing.T) {
	w := newWorld(t, having(del())).holds(recorded).going().run()
	w.wantReports("Blocked NotDeleted")
	if got := w.reports[0].Message; !strings.Contains(got, thingID+" still exists") || !strings.Contains(got, "Delete it") {
		t.Errorf("the report is %q", got)
	}
}
