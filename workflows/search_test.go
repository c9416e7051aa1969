package workflows_test

import (
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
)

// While AWS denies the role, a search for the result of an unclear create shows nothing. The
// finalizer stays until AWS has answered the search.
func TestDeletionWhoseSearchIsDenied(t *testing.T) {
	gone := nothing()
	denied := func() *world {
		return newWorld(t, nothing(), having(del()), nothing()).holds(resource.Claim{}).going().
			fails("Find", refuse("RoleDenied", resource.Gated))
	}
	t.Run("until access is granted", func(t *testing.T) {
		w := denied()
		w.run(w.after(time.Minute, func() { w.change(func(*resource.Level) { w.ready, w.found.ID = &gone, thingID }) }))
		w.wantCalls("kube/Level Observe Find kube/PatchStatus Await Find kube/RecordID Observe Delete Observe kube/RemoveFinalizer").
			wantReports("Waiting RoleDenied").wantResult(resource.Deleted, thingID)
	})
	t.Run("until a poke", func(t *testing.T) {
		w := denied()
		w.plans = []resource.Plan{nothing()}
		w.run(w.after(time.Minute, w.poke))
		w.wantCalls("kube/Level Observe Find kube/PatchStatus Await kube/Level Observe Find kube/RemoveFinalizer").
			wantReports("Waiting RoleDenied").wantResult(resource.Deleted, "")
	})
}
