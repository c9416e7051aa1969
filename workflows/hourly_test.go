package workflows_test

import (
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
)

// held is the plan for a deletion that waits because a read shows a holder.
func held(steps ...resource.Step) resource.Plan {
	plan := having(steps...)
	plan.Wait, plan.Held = &resource.Wait{Reason: "InUse", Message: "in use by eni-1"}, true
	return plan
}

// Once an hour, AWS decides about a deletion that waits because a read shows a holder. The delete is
// sent once. If AWS refuses it, the object goes on reporting the holder, without another write.
func TestHeldDeletionIsTried(t *testing.T) {
	due := held(del())
	t.Run("and refused", func(t *testing.T) {
		w := newWorld(t, held()).holds(recorded).going()
		w.level.Dependants = []string{"Subnet team/a"}
		w.ready = &due
		w.on("Delete", func(int) error {
			w.change(func(*resource.Level) { w.ready = nil })
			return dependent(time.Second)
		})
		w.run().wantCalls("kube/Level Observe kube/PatchStatus Await Delete Observe Await").wantReports("Waiting InUse")
		if sent := w.counts["Delete"]; sent != 1 {
			t.Errorf("it is sent %d times", sent)
		}
		w.wantRenewed()
		first, second := w.awaits[0], w.awaits[len(w.awaits)-1]
		if first.Waited || len(first.Failures) > 0 || !second.Waited || len(second.Failures) != 1 || second.Held != "in use by eni-1" {
			t.Errorf("the waits know %+v, then %+v", first, second)
		}
	})
	t.Run("and accepted", func(t *testing.T) {
		w := newWorld(t, held(), nothing()).holds(recorded).going()
		w.ready = &due
		w.run().wantCalls("kube/Level Observe kube/PatchStatus Await Delete Observe kube/RemoveFinalizer").wantResult(resource.Deleted, thingID)
	})
	t.Run("by the next run", func(t *testing.T) {
		w := newWorld(t, held()).holds(recorded).going()
		w.run().wantRenewed()
		w.awaits = nil
		w.run(w.after(time.Minute, w.edit)).wantRenewed()
		if first, last := w.awaits[0], w.awaits[len(w.awaits)-1]; !first.Waited || last.Waited {
			t.Errorf("the wait goes on as a long one: %t, and after a change: %t", first.Waited, last.Waited)
		}
	})
}
