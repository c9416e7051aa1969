package ownership

import (
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
)

// An empty answer counts for an object that lost its claim only after AWS had time to
// show the resource, and after no sender can be alive.
func TestEmptyAnswerInDoubt(t *testing.T) {
	const visible, resend = 10 * time.Second, 20 * time.Second
	named, unnamed := resource.Doubt{ID: "x-1", Lost: true}, resource.Doubt{Lost: true}
	told, past := named, unnamed
	told.Told, past.Past = true, true
	for name, test := range map[string]struct {
		doubt    *resource.Doubt
		deleting bool
		age      time.Duration
		wait     bool
	}{
		"no doubt":                          {nil, true, 0, false},
		"another controller's":              {&resource.Doubt{ID: "x-1"}, true, 0, false},
		"goes, named":                       {&named, true, visible, true},
		"goes, named, after the window":     {&named, true, visible + 1, false},
		"goes, a create may be in flight":   {&unnamed, true, resend, true},
		"goes, no sender is alive":          {&unnamed, true, resend + 1, false},
		"stays, named":                      {&named, false, visible, true},
		"stays, a create may be in flight":  {&unnamed, false, resend, true},
		"stays, and reports it already":     {&told, false, 0, false},
		"goes, and reports it already":      {&told, true, 0, true},
		"stays, the claim is of one before": {&past, false, 0, false},
		"goes, the claim is of one before":  {&past, true, visible, true},
	} {
		o := resource.Object{Deleting: test.deleting, Doubt: test.doubt}
		if got := Unsettled(o, test.age, visible, resend); (got != nil) != test.wait {
			t.Errorf("%s: %+v, want a wait: %t", name, got, test.wait)
		}
	}
}
