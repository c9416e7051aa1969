package workflows_test

import (
	"errors"
	"strings"
	"testing"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

const created = "kube/Level Observe kube/Claim Create kube/RecordID"

func TestCreate(t *testing.T) {
	w := newWorld(t, making(add("a"), remove("b")), having()).run()
	w.wantCalls(created+" Add Remove Observe kube/PatchStatus").
		wantReports("Synced").wantResult(resource.Synced, thingID)
	if got := string(w.sent[1].Request); got != `{"Id":"thing-1","What":"a"}` {
		t.Errorf("the step after the create was sent as %s: the new id is missing", got)
	}
	if !w.sent[0].Once || w.sent[1].Once {
		t.Errorf("sent once: create %t, step %t; want the create alone", w.sent[0].Once, w.sent[1].Once)
	}
}

func TestNothingComesBetweenCreateAndRecordID(t *testing.T) {
	w := newWorld(t, making(add("a")), having(add("a")), having())
	w.during("Create", 1, func() { w.edit(); w.poke() }).run()
	w.wantCalls(created+" kube/Level Observe Add Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
}

func TestDeletedWhileItIsCreated(t *testing.T) {
	w := newWorld(t, making(add("a")), having(del()), nothing())
	w.during("Create", 1, func() {
		w.change(func(l *resource.Level) { l.Object.Deleting = true })
		w.poke()
	}).run()
	w.wantCalls(created+" kube/Level Observe Delete Observe kube/RemoveFinalizer").wantResult(resource.Deleted, thingID)
}

func TestDeletedBeforeItIsClaimed(t *testing.T) {
	w := newWorld(t, making())
	w.during("kube/Claim", 1, func() { w.change(func(l *resource.Level) { l.Object.Deleting = true }) }).run()
	w.wantCalls("kube/Level Observe kube/Claim kube/Level").wantResult(resource.Deleted, "")
}

// unclear lists the ways in which the outcome of a create stays unknown.
var unclear = map[string]error{
	"no answer":         refuse("NoAnswer", resource.Unclear),
	"start to close":    temporal.NewTimeoutError(enumspb.TIMEOUT_TYPE_START_TO_CLOSE, nil),
	"missing heartbeat": temporal.NewHeartbeatTimeoutError(),
}

func TestUnclearCreateIsFound(t *testing.T) {
	for name, err := range unclear {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, making(add("a")), having(add("a")), having())
			w.found.ID = thingID
			w.fails("Create", err).run()
			w.wantCalls("kube/Level Observe kube/Claim Create Find kube/RecordID Observe Add Observe kube/PatchStatus").
				wantResult(resource.Synced, thingID)
			if w.counts["Create"] != 1 {
				t.Errorf("the create was sent %d times", w.counts["Create"])
			}
		})
	}
}

func TestUnclearCreateIsSentAgainOnceShownAbsent(t *testing.T) {
	for name, err := range unclear {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, making(), having())
			w.on("Create", func(n int) error {
				switch claim := w.level.Object.Claim; {
				case n == 1:
					return err
				case claim.Lost.IsZero():
					t.Error("the create is sent again before the claim says that a request may still arrive")
				}
				return nil
			}).run()
			w.wantCalls("kube/Level Observe kube/Claim Create Find kube/Claim Create kube/RecordID Observe kube/PatchStatus").
				wantResult(resource.Synced, thingID)
		})
	}
}

func TestPanicInCreateIsUnclear(t *testing.T) {
	w := newWorld(t, making(), having())
	w.found.ID = thingID
	w.on("Create", func(int) error { panic("a bug") }).run()
	w.wantCalls("kube/Level Observe kube/Claim Create Find kube/RecordID Observe kube/PatchStatus").
		wantResult(resource.Synced, thingID)
}

func TestCreateThatStaysUnclearKeepsItsClaimAndRests(t *testing.T) {
	w := newWorld(t, making())
	w.on("Create", func(int) error { return unclear["no answer"] }).run()
	w.wantCalls("kube/Level Observe kube/Claim"+strings.Repeat(" Create Find kube/Claim", 4)+" Create Find kube/PatchStatus").
		wantReports("Blocked NoAnswer").wantResult(resource.Blocked, "")
	if !w.level.Object.Claim.Open() {
		t.Error("the claim is void although it is unknown what was created")
	}
}

func TestDeletedWhileAnUnclearCreateIsLookedFor(t *testing.T) {
	w := newWorld(t, making())
	w.hooks["Find"] = func(int) error {
		w.change(func(l *resource.Level) { l.Object.Deleting = true })
		w.poke()
		return nil
	}
	w.fails("Create", unclear["no answer"]).run()
	w.wantCalls("kube/Level Observe kube/Claim Create Find kube/Level kube/Release kube/Level kube/RemoveFinalizer").
		wantResult(resource.Deleted, "")
}

