package ownership

import (
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
)

// An empty answer counts for an object without its claim only after AWS needs no more time to show
// the resource. By then no sender can be alive either.
func TestEmptyAnswerInDoubt(t *testing.T) {
	const visible, sent = 10 * time.Second, 20 * time.Second
	named, unnamed := resource.Doubt{ID: "x-1", Lost: true}, resource.Doubt{Lost: true}
	reported, past := named, unnamed
	reported.Reported, past.Past = true, true
	unknown := resource.Doubt{Lost: true, Reported: true}
	for name, test := range map[string]struct {
		doubt    *resource.Doubt
		deleting bool
		age      time.Duration
		wait     bool
	}{
		"no doubt":                                 {nil, true, 0, false},
		"another controller's":                     {&resource.Doubt{ID: "x-1"}, true, 0, false},
		"goes, named":                              {&named, true, visible, true},
		"goes, named, after the window":            {&named, true, visible + 1, false},
		"goes, a create may be in flight":          {&unnamed, true, sent, true},
		"goes, no sender is alive":                 {&unnamed, true, sent + 1, false},
		"stays, named":                             {&named, false, visible, true},
		"stays, a create may be in flight":         {&unnamed, false, sent, true},
		"stays, and reports it already":            {&reported, false, 0, false},
		"stays, reports it, and has no id":         {&unknown, false, 0, true},
		"goes, and reports it already":             {&reported, true, 0, true},
		"stays, the claim is of an earlier object": {&past, false, 0, false},
		"goes, the claim is of an earlier object":  {&past, true, visible, true},
	} {
		o := resource.Object{Deleting: test.deleting, Doubt: test.doubt}
		if got := DoubtWait(o, test.age, visible, sent); (got != nil) != test.wait {
			t.Errorf("%s: %+v, want a wait: %t", name, got, test.wait)
		}
	}
}

// An edited claim names another resource than the status. The object's own resource may not be
// visible for a while.
func TestEmptyAnswerForAnEditedClaim(t *testing.T) {
	const visible, sent = 10 * time.Second, 20 * time.Second
	for name, test := range map[string]struct {
		claim, shown string
		age          time.Duration
		wait         bool
	}{
		"they agree":               {"x-1", "x-1", 0, false},
		"nothing is shown yet":     {"x-1", "", 0, false},
		"the claim is open":        {"", "x-1", 0, false},
		"they differ":              {"x-2", "x-1", visible, true},
		"they differ for a window": {"x-2", "x-1", visible + 1, false},
	} {
		for _, deleting := range []bool{false, true} {
			o := resource.Object{Deleting: deleting, Claim: &resource.Claim{ID: test.claim}, Shown: test.shown}
			if got := DoubtWait(o, test.age, visible, sent); (got != nil) != test.wait {
				t.Errorf("%s, deleting: %t: %+v, want a wait: %t", name, deleting, got, test.wait)
			}
		}
	}
}
