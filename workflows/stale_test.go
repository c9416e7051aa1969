package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
)

// A change that AWS carried out and does not show yet is awaited, not sent again.
func TestChangeThatAWSDoesNotShowYet(t *testing.T) {
	stale := having(add("a"))
	t.Run("shown after two pauses", func(t *testing.T) {
		w := newWorld(t, stale, stale, stale, having()).holds(recorded)
		var began time.Time
		w.run(func() { began = w.env.Now() })
		w.wantCalls("kube/Level Observe Add Observe Observe Observe kube/PatchStatus").wantReports("Synced")
		if took := w.env.Now().Sub(began); took < 3*time.Second {
			t.Errorf("it rested for %s of the run's time, want 1 s and then 2 s", took)
		}
	})
	t.Run("another change is not held up", func(t *testing.T) {
		w := newWorld(t, stale, having(add("a"), add("b")), having()).holds(recorded).run()
		w.wantCalls("kube/Level Observe Add Observe Add Add Observe kube/PatchStatus").wantReports("Synced")
	})
	t.Run("a newer level ends the rest", func(t *testing.T) {
		w := newWorld(t, stale, stale, having()).holds(recorded)
		w.run(w.after(500*time.Millisecond, w.edit))
		w.wantCalls("kube/Level Observe Add Observe kube/Level Observe kube/PatchStatus").wantReports("Synced")
	})
	t.Run("a signal without a newer level does not shorten the rest", func(t *testing.T) {
		w := newWorld(t, stale, stale, having()).holds(recorded)
		var began time.Time
		w.run(func() { began = w.env.Now() }, w.after(200*time.Millisecond, w.poke), w.after(400*time.Millisecond, w.poke))
		w.wantCalls("kube/Level Observe Add Observe kube/Level kube/Level Observe kube/PatchStatus").wantReports("Synced")
		if took := w.env.Now().Sub(began); took < time.Second {
			t.Errorf("it rested for %s of the run's time, want 1 s", took)
		}
	})
	t.Run("undone by somebody", func(t *testing.T) {
		w := newWorld(t, stale).holds(recorded).run()
		// After four pauses it is sent again: eight times in all.
		w.wantCalls("kube/Level Observe Add" + strings.Repeat(" Observe", 4) + strings.Repeat(" Observe Add", 7) + " kube/PatchStatus").
			wantReports("Blocked NotSettling")
	})
}

// AWS refuses a change that is already in effect and that an earlier, stale observation did not
// show.
func TestChangeThatIsThereAlready(t *testing.T) {
	stale := having(add("a"))
	there := func(int) error { return refuse("InvalidPermission.Duplicate", resource.Exists) }
	t.Run("shown after a rest", func(t *testing.T) {
		w := newWorld(t, stale, stale, having()).holds(recorded).on("Add", there).run()
		w.wantCalls("kube/Level Observe Add Observe Observe kube/PatchStatus").wantReports("Synced")
	})
	t.Run("never shown", func(t *testing.T) {
		w := newWorld(t, stale).holds(recorded).on("Add", there)
		var began time.Time
		w.run(func() { began = w.env.Now() })
		w.wantCalls("kube/Level Observe Add Observe Observe Observe Add Observe kube/PatchStatus").
			wantReports("Blocked InvalidPermission.Duplicate")
		if took := w.env.Now().Sub(began); took > 4*time.Second {
			t.Errorf("a rule that is there twice is reported after %s of the run's time, want 3 s", took)
		}
	})
}
