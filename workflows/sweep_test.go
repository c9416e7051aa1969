package workflows_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// lost is the time when the requests of these tests are given up.
var lost = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// sweeping returns the plan of Observe for a resource that may have a second one beside it.
func sweeping() resource.Plan {
	plan := having()
	plan.Sweep = true
	return plan
}

// The claim keeps the time when a request was given up, so that a sweep follows. This holds after a
// repeated send, after an earlier run's send, and after the release of the claim.
func TestRequestGivenUpIsKeptInTheClaim(t *testing.T) {
	for name, begin := range map[string]func(*testing.T) *world{
		"sent again": func(t *testing.T) *world {
			return newWorld(t, making(), having()).fails("Create", unclear["no answer"])
		},
		"of an earlier run": func(t *testing.T) *world {
			return newWorld(t, making(), having()).holds(resource.Claim{Request: "of another spec"})
		},
		"released": func(t *testing.T) *world {
			w := newWorld(t, making(), making(), having()).holds(resource.Claim{})
			w.level.Moved = true
			return w.during("kube/Release", 1, func() { w.change(func(l *resource.Level) { l.Moved = false }) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := begin(t).run()
			if claim := w.level.Object.Claim; !claim.Recorded() || claim.Lost.Before(lost) {
				t.Errorf("the claim is %+v, want one with the time of what was lost", claim)
			}
		})
	}
	t.Run("nothing was lost", func(t *testing.T) {
		w := newWorld(t, making(), having()).run()
		if at := w.level.Object.Claim.Lost; !at.IsZero() {
			t.Errorf("lost at %s", at)
		}
	})
}

func TestSweep(t *testing.T) {
	again := lost.Add(15 * time.Minute)
	second := resource.Step{Verb: "Delete", Summary: "delete thing-2", Input: json.RawMessage(`{"Id":"thing-2"}`)}
	for name, test := range map[string]struct {
		swept  resource.Swept
		fails  error
		calls  string
		advice string
	}{
		"nothing is there": {resource.Swept{Again: &again}, nil, "kube/Level Observe Sweep kube/PatchStatus", ""},
		"it goes":          {resource.Swept{Steps: []resource.Step{second}, Advice: []string{"thing-2 goes"}, Again: &again}, nil, "kube/Level Observe Sweep Delete kube/PatchStatus", "thing-2 goes"},
		"it is in use": {resource.Swept{Steps: []resource.Step{second}, Advice: []string{"thing-2 goes"}}, refuse("DependencyViolation", resource.Dependent),
			"kube/Level Observe Sweep Delete kube/PatchStatus", "thing-2 goes; delete thing-2: DependencyViolation: AWS said so"},
		"a person must": {resource.Swept{Advice: []string{"delete thing-2"}}, nil, "kube/Level Observe Sweep kube/PatchStatus", "delete thing-2"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, sweeping()).holds(recorded)
			w.swept = test.swept
			w.on("Delete", func(int) error { return test.fails }).run()
			w.wantCalls(test.calls).wantReports("Synced").wantResult(resource.Synced, thingID)
			if diff := cmp.Diff(test.advice, said(w.reports[0].Advices)); diff != "" {
				t.Errorf("advice (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.swept.Again, w.reports[0].NextTry); diff != "" {
				t.Errorf("next look (-want +got):\n%s", diff)
			}
			if n := w.options["Delete"].RetryPolicy; n != nil && n.MaximumAttempts != 1 {
				t.Errorf("what is in use is tried %d times", n.MaximumAttempts)
			}
		})
	}
}

// A sweep that needs no other one leaves the object the time of its own next look.
func TestSweepKeepsTheNextLook(t *testing.T) {
	plan := sweeping()
	plan.Next = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)
	w := newWorld(t, plan).holds(recorded).run()
	if at := w.reports[0].NextTry; at == nil || !at.Equal(plan.Next) {
		t.Errorf("the next look is at %v, want %s", at, plan.Next)
	}
}

// After a sweep, another sweep must follow. An object that is not settled still differs, and is
// reported Synced only at the end.
func TestNoSweepBeforeSuccess(t *testing.T) {
	first := having(add("a"))
	first.Sweep = true
	w := newWorld(t, first, sweeping()).holds(recorded).run()
	w.wantCalls("kube/Level Observe Add Observe Sweep kube/PatchStatus").wantResult(resource.Synced, thingID)
}

// said returns the text of advices that all have one reason.
func said(advices []resource.Advice) (text string) {
	for _, a := range advices {
		if text += a.Message; a.Reason != resource.ReasonSecondResource {
			text += " of reason " + a.Reason
		}
	}
	return text
}
