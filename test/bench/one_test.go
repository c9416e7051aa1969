package bench

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

// Measures one group with five rules from apply to Synced, repeatedly, on an otherwise idle stack.
func BenchmarkOneGroup(b *testing.B) {
	for b.Loop() {
		t := newTeam(b)
		t.warm(b)
		names := namesOf("one", 15)
		var took spread
		for _, name := range names {
			began := time.Now()
			t.createAll(b, []string{name})
			took = append(took, time.Since(began))
		}
		t.wantOneCreate(b, names)
		report(b, "ms/group", float64(took.median().Milliseconds()), "apply to Synced, one group with five rules", took.String(), "under 1 s")
		var events []int
		for _, name := range names {
			events = append(events, t.events(b, name))
		}
		report(b, "events/create", float64(slices.Max(events)), "history events of that create",
			fmt.Sprintf("%d to %d", slices.Min(events), slices.Max(events)), "at most 66")
	}
}

// Counts the AWS calls of each operation on a group, from the journal.
func BenchmarkCallsPerGroup(b *testing.B) {
	for b.Loop() {
		t := newTeam(b)
		names := namesOf("calls", 20)
		measure := func(op, beside string, do func(*testing.B, []string)) {
			mark := lastSeq(b)
			do(b, names)
			for _, name := range names {
				t.events(b, name) // the run has ended
			}
			calls := float64(len(t.calls(b, mark))) / float64(len(names))
			report(b, "calls/"+op, calls, "AWS calls per group, "+op, fmt.Sprintf("%.1f", calls), "ACK "+beside)
		}
		measure("create", "7.0", t.createAll)
		t.wantOneCreate(b, names)
		measure("no-op", "2.0", t.forceAll)
		measure("edit", "5.0", t.editAll)
		measure("delete", "4.0", t.deleteAll)
	}
}

// forceAll makes Tack compare every group with AWS although nothing changed.
func (t *team) forceAll(b *testing.B, names []string) {
	b.Helper()
	for _, name := range names {
		if _, err := workflows.Wake(b.Context(), w.Temporal, t.ref(name), resource.Known{}, resource.Poke{Reason: "benchmark", Force: true}); err != nil {
			b.Fatal(err)
		}
	}
}
