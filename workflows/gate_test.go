package workflows_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// While AWS lets no one assume the role, the object reports that and waits without adding history.
// Once access is granted, the run continues with the plan of that observation.
func TestRoleThatIsDenied(t *testing.T) {
	t.Run("at the first look", func(t *testing.T) {
		w := newWorld(t, having()).fails("Observe", refuse("RoleDenied", resource.Gated))
		plan := making()
		w.run(w.after(time.Minute, func() { w.change(func(*resource.Level) { w.ready = &plan }) }))
		w.wantCalls("kube/Level Observe kube/PatchStatus Await kube/Claim Create kube/RecordID Observe kube/PatchStatus").
			wantReports("Waiting RoleDenied", "Synced").wantResult(resource.Synced, thingID)
	})
	t.Run("a poke looks at the inputs", func(t *testing.T) {
		w := newWorld(t, having()).holds(recorded).fails("Observe", refuse("RoleDenied", resource.Gated))
		w.run(w.after(time.Minute, w.edit))
		w.wantCalls("kube/Level Observe kube/PatchStatus Await kube/Level Observe kube/PatchStatus").
			wantReports("Waiting RoleDenied", "Synced").wantResult(resource.Synced, thingID)
	})
	t.Run("for a deletion", func(t *testing.T) {
		gone := nothing()
		w := newWorld(t).holds(recorded).going().fails("Observe", refuse("RoleDenied", resource.Gated))
		w.run(w.after(time.Minute, func() { w.change(func(*resource.Level) { w.ready = &gone }) }))
		w.wantCalls("kube/Level Observe kube/PatchStatus Await kube/RemoveFinalizer").
			wantReports("Waiting RoleDenied").wantResult(resource.Deleted, thingID)
	})
	t.Run("just before the create", func(t *testing.T) {
		w := newWorld(t, making()).fails("Create", refuse("RoleDenied", resource.Gated)).run()
		w.wantCalls("kube/Level Observe kube/Claim Create kube/Release kube/PatchStatus").
			wantReports("Waiting RoleDenied").wantRenewed()
	})
	t.Run("ten minutes", func(t *testing.T) {
		w := newWorld(t).fails("Observe", refuse("RoleDenied", resource.Gated)).run()
		w.wantCalls("kube/Level Observe kube/PatchStatus Await").wantReports("Waiting RoleDenied").wantRenewed()
	})
}

// relocating is an object with a resource that somebody asked to release, because its namespace now
// names another account.
func (w *world) relocating() *world {
	w.level.Relocating = true
	w.level.Problem = &resource.Problem{State: resource.Blocked, Reason: "AccountChanged", Message: "it is elsewhere"}
	return w.on("kube/Release", func(int) error {
		w.change(func(l *resource.Level) {
			l.Relocating, l.Problem, l.Digest = false, nil, "d2"
			l.Target.AccountID = "444455556666"
		})
		return nil
	})
}

// A resource that must be released is removed from its place, and then made where the inputs name.
// The object keeps its finalizer throughout.
func TestRelease(t *testing.T) {
	t.Run("and making another", func(t *testing.T) {
		w := newWorld(t, having(del()), nothing(), making(), having()).holds(recorded).relocating().run()
		w.wantCalls("kube/Level Observe Delete Observe kube/Release kube/Level Observe kube/Claim Create kube/RecordID Observe kube/PatchStatus").
			wantReports("Synced").wantResult(resource.Synced, thingID)
		var deleting []bool
		for _, look := range w.looks {
			deleting = append(deleting, look.Object.Deleting)
		}
		if diff := cmp.Diff([]bool{true, true, false, false}, deleting); diff != "" {
			t.Errorf("looked at as one that goes (-want +got):\n%s", diff)
		}
		if from, to := w.sent[0].Target.AccountID, w.sent[1].Target.AccountID; from != "111122223333" || to != "444455556666" {
			t.Errorf("deleted in account %s and made in %s", from, to)
		}
		if !w.level.Object.Finalizer {
			t.Error("the finalizer is gone")
		}
	})
	t.Run("without the old account's role", func(t *testing.T) {
		w := newWorld(t).holds(recorded).relocating()
		w.level.Wait = &resource.Wait{Reason: "RoleNotMapped", Message: "no role"}
		w.run().wantCalls("kube/Level kube/PatchStatus kube/Await").wantReports("Waiting RoleNotMapped").wantRenewed()
	})
	t.Run("which AWS refuses", func(t *testing.T) {
		w := newWorld(t, having(del())).holds(recorded).relocating()
		w.on("Delete", func(int) error { return refuse("AccessDenied", resource.Denied) }).run()
		w.wantReports("Blocked AccessDenied").wantResult(resource.Blocked, thingID)
		if w.reports[0].NextTry == nil {
			t.Error("it is never tried again")
		}
	})
	t.Run("of an object that is being deleted", func(t *testing.T) {
		w := newWorld(t, having(del()), nothing()).holds(recorded).going().run()
		w.wantCalls("kube/Level Observe Delete Observe kube/RemoveFinalizer").wantResult(resource.Deleted, thingID)
	})
	t.Run("while nobody asks for it", func(t *testing.T) {
		w := newWorld(t).holds(recorded).relocating()
		w.level.Relocating = false
		w.run().wantCalls("kube/Level kube/PatchStatus").wantReports("Blocked AccountChanged").wantResult(resource.Blocked, thingID)
	})
}
