package workflows_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
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

// The resource of a read-only object stays, and no role is needed to leave it.
func TestDeletionOfReadOnly(t *testing.T) {
	for _, claim := range []resource.Claim{recorded, {}} {
		w := newWorld(t).holds(claim).going()
		w.level.Object.ReadOnly = true
		w.run().wantCalls("kube/Level kube/RemoveFinalizer").wantResult(resource.Deleted, claim.ID)
	}
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
		w.during("Delete", 1, w.edit)
		// The newer level cancels a call that still runs. On the server, an attempt in flight then
		// reports its outcome; the test environment drops it. The level is read after the answer.
		answered := make(chan struct{})
		w.during("kube/Level", 2, func() { <-answered })
		w.run(func() {
			w.env.SetOnActivityCompletedListener(func(info *activity.Info, _ converter.EncodedValue, _ error) {
				if info.ActivityType.Name == kind+"/Delete" {
					close(answered)
				}
			})
		})
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

// What is not deleted after all rounds is named, with what was sent.
func TestDeletionThatDoesNotSettle(t *testing.T) {
	w := newWorld(t, having(del())).holds(recorded).going().run()
	w.wantReports("Blocked NotDeleted")
	if got := w.reports[0].Message; !strings.Contains(got, thingID+" still exists") || !strings.Contains(got, "Delete it") {
		t.Errorf("the report is %q", got)
	}
}

// The first calls of a deletion end after seconds, so that the object reports why AWS does not
// delete. Later calls are retried, because the object shows the reason.
func TestTheFirstCallOfADeletionEndsSoon(t *testing.T) {
	w := newWorld(t, having(del()), having(del()), nothing()).holds(recorded).going()
	w.refusesStep = func(in resource.CallInput) error {
		if in.Eager {
			return temporal.NewApplicationErrorWithOptions("no answer in time", resource.ReasonNoAnswer, temporal.ApplicationErrorOptions{
				NonRetryable: true, Details: []any{resource.Failure{Code: resource.ReasonNoAnswer, Class: resource.Unclear, Message: "no answer in time"}},
			})
		}
		return nil
	}
	w.run().wantCalls("kube/Level Observe Delete Observe kube/PatchStatus Delete Observe kube/RemoveFinalizer").
		wantReports("Waiting NoAnswer").wantResult(resource.Deleted, thingID)
	if len(w.sent) != 2 || !w.sent[0].Eager || w.sent[1].Eager {
		t.Errorf("the calls are %+v, want the first one alone as eager", w.sent)
	}
}
