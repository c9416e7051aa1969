package workflows_test

import (
	"slices"
	"testing"

	"github.com/tack-dev/tack/resource"
)

// A step that AWS refused gets one more try once there is room, and the object reports AWS's answer
// to that try.
func TestRoomIsMadeInAFullList(t *testing.T) {
	again := step("Add", "a", 1)
	again.Again = true
	room := step("Remove", "b", 0)
	quota := refuse("RulesPerSecurityGroupLimitExceeded", resource.Quota)
	plans := func(last ...resource.Step) []resource.Plan {
		return []resource.Plan{having(add("a"), remove("b"), remove("c")), having(room, again), having(last...)}
	}
	t.Run("which helps", func(t *testing.T) {
		w := newWorld(t, append(plans(remove("c")), having())...).holds(recorded)
		w.fails("Add", quota).run()
		w.wantCalls("kube/Level Observe Add Observe Remove Add Observe Remove Observe kube/PatchStatus").wantReports("Synced")
	})
	t.Run("which does not help", func(t *testing.T) {
		w := newWorld(t, plans(add("a"), remove("c"))...).holds(recorded)
		w.on("Add", func(int) error { return quota }).run()
		w.wantCalls("kube/Level Observe Add Observe Remove Add Observe kube/PatchStatus").wantReports("Blocked RulesPerSecurityGroupLimitExceeded")
	})
	t.Run("beside a step that is refused", func(t *testing.T) {
		w := newWorld(t, having(add("a"), step("Remove", "t", 0)), having(step("Remove", "t", 0), room, again), having(step("Remove", "t", 0))).holds(recorded)
		w.fails("Add", quota)
		w.on("Remove", failing(map[int]error{1: refuse("Code", resource.Invalid)})).run()
		slices.Sort(w.calls[2:4]) // the steps of one stage run in parallel
		w.wantCalls("kube/Level Observe Add Remove Observe Remove Add Observe kube/PatchStatus").wantReports("Terminal Code")
	})
}
