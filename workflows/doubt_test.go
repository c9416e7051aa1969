package workflows_test

import (
	"testing"

	"github.com/tack-dev/tack/resource"
)

// An id that AWS's tags confirm for an object without a claim is recorded first. Then a new pass
// works from the claim, because the inputs may be incomplete until then.
func TestDoubtIsRecordedBeforeAnythingElse(t *testing.T) {
	doubted := func(w *world) *world {
		w.level.Object.Doubt = &resource.Doubt{ID: thingID, Lost: true}
		return w.during("kube/RecordID", 1, func() {
			w.change(func(l *resource.Level) { l.Object.Doubt, l.Object.Finalizer = nil, true })
		})
	}
	doubted(newWorld(t, having(add("a")), having(add("a")), having())).run().
		wantCalls("kube/Level Observe kube/RecordID kube/Level Observe Add Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
	going := doubted(newWorld(t, having(), having(del()), nothing()))
	going.level.Object.Deleting, going.level.Object.Finalizer = true, true
	going.run().wantCalls("kube/Level Observe kube/RecordID kube/Level Observe Delete Observe kube/RemoveFinalizer").wantResult(resource.Deleted, thingID)
}

// A deleted object without a claim is released only when AWS says that it has nothing. A resource
// of another owner is left alone.
func TestDoubtAtDeletion(t *testing.T) {
	going := func(plan resource.Plan) *world {
		w := newWorld(t, plan)
		w.level.Object.Doubt, w.level.Object.Deleting, w.level.Object.Finalizer = &resource.Doubt{Lost: true}, true, true
		return w.run()
	}
	going(nothing()).wantCalls("kube/Level Observe kube/RemoveFinalizer").wantResult(resource.Deleted, "")
	foreign := &resource.Problem{State: resource.Foreign, Reason: "OtherController", Unproven: true}
	w := going(resource.Plan{Problem: foreign})
	w.wantCalls("kube/Level Observe kube/PatchStatus").wantResult(resource.Foreign, "")
	if !w.reports[0].Unproven {
		t.Error("the report would show the id of a claim that nothing confirms")
	}
}

// One empty answer does not release an object in doubt: the finalizer stays until the wait for the
// resource is over. A resource that AWS shows meanwhile is recorded and deleted.
func TestDoubtAtDeletionOutlastsABlink(t *testing.T) {
	for name, test := range map[string]struct {
		ready resource.Plan
		want  string
	}{
		"absent": {nothing(), "kube/Level Observe kube/PatchStatus Await kube/RemoveFinalizer"},
		"shown":  {having(), "kube/Level Observe kube/PatchStatus Await kube/RecordID kube/Level Observe Delete Observe kube/RemoveFinalizer"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, resource.Plan{Wait: &resource.Wait{Reason: "ClaimLost"}}, having(del()), nothing())
			w.level.Object.Doubt, w.level.Object.Deleting, w.level.Object.Finalizer = &resource.Doubt{ID: thingID, Lost: true}, true, true
			w.ready = &test.ready
			w.during("kube/RecordID", 1, func() { w.change(func(l *resource.Level) { l.Object.Doubt = nil }) })
			w.run().wantCalls(test.want).wantReports("Waiting ClaimLost")
			if w.looks[0].Since.IsZero() {
				t.Error("the look does not say since when the object is in doubt")
			}
		})
	}
}

// A run that was reset neither sends nor records anything that it planned earlier. It ends, and the
// next run reads everything again.
func TestResetRunBeginsAnew(t *testing.T) {
	reset := refuse(resource.CodeReset, resource.Other)
	planned := func(plan resource.Plan) resource.Plan {
		plan.Run = "kept"
		return plan
	}
	w := newWorld(t, planned(making(add("a")))).fails("Create", reset).run()
	w.wantCalls("kube/Level Observe kube/Claim Create").wantRenewed()
	w = newWorld(t, planned(having(add("a"), remove("b")))).holds(resource.Claim{ID: thingID}).fails("Add", reset).run()
	w.wantCalls("kube/Level Observe Add").wantRenewed()
	w = newWorld(t, planned(having(del()))).holds(resource.Claim{ID: thingID}).fails("Delete", reset)
	w.level.Object.Deleting = true
	w.run().wantCalls("kube/Level Observe Delete").wantRenewed()
	w = newWorld(t, planned(making(add("a"))))
	w.stale = true
	w.run().wantCalls(created).wantRenewed()
	if w.start.Carry.Record != nil {
		t.Errorf("it hands on %+v, which a later run has overtaken", w.start.Carry.Record)
	}
	w = newWorld(t, nothing()).holds(resource.Claim{ID: thingID})
	w.level.Object.Deleting, w.stale = true, true
	w.run().wantCalls("kube/Level Observe kube/RemoveFinalizer").wantRenewed()
	w = newWorld(t, nothing()).holds(resource.Claim{ID: thingID})
	w.level.Relocating, w.stale = true, true
	w.run().wantCalls("kube/Level Observe kube/Release").wantRenewed()
}

