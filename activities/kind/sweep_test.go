package kind

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/resource"
)

// thing is a resource of a kind that AWS creates as often as it is asked.
type thing struct {
	id, owner, uid, incarnation string
	held, attached, gone        bool
}

var things = Definition[any, any, thing]{
	Facts: func(got *thing) Facts {
		f := Facts{ID: got.id, Tags: map[string]string{resource.TagOwner: got.owner, resource.TagUID: got.uid, resource.TagIncarnation: got.incarnation}, Gone: got.gone}
		if got.held {
			f.Held = &resource.Wait{Reason: "InUse"}
		}
		return f
	},
	Unplan: func(got *thing) (steps []resource.Step) {
		if got.attached {
			steps = append(steps, resource.Step{Verb: "Detach"})
		}
		return append(steps, resource.Step{Verb: resource.VerbDelete, Summary: "delete " + got.id})
	},
}

var thingOwner = resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "x.Thing", Cluster: "c", Namespace: "n", Name: "t"}}

// Only an unused resource that is certainly ours, and not the recorded one, is removed. Any other
// resource with our tag is reported.
func TestPlanSweep(t *testing.T) {
	owner := thingOwner.Tag()
	for name, test := range map[string]struct {
		second   thing
		removed  string
		reported string
	}{
		"the recorded one":         {thing{id: "x-1", owner: owner, uid: "u", incarnation: "2"}, "", ""},
		"a second one":             {thing{id: "x-2", owner: owner, uid: "u", incarnation: "2"}, "delete x-2", "created x-2 in addition to x-1"},
		"one of an earlier making": {thing{id: "x-2", owner: owner, uid: "u", incarnation: "1"}, "delete x-2", "created x-2 in addition to x-1"},
		"one of a later making":    {thing{id: "x-2", owner: owner, uid: "u", incarnation: "3"}, "", "x-2 carries this object's tags"},
		"another object's":         {thing{id: "x-2", owner: "i/c/x.Thing/n/other", uid: "u", incarnation: "2"}, "", ""},
		"of an earlier object":     {thing{id: "x-2", owner: owner, uid: "older", incarnation: "2"}, "", "x-2 carries this object's tags"},
		"gone":                     {thing{id: "x-2", owner: owner, uid: "u", incarnation: "1", gone: true}, "", ""},
		"held":                     {thing{id: "x-2", owner: owner, uid: "u", incarnation: "2", held: true}, "", "x-2 carries this object's tags"},
		"attached":                 {thing{id: "x-2", owner: owner, uid: "u", incarnation: "2", attached: true}, "", "x-2 carries this object's tags"},
	} {
		t.Run(name, func(t *testing.T) {
			o := resource.Object{Owner: thingOwner, Claim: &resource.Claim{ID: "x-1", Incarnation: 2, Lost: time.Now()}}
			swept := things.planSweep(o, []thing{{id: "x-1", owner: owner, uid: "u", incarnation: "2"}, test.second})
			removed := ""
			for _, step := range swept.Steps {
				removed += strings.TrimPrefix(step.Summary, "second resource of a delayed request: ")
			}
			if diff := cmp.Diff(test.removed, removed); diff != "" {
				t.Errorf("removed (-want +got):\n%s", diff)
			}
			if reported := strings.Join(swept.Advice, "; "); !strings.Contains(reported, test.reported) || (reported == "") != (test.reported == "") {
				t.Errorf("reported %q, want %q", reported, test.reported)
			}
		})
	}
}

// A successor of a recorded resource that is gone is adopted, and nothing else.
func TestFollows(t *testing.T) {
	owner := thingOwner.Tag()
	for name, test := range map[string]struct {
		found thing
		want  bool
	}{
		"of a later making":         {thing{id: "x-2", owner: owner, incarnation: "3"}, true},
		"of the same making":        {thing{id: "x-2", owner: owner, incarnation: "2"}, false},
		"what is still listed":      {thing{id: "x-1", owner: owner, incarnation: "2"}, false},
		"another object's":          {thing{id: "x-2", owner: "i/c/x.Thing/n/other", incarnation: "3"}, false},
		"without our tags at all":   {thing{id: "x-2"}, false},
		"of unknown origin":         {thing{id: "x-2", owner: owner}, false},
		"made for this very object": {thing{id: "x-2", owner: owner, uid: thingOwner.UID, incarnation: "1"}, true},
		"made for one before it":    {thing{id: "x-2", owner: owner, uid: "before", incarnation: "1"}, false},
		"the recorded one, tagged":  {thing{id: "x-1", owner: owner, incarnation: "3"}, false},
	} {
		o := resource.Object{Owner: thingOwner, Claim: &resource.Claim{ID: "x-1", Incarnation: 2}}
		if got := ownership.Follows(o, things.Facts(&test.found).found()); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
	late := thing{id: "x-2", owner: owner, incarnation: "2"}
	for name, test := range map[string]struct {
		deleting bool
		lost     time.Time
		want     bool
	}{
		"deleted, and a request was lost": {true, time.Now(), true},
		"deleted, and nothing was lost":   {true, time.Time{}, false},
		"it stays":                        {false, time.Now(), false}, // left to the sweep
	} {
		o := resource.Object{Owner: thingOwner, Deleting: test.deleting, Claim: &resource.Claim{ID: "x-1", Incarnation: 2, Lost: test.lost}}
		if got := ownership.Follows(o, things.Facts(&late).found()); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}

// After a request was given up, Tack searches for a second resource. The existing one may already
// be recorded, or be found for a claim of a lost run.
func TestSweepIsPlanned(t *testing.T) {
	d := things
	d.Owned = func(context.Context, any, resource.Owner) ([]thing, error) { return nil, nil }
	d.Status = func(*thing) any { return map[string]any{} }
	d.Plan = func(any, *thing, Case) (draft Draft) { return draft }
	for name, test := range map[string]struct {
		claim *resource.Claim
		want  bool
	}{
		"nothing was given up":          {&resource.Claim{ID: "x-1", Incarnation: 1}, false},
		"given up, and then recorded":   {&resource.Claim{ID: "x-1", Incarnation: 1, Lost: time.Now()}, true},
		"given up, found for the claim": {&resource.Claim{Incarnation: 1, Lost: time.Now()}, true},
		"open, nothing was given up":    {&resource.Claim{Incarnation: 1}, false},
		"released":                      {&resource.Claim{Incarnation: 1, Lost: time.Now(), Void: true}, false},
		"another's":                     {nil, false},
	} {
		in := resource.ObserveInput{Object: resource.Object{Owner: thingOwner, Claim: test.claim}}
		if got := d.planFound(in, nil, &thing{id: "x-1", owner: thingOwner.Tag(), uid: "u", incarnation: "1"}); got.Sweep != test.want {
			t.Errorf("%s: sweep %v, want %v", name, got.Sweep, test.want)
		}
	}
}