func TestRefusedCreate(t *testing.T) {
	for _, test := range []struct {
		class  resource.Class
		report string
		state  resource.State
	}{
		{resource.Invalid, "Terminal Code", resource.Terminal},
		{resource.Exists, "Blocked Code", resource.Blocked}, // the name is taken
		{resource.Quota, "Blocked Code", resource.Blocked},
		{resource.Denied, "Blocked Code", resource.Blocked},
		{resource.Other, "Blocked Code", resource.Blocked},
	} {
		t.Run(string(test.class), func(t *testing.T) {
			w := newWorld(t, making(add("a")))
			w.fails("Create", refuse("Code", test.class)).run()
			w.wantCalls("kube/Level Observe kube/Claim Create kube/Release kube/PatchStatus").
				wantReports(test.report).wantResult(test.state, "")
		})
	}
}

func TestNameTakenByOurOwnUnclearCreate(t *testing.T) {
	w := newWorld(t, making(), having())
	w.on("Create", func(n int) error {
		if n == 2 {
			w.found.ID = thingID // the first create was carried out after all
			return refuse("EntityAlreadyExists", resource.Exists)
		}
		return refuse("NoAnswer", resource.Unclear)
	}).run()
	w.wantCalls("kube/Level Observe kube/Claim Create Find kube/Claim Create Find kube/RecordID Observe kube/PatchStatus").
		wantResult(resource.Synced, thingID)
}

// A stale replica may show the recorded resource as gone. AWS then refuses to make a second one,
// and the first is found and kept.
func TestNameTakenByTheRecordedOne(t *testing.T) {
	w := newWorld(t, making(), having()).holds(resource.Claim{ID: thingID, Incarnation: 1})
	w.fails("Create", refuse("EntityAlreadyExists", resource.Exists))
	w.found.ID = thingID
	w.run().wantCalls("kube/Level Observe kube/Claim Create Find kube/RecordID Observe kube/PatchStatus").
		wantResult(resource.Synced, thingID)
	if claim := w.level.Object.Claim; claim.Void || claim.ID != thingID {
		t.Errorf("the claim is %+v, want it to hold %s", claim, thingID)
	}
}

// A resource with that name that is not ours is refused, after a search.
func TestNameTakenByAnotherAfterTheRecordedOne(t *testing.T) {
	w := newWorld(t, making()).holds(resource.Claim{ID: thingID, Incarnation: 1})
	w.fails("Create", refuse("EntityAlreadyExists", resource.Exists)).run()
	w.wantCalls("kube/Level Observe kube/Claim Create Find kube/Release kube/PatchStatus").
		wantReports("Blocked EntityAlreadyExists")
}

func TestOpenClaimIsLookedUpBeforeAnythingIsSent(t *testing.T) {
	t.Run("found", func(t *testing.T) {
		w := newWorld(t, making(), having()).holds(resource.Claim{})
		w.found.ID = thingID
		w.run().wantCalls("kube/Level Observe Find kube/RecordID Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
	})
	t.Run("absent", func(t *testing.T) {
		w := newWorld(t, making(), having()).holds(resource.Claim{Request: "of another spec"}).run()
		w.wantCalls("kube/Level Observe Find kube/Claim Create kube/RecordID Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
	})
	t.Run("seen by Observe", func(t *testing.T) {
		w := newWorld(t, having()).holds(resource.Claim{}).run()
		w.wantCalls("kube/Level Observe kube/RecordID kube/PatchStatus").wantResult(resource.Synced, thingID)
	})
	t.Run("moved", func(t *testing.T) {
		w := newWorld(t, making(), making(), having()).holds(resource.Claim{})
		w.level.Moved = true
		w.during("kube/Release", 1, func() { w.change(func(l *resource.Level) { l.Moved = false }) }).run()
		w.wantCalls("kube/Level Observe Find kube/Release "+created+" Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
	})
}

func TestReleaseThatIsNotPossibleContinuesAsNew(t *testing.T) {
	w := newWorld(t, making()).holds(resource.Claim{})
	w.level.Moved = true
	w.on("kube/Release", func(int) error { return errors.New("the API server is down") }).run()
	w.wantCalls("kube/Level Observe Find kube/Release").wantRenewed()
}

func TestIDThatCannotBeRecordedIsCarriedOn(t *testing.T) {
	w := newWorld(t, making(add("a")), having(add("a")), having())
	down := true
	w.on("kube/RecordID", func(int) error {
		if down {
			return errors.New("the API server is down")
		}
		return nil
	}).run()
	w.wantCalls(created).wantRenewed()
	if got := w.start.Carry.Record; got == nil || got.Claim.ID != thingID {
		t.Fatalf("carried: %+v, want the id %s", got, thingID)
	}
	down = false
	w.run().wantCalls("kube/RecordID kube/Level Observe Add Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
}

func TestObjectGoneBeforeItsIDIsRecorded(t *testing.T) {
	w := newWorld(t, making(add("a")))
	w.during("Create", 1, func() { w.change(func(l *resource.Level) { l.Gone = true }) }).run()
	w.wantCalls(created).wantResult(resource.Gone, thingID)
}

func TestCarriedIDOfAnObjectWhoseNameIsTakenByNow(t *testing.T) {
	w := newWorld(t, making(), having())
	w.start.Carry.Record = &resource.RecordInput{Ref: ref, UID: "u0", Claim: resource.Claim{ID: "thing-0"}}
	w.run().wantCalls("kube/RecordID "+created+" Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
}
