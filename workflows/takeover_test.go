package workflows_test

import (
	"testing"

	"github.com/tack-dev/tack/resource"
)

// An object that takes a resource over holds it before it reports a spec that differs.
func TestTakeOverIsRecordedBeforeTheDifference(t *testing.T) {
	differs := having()
	differs.Adopted, differs.Problem = true, &resource.Problem{State: resource.Blocked, Reason: resource.ReasonTakeOverDiffers}
	for name, test := range map[string]struct {
		change func(*world)
		want   string
	}{
		"taken over now": {func(*world) {}, "kube/Level Observe kube/RecordID kube/PatchStatus"},
		"held":           {func(w *world) { w.holds(resource.Claim{ID: thingID, Adopted: true}) }, "kube/Level Observe kube/PatchStatus"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, differs)
			test.change(w)
			w.run().wantCalls(test.want).wantReports("Blocked " + resource.ReasonTakeOverDiffers)
		})
	}
}

// The claim on a resource that is taken over says so. The claim on another adopted resource does not.
func TestTheClaimSaysThatTheResourceWasTakenOver(t *testing.T) {
	for _, takes := range []bool{true, false} {
		differs := having()
		differs.Adopted, differs.Problem = true, &resource.Problem{State: resource.Blocked, Reason: resource.ReasonTakeOverDiffers}
		w := newWorld(t, differs)
		w.level.Object.Adoption = &resource.Adoption{ID: thingID, Takes: takes}
		w.run()
		if claim := w.level.Object.Claim; !claim.Recorded() || !claim.Adopted || claim.TakenOver != takes {
			t.Errorf("takes %t: the claim is %+v", takes, claim)
		}
	}
}
