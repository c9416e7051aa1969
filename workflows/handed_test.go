package workflows_test

import (
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
)

// handed starts a run as the bridge does: with a signal, and the level as it is, read that long before the
// run starts.
func (w *world) handed(before time.Duration, more ...func()) *world {
	w.t.Helper()
	w.start.Handed = &resource.Handed{Level: w.level, Read: began.Add(-before)}
	return w.run(append([]func(){w.after(0, w.poke)}, more...)...)
}

// A run works from the level that the bridge read, unless that level may be out of date.
func TestLevelHandedOver(t *testing.T) {
	t.Run("nothing to do", func(t *testing.T) {
		newWorld(t, having()).holds(recorded).handed(time.Second).wantCalls("Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
	})
	t.Run("a create", func(t *testing.T) {
		newWorld(t, making(), having()).handed(time.Second).
			wantCalls("Observe kube/Claim Create kube/RecordID Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
	})
	t.Run("the clock of the bridge is a little ahead", func(t *testing.T) {
		newWorld(t, having()).holds(recorded).handed(-time.Second).wantCalls("Observe kube/PatchStatus")
	})
	t.Run("too old", func(t *testing.T) {
		newWorld(t, having()).holds(recorded).handed(resource.HandedLasts).wantCalls("kube/Level Observe kube/PatchStatus")
	})
	t.Run("from the future", func(t *testing.T) {
		newWorld(t, having()).holds(recorded).handed(-resource.HandedLasts).wantCalls("kube/Level Observe kube/PatchStatus")
	})
	t.Run("something else happened", func(t *testing.T) {
		w := newWorld(t, having()).holds(recorded)
		w.handed(time.Second, w.after(0, w.edit)).wantCalls("kube/Level Observe kube/PatchStatus")
	})
	t.Run("a later pass", func(t *testing.T) {
		w := newWorld(t, having()).holds(recorded)
		w.during("Observe", 1, w.edit).handed(time.Second).wantCalls("Observe kube/PatchStatus kube/Level Observe kube/PatchStatus")
	})
}
