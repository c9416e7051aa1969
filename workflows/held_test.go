package workflows_test

import (
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

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
		shown = append(shown, in.Reported)
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