// A report of a run that was reset follows from what it read before. It is not written over a newer
// one, and the run begins anew.
func TestReportOfAResetRun(t *testing.T) {
	kept := func(plan resource.Plan) resource.Plan {
		plan.Run = "kept"
		return plan
	}
	waiting := kept(having())
	waiting.Wait = &resource.Wait{Reason: "Pending", Message: "the thing is pending"}
	for name, test := range map[string]struct {
		plan  resource.Plan
		level func(*resource.Level)
		want  string
	}{
		"of success":    {kept(having()), nil, "kube/Level Observe kube/PatchStatus"},
		"of a wait":     {waiting, nil, "kube/Level Observe kube/PatchStatus"},
		"of a refusal":  {kept(having(add("a"))), nil, "kube/Level Observe Add Observe kube/PatchStatus"},
		"of a problem":  {kept(having()), func(l *resource.Level) { l.Problem = &resource.Problem{State: resource.Terminal} }, "kube/Level kube/PatchStatus"},
		"of no role":    {kept(having()), func(l *resource.Level) { l.Wait = &resource.Wait{Reason: "RoleNotMapped"} }, "kube/Level Validate kube/PatchStatus"},
		"of a deletion": {kept(having(del())), func(l *resource.Level) { l.Object.Deleting, l.Dependants = true, []string{"Subnet team/a"} }, "kube/Level Observe kube/PatchStatus"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, test.plan).holds(resource.Claim{ID: thingID}).fails("Add", refuse("Denied", resource.Denied))
			w.stale, w.level.Run = true, "kept"
			if test.level != nil {
				test.level(&w.level)
			}
			w.run().wantCalls(test.want).wantRenewed()
			if w.refused.Planned != "kept" {
				t.Errorf("the report follows from what the run %q read", w.refused.Planned)
			}
		})
	}
}

// A level from the kept part of history is out of date: nothing is planned from it.
func TestLevelOfAResetRun(t *testing.T) {
	plan := having(add("a"))
	plan.Run = "this"
	w := newWorld(t, plan).holds(resource.Claim{ID: thingID})
	w.level.Run = "kept"
	w.run().wantCalls("kube/Level Observe").wantRenewed()
	w.level.Run = "this"
	w.plans = []resource.Plan{plan, having()}
	w.run().wantCalls("kube/Level Observe Add Observe kube/PatchStatus").wantResult(resource.Synced, thingID)
}

// The search for an unclear create may find a resource of a later incarnation than the claim's.
func TestFoundIncarnationIsRecorded(t *testing.T) {
	w := newWorld(t, making(), having()).holds(resource.Claim{})
	w.found = resource.Found{ID: thingID, Incarnation: 3}
	w.run()
	if got := w.level.Object.Claim; got.ID != thingID || got.Incarnation != 3 {
		t.Errorf("recorded is %+v, want incarnation 3", got)
	}
}

// Each call names the run that planned it, so that no other run sends it.
func TestCallsNameTheRunThatPlanned(t *testing.T) {
	plan := making(add("a"))
	plan.Run = "this"
	w := newWorld(t, plan, having()).run()
	for _, sent := range w.sent {
		if sent.Run != "this" {
			t.Errorf("%s was sent for the run %q", sent.Request, sent.Run)
		}
	}
	if claim := w.level.Object.Claim; claim.For != ref || claim.UID != "u1" {
		t.Errorf("the claim is for %+v with uid %s", claim.For, claim.UID)
	}
}

// While the claim of a parent is in doubt, a settled child stays unchanged. No comparison or
// request uses an id that is not proven, even in a pass for drift.
func TestKeptReferencesSendNothing(t *testing.T) {
	w := newWorld(t, having(add("a"))).holds(recorded)
	w.level.ReportedState, w.level.Kept, w.start.Carry.Force = resource.Synced, true, true
	w.run().wantCalls("kube/Level").wantResult(resource.Synced, thingID)
}
