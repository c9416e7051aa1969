package workflows_test

import (
	"testing"

	"github.com/tack-dev/tack/resource"
)

// A report names the id of the resource only after an observation that confirmed it, or after our
// own create. A report before AWS's answer proves nothing.
func TestReportsNameAProvenID(t *testing.T) {
	claim := resource.Claim{ID: thingID}
	unproven := having()
	unproven.Proven = false
	for name, test := range map[string]struct {
		w    *world
		want string
	}{
		"our own create":      {newWorld(t, making(), having()), thingID},
		"found by its tags":   {newWorld(t, having()).holds(claim), thingID},
		"found without a tag": {newWorld(t, unproven).holds(claim), ""},
		"refused before a look": {func() *world {
			w := newWorld(t).holds(claim)
			w.level.Problem = &resource.Problem{State: resource.Terminal, Reason: "InvalidSpec"}
			return w
		}(), ""},
		"a spec that the look refuses": {newWorld(t, resource.Plan{Problem: &resource.Problem{State: resource.Terminal, Reason: "InvalidSpec"}}).holds(claim), ""},
	} {
		test.w.run()
		if n := len(test.w.reports); n == 0 || test.w.reports[n-1].Proven != test.want {
			t.Errorf("%s: got %+v, want the proven id %q", name, test.w.reports, test.want)
		}
	}
}
