package level

import (
	"testing"
	"time"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// A resource is noted once, however many references name it: each step of a pass carries the notes.
func TestNewResourceIsNotedOnce(t *testing.T) {
	kind, _ := apis.ByName(groupRef.Kind)
	c := complete()
	claim := mine
	claim.ID, claim.Time = "sg-1", time.Now()
	c.Claim(claim)
	var l resource.Level
	n := noting{Reader: c, since: time.Now().Add(-freshFor), level: &l}
	for range 3 {
		if _, err := n.Get(t.Context(), kubeapi.GVR(kind), groupRef.Namespace, groupRef.Name); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.Fresh) != 1 || l.Fresh[0].ID != "sg-1" {
		t.Errorf("noted %+v, want sg-1 once", l.Fresh)
	}
}
