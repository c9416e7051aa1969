package workflows_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// A step carries the new resources that its request names. A table with hundreds of routes to
// hundreds of new gateways would fill the history otherwise.
func TestAStepCarriesTheNewResourcesThatItNames(t *testing.T) {
	now := time.Now().UTC()
	made := func(id string) resource.Made { return resource.Made{ID: id, Time: now} }
	const role = "arn:aws:iam::111122223333:role/team/web"
	var steps []resource.Step
	for i, request := range []string{`{"GatewayId":"igw-1"}`, `{"RoleName":"web"}`, `{"GatewayId":"igw-3"}`} {
		s := add(fmt.Sprint(i))
		s.Input = []byte(request)
		steps = append(steps, s)
	}
	w := newWorld(t, having(steps...)).holds(resource.Claim{ID: thingID})
	w.level.Fresh = []resource.Made{made("igw-1"), made("igw-2"), made(role)}
	w.during("Observe", 2, func() { w.plans = []resource.Plan{nothing()} }).run()
	got := map[string][]string{}
	for _, in := range w.sent {
		for _, m := range in.Fresh {
			got[string(in.Request)] = append(got[string(in.Request)], m.ID)
		}
	}
	want := map[string][]string{`{"GatewayId":"igw-1"}`: {"igw-1"}, `{"RoleName":"web"}`: {role}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
