package workflows_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
)

// When a quota or a denial refuses steps, the rest of their verb is not sent.
func TestStepsThatWouldBeRefusedAreNotSent(t *testing.T) {
	var steps []resource.Step
	for i := range 200 {
		steps = append(steps, add(fmt.Sprint(i)))
	}
	for _, test := range []struct {
		class resource.Class
		first int // the step that is refused first, from 1
		want  int // maximum number of calls, in three chunks
	}{
		{resource.Quota, 1, 8}, {resource.Denied, 1, 8}, {resource.Quota, 30, 70},
		{resource.Invalid, 1, 24},  // none is accepted, and ten are refused alike
		{resource.Invalid, 2, 200}, // one is accepted: the others may be too
	} {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			accepted, left := steps[:test.first-1], steps[test.first-1:]
			w := newWorld(t, having(steps...), having(left...)).holds(recorded)
			w.refusesStep = func(in resource.CallInput) error {
				if slices.ContainsFunc(accepted, func(s resource.Step) bool { return string(s.WithID(thingID).Input) == string(in.Request) }) {
					return nil
				}
				return refuse("RouteLimitExceeded", test.class)
			}
			w.run()
			if got := w.counts["Add"]; got > test.want || got < test.first || test.want >= 24 && test.class == resource.Invalid && got != test.want {
				t.Errorf("%d steps are sent, want %d at most", got, test.want)
			}
			if last := w.reports[len(w.reports)-1]; len(last.Message) > 2000 {
				t.Errorf("the report has %d bytes", len(last.Message))
			}
		})
	}
}

// However many steps a stage has, fewer are in flight than the server's limit of buffered events.
func TestManyStepsGoInBoundedWaves(t *testing.T) {
	var steps []resource.Step
	for i := range 300 {
		steps = append(steps, add(fmt.Sprint(i)))
	}
	w := newWorld(t, having(steps...), having()).holds(recorded)
	var inFlight, most atomic.Int32
	w.on("Add", func(int) error {
		now := inFlight.Add(1)
		for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
		}
		time.Sleep(5 * time.Millisecond) // so that parallel steps overlap
		inFlight.Add(-1)
		return nil
	}).run()
	if got := w.counts["Add"]; got != len(steps) {
		t.Errorf("%d steps are sent, want %d", got, len(steps))
	}
	if got := most.Load(); got > 64 || got < 2 {
		t.Errorf("%d steps are in flight at a time, want 2 to 64", got)
	}
	w.wantResult(resource.Synced, thingID)
}
