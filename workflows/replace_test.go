package workflows_test

import (
	"context"
	"strings"
	"testing"

	"github.com/tack-dev/tack/resource"
)

// Where AWS keeps a name unique, the resource is removed like one that is released, and then another one
// is made.
func TestReplacementOldFirst(t *testing.T) {
	replacing := func() resource.Plan { plan := having(del()); plan.Replaces = true; return plan }
	released := func(w *world) *world {
		return w.on("kube/Release", func(int) error {
			w.change(func(l *resource.Level) { l.Digest = "d2" })
			return nil
		})
	}
	t.Run("and making another", func(t *testing.T) {
		w := released(newWorld(t, replacing(), having(del()), nothing(), making(), having()).holds(recorded)).run()
		w.wantCalls("kube/Level Observe Observe Delete Observe kube/Release kube/Level Observe kube/Claim Create kube/RecordID Observe kube/PatchStatus").
			wantReports("Synced").wantResult(resource.Synced, thingID)
	})
	t.Run("after another run deleted it", func(t *testing.T) {
		w := newWorld(t, making(), having()).holds(recorded).run()
		w.wantCalls("kube/Level Observe kube/Claim Create kube/RecordID Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
	})
	t.Run("which AWS refuses", func(t *testing.T) {
		w := newWorld(t, replacing(), having(del())).holds(recorded)
		w.on("Delete", func(int) error { return refuse("AccessDenied", resource.Denied) }).run()
		w.wantReports("Blocked AccessDenied").wantResult(resource.Blocked, thingID)
		if w.reports[0].NextTry == nil {
			t.Error("it is never tried again")
		}
	})
}

// beside is the plan for another resource beside the recorded one.
func beside() resource.Plan {
	plan := making()
	plan.Incarnation, plan.Replaced = 2, &resource.Replaced{ID: "thing-0"}
	return plan
}

// clean answers a look at the replaced resource.
func (w *world) clean(ctx context.Context, _ resource.ObserveInput) (resource.Swept, error) {
	return fake(ctx, w, func() (resource.Swept, error) {
		answer := w.cleaned[0]
		w.cleaned = w.cleaned[min(1, len(w.cleaned)-1):]
		return answer, nil
	})
}

// cleans says what a look at the replaced resource finds, in turn; the last one repeats.
func (w *world) cleans(answers ...resource.Swept) *world {
	w.cleaned = answers
	return w
}

// replaced is an object whose resource replaces another one.
func (w *world) replaced(unmoved ...string) *world {
	w.holds(recorded)
	w.level.Object.Claim.Replaced = &resource.Replaced{ID: "thing-0"}
	w.level.Replacing, w.level.Unmoved = true, unmoved
	return w
}

// Where AWS allows both, the new resource is made first. The claim names the old one from before the create
// until AWS says that it is gone.
func TestReplacementNewFirst(t *testing.T) {
	t.Run("the create", func(t *testing.T) {
		w := newWorld(t, beside(), having()).holds(recorded).run()
		w.wantCalls("kube/Level Observe kube/Claim Create kube/RecordID Observe kube/PatchStatus").wantReports("Synced")
		claim := w.level.Object.Claim
		if !claim.Replaces() || claim.Replaced.ID != "thing-0" || claim.Incarnation != 2 {
			t.Errorf("the claim is %+v", claim)
		}
		if report := w.reports[0]; report.NextTry == nil || !strings.Contains(report.Advices[0].Message, "replaces thing-0, which Tack deletes next") {
			t.Errorf("the report is %+v", report)
		}
	})
	t.Run("a create that AWS refuses", func(t *testing.T) {
		w := newWorld(t, beside()).holds(recorded).fails("Create", refuse("VpcLimitExceeded", resource.Quota)).run()
		w.wantCalls("kube/Level Observe kube/Claim Create kube/Release kube/PatchStatus").wantReports("Blocked VpcLimitExceeded")
	})
	t.Run("the deletion", func(t *testing.T) {
		w := newWorld(t, having()).replaced().cleans(resource.Swept{Steps: []resource.Step{del()}}, resource.Swept{Gone: true}).run()
		w.wantCalls("kube/Level Observe Clean Delete Clean kube/RecordID kube/PatchStatus").wantReports("Synced")
		if w.level.Object.Claim.Replaces() || w.reports[0].NextTry != nil {
			t.Errorf("the claim is %+v, the report %+v", w.level.Object.Claim, w.reports[0])
		}
	})
	t.Run("while something uses it", func(t *testing.T) {
		w := newWorld(t, having()).replaced("Subnet team/a").run()
		w.wantCalls("kube/Level Observe kube/PatchStatus").wantReports("Synced")
		if report := w.reports[0]; report.NextTry == nil || !strings.Contains(report.Advices[0].Message, "Subnet team/a") {
			t.Errorf("the report is %+v", report)
		}
	})
	t.Run("while something uses it, read-only", func(t *testing.T) {
		w := newWorld(t, having()).replaced("Subnet team/a")
		w.level.Object.ReadOnly = true
		w.run()
		w.wantCalls("kube/Level Observe kube/PatchStatus").wantReports("Synced")
		if report := w.reports[0]; !strings.Contains(report.Advices[0].Message, "once the object is neither read-only nor plan-only, and these objects are Synced") {
			t.Errorf("the report is %+v", report)
		}
	})
	t.Run("a deletion that AWS refuses", func(t *testing.T) {
		w := newWorld(t, having()).replaced().cleans(resource.Swept{Steps: []resource.Step{del()}})
		w.fails("Delete", refuse("DependencyViolation", resource.Dependent)).run()
		w.wantCalls("kube/Level Observe Clean Delete kube/PatchStatus").wantReports("Synced")
		if report := w.reports[0]; report.NextTry == nil || !strings.Contains(report.Advices[0].Message, "DependencyViolation") {
			t.Errorf("the report is %+v", report)
		}
	})
	t.Run("the object is deleted", func(t *testing.T) {
		old := having(del())
		old.ID = "thing-0"
		w := newWorld(t, having(del()), nothing(), old, nothing()).replaced().going().run()
		w.wantCalls("kube/Level Observe Delete Observe kube/Release kube/Level Observe Delete Observe kube/RemoveFinalizer")
	})
}
