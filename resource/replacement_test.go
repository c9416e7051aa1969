package resource

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Until a new resource is recorded, the old one counts for everybody. If nothing is made,
// the object has that one, and no later create gets the spent number.
func TestClaimOfAReplacement(t *testing.T) {
	old := &Replaced{ID: "x-1", ARN: "arn:1", Adopted: true}
	for name, test := range map[string]struct {
		claim   Claim
		present string
		want    Claim // that counts
	}{
		"in flight": {Claim{Incarnation: 2, Request: "r", Replaced: old}, "x-1", Claim{Incarnation: 2, Request: "r", Replaced: old}},
		"recorded":  {Claim{Incarnation: 2, Request: "r", ID: "x-2", Replaced: old}, "x-2", Claim{Incarnation: 2, Request: "r", ID: "x-2", Replaced: old}},
		"void":      {Claim{Incarnation: 2, Request: "r", Key: "k", Void: true, Replaced: old}, "x-1", Claim{Incarnation: 2, ID: "x-1", ARN: "arn:1", Adopted: true}},
		"released":  {Claim{Incarnation: 2, Request: "r", ID: "x-2", Void: true, Replaced: old}, "x-1", Claim{Incarnation: 2, ID: "x-1", ARN: "arn:1", Adopted: true}},
		"another":   {Claim{Incarnation: 1, Request: "r", ID: "x-1"}, "x-1", Claim{Incarnation: 1, Request: "r", ID: "x-1"}},
		"void, new": {Claim{Incarnation: 1, Request: "r", Void: true}, "", Claim{Incarnation: 1, Request: "r", Void: true}},
	} {
		standing := test.claim.Standing()
		if diff := cmp.Diff(test.want, standing); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got := standing.Present(); got != test.present {
			t.Errorf("%s: others use %q, want %q", name, got, test.present)
		}
	}
	o := Object{Shown: "x-1", Claim: &Claim{Incarnation: 2, Replaced: old}}
	if o.OnlyShown() || o.Edited() {
		t.Error("a create in flight makes the status look edited")
	}
}
