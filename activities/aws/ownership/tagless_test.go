package ownership

import (
	"strings"
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
)

// A resource whose type has no tags is the object's if claim and status name its id. Everything
// else that anybody can write on an object reaches at most an empty resource that is younger than
// the object.
func TestOwnsWithoutTags(t *testing.T) {
	created := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	later, before := created.Add(time.Hour), created.Add(-time.Hour)
	recorded := &resource.Claim{ID: "g-1", Incarnation: 1}
	open := func(key string) *resource.Claim { return &resource.Claim{Key: key, Incarnation: 1, Time: created} }
	for name, test := range map[string]struct {
		claim *resource.Claim
		shown string
		found Found
		want  bool
	}{
		"claim and status name it":          {recorded, "g-1", Found{ID: "g-1", Made: before}, true},
		"the status names another":          {recorded, "g-2", Found{ID: "g-1", Made: later, Empty: true}, false},
		"the claim names another":           {&resource.Claim{ID: "g-2"}, "g-1", Found{ID: "g-1", Made: later, Empty: true}, false},
		"made again by somebody":            {recorded, "g-1", Found{ID: "g-2", Made: later, Empty: true}, false},
		"recorded, not shown yet":           {recorded, "", Found{ID: "g-1", Made: later, Empty: true}, true},
		"a forged claim on one in use":      {recorded, "", Found{ID: "g-1", Made: later}, false},
		"a forged claim on an older one":    {recorded, "", Found{ID: "g-1", Made: before, Empty: true}, false},
		"an unclear create":                 {open("arn"), "", Found{ID: "g-1", ARN: "arn", Made: created.Add(time.Second), Empty: true}, true},
		"by a clock that is behind":         {open("arn"), "", Found{ID: "g-1", ARN: "arn", Made: created.Add(-30 * time.Second), Empty: true}, true},
		"unclear, and one was there before": {open("arn"), "", Found{ID: "g-1", ARN: "arn", Made: before, Empty: true}, false},
		"unclear, and it has members":       {open("arn"), "", Found{ID: "g-1", ARN: "arn", Made: later}, false},
		"unclear, and another path":         {open("arn"), "", Found{ID: "g-1", ARN: "arn/x", Made: later, Empty: true}, false},
		"a forged open claim":               {&resource.Claim{Key: "arn", Time: before}, "", Found{ID: "g-1", ARN: "arn", Made: before.Add(time.Minute), Empty: true}, false},
		"released":                          {&resource.Claim{ID: "g-1", Void: true}, "", Found{ID: "g-1", Made: later, Empty: true}, false},
		"no claim":                          {nil, "g-1", Found{ID: "g-1", Made: later, Empty: true}, false},
	} {
		test.found.Tagless = true
		o := resource.Object{Created: created, Claim: test.claim, Shown: test.shown}
		if got := Owns(o, test.found); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
		problem := Foreign(o, test.found)
		if (problem == nil) != test.want {
			t.Errorf("%s: the problem is %+v", name, problem)
		}
		if problem != nil && strings.Contains(problem.Message, "tag with the value") {
			t.Errorf("%s: asks for a tag: %s", name, problem.Message)
		}
	}
}

// A lost or edited claim is restored where Tack itself reported the resource as Synced and the
// resource is younger than the object. A copy of the object has the same status and is younger.
func TestReportedWithoutTags(t *testing.T) {
	created := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		shown, synced string
		made          time.Time
		tagged, want  bool
	}{
		"ours":                    {shown: "g-1", synced: "g-1", made: created.Add(time.Second), want: true},
		"a copy of the object":    {shown: "g-1", synced: "g-1", made: created.Add(-time.Hour)},
		"it was never Synced":     {shown: "g-1", made: created.Add(time.Second)},
		"the status was edited":   {shown: "g-1", synced: "g-2", made: created.Add(time.Second)},
		"another one":             {shown: "g-2", synced: "g-2", made: created.Add(time.Second)},
		"of a type that has tags": {shown: "g-1", synced: "g-1", made: created.Add(time.Second), tagged: true},
	} {
		found := Found{ID: "g-1", ARN: "arn", Tagless: !test.tagged, Made: test.made}
		o := resource.Object{Created: created, Shown: test.shown, Synced: test.synced, Doubt: &resource.Doubt{ID: "g-1", Lost: true}}
		plan := Vouched(o, &found, nil)
		if got := plan.ID == "g-1" && plan.Proven; got != test.want {
			t.Errorf("%s: the plan is %+v", name, plan)
		}
		if !test.want && plan.Problem == nil {
			t.Errorf("%s: no problem", name)
		}
		o.Doubt, o.Claim = nil, &resource.Claim{ID: "g-3"}
		if got := Shown(o, found); got != test.want {
			t.Errorf("%s, with an edited claim: %t", name, got)
		}
		next := o
		if next.Claim = Succeeded(o, found); Owns(next, found) != test.want {
			t.Errorf("%s: an edited claim becomes %+v", name, next.Claim)
		}
		if problem := Untagged(o, found); !test.tagged && !strings.Contains(problem.Message, "AWS has no tags for it") {
			t.Errorf("%s: %s", name, problem.Message)
		}
	}
}
