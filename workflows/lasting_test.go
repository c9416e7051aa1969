package workflows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// lasts returns the failure of an activity that was retried for seconds.
func lasts(code string, class resource.Class) error {
	return temporal.NewApplicationErrorWithOptions("AWS said so", code, temporal.ApplicationErrorOptions{
		NonRetryable: true,
		Details:      []any{resource.Failure{Code: code, Class: class, Message: "AWS said so", Lasting: true}},
	})
}

// While AWS cannot be observed, the object reports AWS's answer and since when. The next run
// reports the same words, and success clears them.
func TestAnObservationThatKeepsFailingIsReported(t *testing.T) {
	for name, prepare := range map[string]func(*world){
		"new":      func(*world) {},
		"edited":   func(w *world) { w.holds(recorded) },
		"deleting": func(w *world) { w.holds(recorded).going() },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, having()).fails("Observe", lasts("InternalError", resource.Gated))
			prepare(w)
			w.run().wantCalls("kube/Level Observe kube/PatchStatus Await").wantReports("Waiting InternalError").wantRenewed()
			w.fails("Observe", lasts("InternalError", resource.Gated))
			after := having()
			if w.level.Object.Deleting {
				after = nothing()
			} else if name == "new" {
				after = making()
			}
			w.run(w.after(time.Minute, func() { w.change(func(*resource.Level) { w.ready = &after }) }))
			want := "observing the resource: InternalError: AWS said so; tried again since 2026-11-21T09:00:00Z"
			for _, r := range w.reports[:2] {
				if r.State != resource.Waiting || r.Message != want {
					t.Errorf("the report is %s %q, want %q", r.State, r.Message, want)
				}
			}
			if last := w.reports[len(w.reports)-1]; !w.level.Object.Deleting && last.State != resource.Synced {
				t.Errorf("the last report is %+v, want Synced", last)
			}
		})
	}
}

// A create that AWS throttles for long is reported once, and continues under the same claim.
func TestAThrottledCreateIsReported(t *testing.T) {
	w := newWorld(t, making(), having()).fails("Create", lasts("RequestLimitExceeded", resource.Throttled)).run()
	w.wantCalls("kube/Level Observe kube/Claim Create kube/PatchStatus Create kube/RecordID Observe kube/PatchStatus").
		wantReports("Waiting RequestLimitExceeded", "Synced").wantResult(resource.Synced, thingID)
	if want := "make it: RequestLimitExceeded: AWS said so; tried again since 2026-11-21T09:00:00Z"; w.reports[0].Message != want {
		t.Errorf("the report is %q, want %q", w.reports[0].Message, want)
	}
	if w.sent[0].EndToReport {
		t.Error("the second create would end again although the object reports the reason")
	}
}

// A create with a lost answer is followed by a search. If nothing is found within seconds, the
// object reports AWS's answer to the create.
func TestAnUnclearCreateIsReported(t *testing.T) {
	w := newWorld(t, making(), having())
	w.fails("Create", unclear["no answer"])
	w.fails("Find", lasts("NotFoundYet", resource.NotFound))
	w.run().wantCalls("kube/Level Observe kube/Claim Create Find kube/PatchStatus Find kube/Claim Create kube/RecordID Observe kube/PatchStatus").
		wantReports("Waiting NoAnswer", "Synced").wantResult(resource.Synced, thingID)
	if !strings.HasPrefix(w.reports[0].Message, "make it: NoAnswer: AWS said so; tried again since ") {
		t.Errorf("the report is %q", w.reports[0].Message)
	}
}

// A search that AWS does not answer never counts as absent.
func TestASearchThatKeepsFailingIsNotAbsent(t *testing.T) {
	w := newWorld(t, making(), having())
	w.fails("Create", unclear["no answer"])
	w.fails("Find", lasts("InternalError", resource.Gated))
	w.run().wantCalls("kube/Level Observe kube/Claim Create Find kube/PatchStatus Await").wantReports("Waiting InternalError").wantRenewed()
	if !w.level.Object.Claim.Open() {
		t.Error("the claim is not open any more")
	}
}

