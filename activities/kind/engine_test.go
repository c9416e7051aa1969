package kind

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/activities/windows"
	"github.com/tack-dev/tack/resource"
)

func TestRefused(t *testing.T) {
	c := Case{Failures: []resource.Failure{
		{Step: resource.Step{Verb: "A"}, Class: resource.Unclear},
		{Step: resource.Step{Verb: "B"}, Class: resource.Invalid},
	}}
	if c.Refused("A") || !c.Refused("B") || c.Refused("C") {
		t.Error("refused is what AWS answered, not what got lost")
	}
}

func TestNotVisible(t *testing.T) {
	e := &Engine{Windows: windows.Default()}
	fresh := &resource.Claim{ID: "x", Time: time.Now()}
	for name, test := range map[string]struct {
		claim *resource.Claim
		done  []resource.Done
		wait  bool
	}{
		"no claim":          {nil, nil, false},
		"open claim":        {&resource.Claim{Time: time.Now()}, nil, false},
		"just recorded":     {fresh, nil, true},
		"just tagged":       {fresh, []resource.Done{{Verb: "Tag"}}, true},
		"deleted by us":     {fresh, []resource.Done{{Verb: "Delete"}}, false},
		"recorded long ago": {&resource.Claim{ID: "x", Time: time.Now().Add(-time.Hour)}, nil, false},
	} {
		in := resource.ObserveInput{Object: resource.Object{Claim: test.claim}, Done: test.done}
		if wait := e.notVisible(in, time.Now()); (wait != nil) != test.wait {
			t.Errorf("%s: %v", name, wait)
		}
	}
}

// A token belongs to one incarnation. It must not be sent again once it may be spent, and must not
// change while a create with it is unclear.
func TestIncarnationOfTheNext(t *testing.T) {
	d := Definition[any, any, any]{
		Create: func(_ any, m Making) resource.Step { return resource.Step{Verb: m.Token} },
		Plan:   func(any, *any, Case) Draft { return Draft{} },
	}
	for name, test := range map[string]struct {
		claim *resource.Claim
		want  int
	}{
		"nothing was sent":               {nil, 1},
		"a create is unclear":            {&resource.Claim{Incarnation: 2}, 2},
		"it is gone":                     {&resource.Claim{Incarnation: 2, ID: "x"}, 3},
		"AWS refused, or lost its trace": {&resource.Claim{Incarnation: 2, Void: true}, 3},
	} {
		in := resource.ObserveInput{Object: resource.Object{Claim: test.claim}}
		plan := d.planNew(in, nil)
		if plan.Incarnation != test.want || plan.Create.Verb != in.Object.Owner.Token(in.Target, test.want) {
			t.Errorf("%s: incarnation %d with token %s, want %d", name, plan.Incarnation, plan.Create.Verb, test.want)
		}
	}
}

// A resource is fresh as long as only the pass that created it can have changed it. A resource that
// was adopted by its tags is not fresh, and neither is one that the status shows.
func TestFresh(t *testing.T) {
	made := &resource.Claim{ID: "x", Request: "sum"}
	for name, test := range map[string]struct {
		claim  *resource.Claim
		status string
		want   bool
	}{
		"made in this pass":      {made, `{}`, true},
		"no status at all":       {made, ``, true},
		"made in an earlier one": {made, `{"id":"x"}`, false},
		"adopted by its tags":    {&resource.Claim{ID: "x"}, `{}`, false},
		"out of a backup":        {&resource.Claim{ID: "x", Request: "sum", UID: "before"}, ``, false},
		"not recorded":           {&resource.Claim{Request: "sum"}, `{}`, false},
		"no claim":               {nil, ``, false},
	} {
		if got := (resource.Object{Claim: test.claim, Status: json.RawMessage(test.status)}).Fresh(); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}

func TestForeign(t *testing.T) {
	object := resource.Object{Owner: resource.Owner{Install: "i", Ref: resource.Ref{Kind: "iam.Policy", Cluster: "c", Namespace: "n", Name: "p"}}}
	recorded, deleting, retained := object, object, object
	recorded.Claim, recorded.Shown = &resource.Claim{ID: "x"}, "x"
	deleting.Shown, retained.Shown = "x", "x"
	unshown, elsewhere := object, object
	unshown.Claim = recorded.Claim
	elsewhere.Claim, elsewhere.Shown = recorded.Claim, "y"
	deleting.Claim, deleting.Deleting = recorded.Claim, true
	retained.Claim, retained.Deleting, retained.Retain = recorded.Claim, true, true
	for name, test := range map[string]struct {
		object resource.Object
		owner  string
		want   string
	}{
		"ours":                        {object, "i/c/iam.Policy/n/p", ""},
		"the name is taken":           {object, "", "NameTaken"},
		"another object's":            {object, "i/other/iam.Policy/n/p", "OwnedByAnother"},
		"recorded, but now another's": {recorded, "j/c/iam.Policy/n/p", "OwnedByAnother"},
		"recorded, tags lost":         {recorded, "", ""},
		"the status tells of none":    {unshown, "", "NotOwned"},
		"the status tells of another": {elsewhere, "", "NotOwned"},
		"deleting, tags lost":         {deleting, "", "NotOwned"},
		"retained, tags lost":         {retained, "", ""},
	} {
		facts := Facts{ID: "x", Tags: map[string]string{}}
		if test.owner != "" {
			facts.Tags[resource.TagOwner] = test.owner
		}
		got := ""
		if problem := ownership.Foreign(test.object, facts.found()); problem != nil {
			got = problem.Reason
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