// A change that AWS temporarily refuses is reported once and sent again. The changes beside it are
// not.
func TestAChangeThatKeepsFailingIsReported(t *testing.T) {
	for _, class := range []resource.Class{resource.Throttled, resource.Unclear, resource.Dependent} {
		t.Run(string(class), func(t *testing.T) {
			w := newWorld(t, having(add("a"), step("Remove", "b", 0)), having()).holds(recorded)
			w.fails("Add", lasts("Code", class)).run()
			slices.Sort(w.calls[2:4]) // the steps of one stage run in parallel
			w.wantCalls("kube/Level Observe Add Remove kube/PatchStatus Add Observe kube/PatchStatus").
				wantReports("Waiting Code", "Synced").wantResult(resource.Synced, thingID)
		})
	}
}

// If AWS cannot be observed during a wait, its answer is reported once and the wait continues. When
// AWS answers again, the object reports what it waits for.
func TestAWaitReportsThatAWSCannotBeObserved(t *testing.T) {
	pending := having()
	pending.Wait = &resource.Wait{Reason: "Pending", Message: "thing-1 is pending"}
	w := newWorld(t, pending, having()).holds(recorded)
	w.ready = &pending
	w.on("Await", func(n int) error {
		switch n {
		case 1:
			return lasts("InternalError", resource.Gated)
		case 2:
			return lasts("RequestLimitExceeded", resource.Gated)
		case 4:
			w.change(func(*resource.Level) { done := having(); w.ready = &done })
		}
		return nil
	}).run()
	w.wantCalls("kube/Level Observe kube/PatchStatus Await kube/PatchStatus Await kube/PatchStatus Await kube/PatchStatus Await kube/PatchStatus").
		wantReports("Waiting Pending", "Waiting InternalError", "Waiting RequestLimitExceeded", "Waiting Pending", "Synced").
		wantResult(resource.Synced, thingID)
	for _, in := range w.awaits {
		if !in.EndToReport || in.Reported == "" {
			t.Errorf("a wait is asked for with tell %t under %q", in.EndToReport, in.Reported)
		}
	}
	if len(w.awaits) != 2 { // those that the hook allows
		t.Errorf("%d waits are noted, want 2", len(w.awaits))
	}
}

// A forced pass on a settled object reports a failure that lasts, and clears it on success. A pass
// that reported nothing writes nothing.
func TestTroubleOfASettledObjectClears(t *testing.T) {
	for name, test := range map[string]struct {
		lasting []string // activities whose first call lasts
		plans   []resource.Plan
		want    []string // reports
	}{
		"a change":      {[]string{"Add"}, []resource.Plan{having(add("a")), having()}, []string{"Waiting RequestLimitExceeded", "Synced"}},
		"a look":        {[]string{"Observe"}, []resource.Plan{having()}, []string{"Waiting RequestLimitExceeded", "Synced"}},
		"no trouble":    {nil, []resource.Plan{having(add("a")), having()}, nil},
		"nothing to do": {nil, []resource.Plan{having()}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.plans...).holds(recorded)
			w.level.ReportedState, w.start.Carry.Force = resource.Synced, true
			ready := having()
			w.ready = &ready
			for _, activity := range test.lasting {
				class := resource.Throttled
				if activity == "Observe" {
					class = resource.Gated
				}
				w.fails(activity, lasts("RequestLimitExceeded", class))
			}
			w.run().wantReports(test.want...).wantResult(resource.Synced, thingID)
		})
	}
}

// Fields that never settle are named, one by one.
func TestWhatDoesNotSettleIsNamed(t *testing.T) {
	stale := add("a")
	stale.Path = "spec.tags[0]"
	w := newWorld(t, having(stale, add("b"))).holds(recorded).run()
	w.wantReports("Blocked NotSettling")
	if got := w.reports[0].Message; !strings.Contains(got, "spec.tags[0]: Add a; Add b.") {
		t.Errorf("the report is %q", got)
	}
}

// A deletion that has waited as long as a run may last continues with the longest pauses.
func TestADeletionThatHasWaitedIsSentRarely(t *testing.T) {
	w := newWorld(t, having(del())).holds(recorded).going()
	w.on("Delete", func(int) error { return dependent(time.Second) }).run()
	w.wantRenewed()
	w.sent = nil
	waited := false
	w.hooks["Delete"] = nil
	w.plans = []resource.Plan{having(del()), nothing()}
	w.run()
	for _, in := range w.sent {
		waited = waited || in.Waited
	}
	if !waited {
		t.Error("the next run asks as often as the first")
	}
}
