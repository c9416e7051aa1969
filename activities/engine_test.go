package activities

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

func TestCheckTags(t *testing.T) {
	many := make([]Tag, 46)
	for i := range many {
		many[i].Key = fmt.Sprint("k", i)
	}
	for name, test := range map[string]struct {
		tags []Tag
		want []Invalid
	}{
		"good":            {[]Tag{{"a", ""}, {"A", "1"}, {"aws:x", "y"}, {"services.k8s.aws/mine", "z"}}, nil},
		"no key":          {[]Tag{{"", "x"}}, []Invalid{{"spec.tags[0].key", "a tag needs a key"}}},
		"twice":           {[]Tag{{"a", "1"}, {"a", "2"}}, []Invalid{{"spec.tags[1].key", `"a" is there twice`}}},
		"ours":            {[]Tag{{resource.TagOwner, "me"}}, []Invalid{{"spec.tags[0].key", `"services.k8s.aws/tack-owner" is the name of an ownership tag: choose another`}}},
		"long key":        {[]Tag{{strings.Repeat("é", 129), ""}}, []Invalid{{"spec.tags[0].key", "has 129 characters, AWS takes 128"}}},
		"long value":      {[]Tag{{"a", strings.Repeat("é", 257)}}, []Invalid{{"spec.tags[0].value", "has 257 characters, AWS takes 256"}}},
		"as many as fit":  {many[:45], nil},
		"more than there": {many, []Invalid{{"spec.tags", "has 46 tags, there is room for 45"}}},
	} {
		if diff := cmp.Diff(test.want, checkTags(test.tags)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestTagChange(t *testing.T) {
	want := map[string]string{"same": "1", "other": "2", "new": "", resource.TagControllerVersion: "tack", "aws:mine": "x"}
	got := map[string]string{"same": "1", "other": "1", "old": "1", resource.TagControllerVersion: "ec2-v1", "aws:cloudformation:stack-name": "s", "AWS:x": "y"}
	set, remove := TagChange(want, got)
	if diff := cmp.Diff(map[string]string{"other": "2", "new": ""}, set); diff != "" {
		t.Errorf("set (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"old"}, remove); diff != "" {
		t.Errorf("remove (-want +got):\n%s", diff)
	}
	if got := DescribeTags(map[string]string{"b": "2", "a": "1", resource.TagOwner: "x"}); got != "a=1, b=2" {
		t.Errorf("in words: %s", got)
	}
	if got := DescribeTags(map[string]string{resource.TagOwner: "x"}); got != "ownership" {
		t.Errorf("in words: %s", got)
	}
}

func TestWantedTags(t *testing.T) {
	owner := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: "v"}}
	if diff := cmp.Diff(map[string]string{
		"a": "1", resource.TagOwner: "i/c/ec2.VPC/n/v", resource.TagUID: "u", resource.TagIncarnation: "2",
		resource.TagControllerVersion: "tack", resource.TagNamespace: "n",
	}, wantedTags([]Tag{{"a", "1"}, {"aws:x", "2"}}, owner, 2)); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}

func TestRefused(t *testing.T) {
	c := Case{Failures: []resource.Failure{
		{Step: resource.Step{Verb: "A"}, Class: resource.Unclear},
		{Step: resource.Step{Verb: "B"}, Class: resource.Invalid},
	}}
	if c.Refused("A") || !c.Refused("B") || c.Refused("C") {
		t.Error("refused is what AWS answered, not what got lost")
	}
}

func TestChanged(t *testing.T) {
	type status map[string]any
	for name, test := range map[string]struct {
		want    status
		shown   string
		changed bool
	}{
		"nothing to show":            {status{}, `{"id":"x"}`, false},
		"no status yet":              {status{"id": "x"}, ``, true},
		"the same":                   {status{"id": "x", "n": 1, "rules": []any{map[string]any{"a": nil, "b": 2}}}, `{"id":"x","n":1,"rules":[{"b":2}]}`, false},
		"another value":              {status{"id": "x", "n": 1}, `{"id":"x","n":2}`, true},
		"a field more":               {status{"id": "x", "n": 1}, `{"id":"x"}`, true},
		"a field less":               {status{"id": "x"}, `{"id":"x","n":2}`, true},
		"what the engine writes":     {status{"id": "x"}, `{"id":"x","conditions":[],"observedGeneration":3,"inputsDigest":"d","retries":1,"nextTryTime":"t"}`, false},
		"metadata of which we know":  {status{"id": "x", "ackResourceMetadata": map[string]any{"arn": "a"}}, `{"id":"x","ackResourceMetadata":{"arn":"a","region":"r"}}`, false},
		"metadata that is different": {status{"id": "x", "ackResourceMetadata": map[string]any{"arn": "b"}}, `{"id":"x","ackResourceMetadata":{"arn":"a","region":"r"}}`, true},
	} {
		if raw := changed(test.want, json.RawMessage(test.shown)); (raw != nil) != test.changed {
			t.Errorf("%s: changed is %s", name, raw)
		}
	}
}

func TestNotVisible(t *testing.T) {
	e := &Engine{Windows: DefaultWindows()}
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
		if wait := e.notVisible(in); (wait != nil) != test.wait {
			t.Errorf("%s: %v", name, wait)
		}
	}
}

// A token is of one incarnation: it must not be sent again once it may be spent,
// and not be another one while a create with it is unclear.
func TestIncarnationOfTheNext(t *testing.T) {
	d := Definition[any, any, any]{
		Tags:   func(any) []Tag { return nil },
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

// A resource is fresh for as long as only the pass that made it can have changed
// it: not one that was taken up by its tags, nor one that the status shows.
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
		"taken up by its tags":   {&resource.Claim{ID: "x"}, `{}`, false},
		"out of a backup":        {&resource.Claim{ID: "x", Request: "sum", UID: "before"}, ``, false},
		"not recorded":           {&resource.Claim{Request: "sum"}, `{}`, false},
		"no claim":               {nil, ``, false},
	} {
		if got := fresh(resource.Object{Claim: test.claim, Status: json.RawMessage(test.status)}); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}

func TestForeign(t *testing.T) {
	object := resource.Object{Owner: resource.Owner{Install: "i", Ref: resource.Ref{Kind: "iam.Policy", Cluster: "c", Namespace: "n", Name: "p"}}}
	recorded, deleting, retained := object, object, object
	recorded.Claim = &resource.Claim{ID: "x"}
	deleting.Claim, deleting.Deleting = recorded.Claim, true
	retained.Claim, retained.Deleting, retained.Retain = recorded.Claim, true, true
	for name, test := range map[string]struct {
		object resource.Object
		owner  string
		want   string
	}{
		"ours":                           {object, "i/c/iam.Policy/n/p", ""},
		"the name is taken":              {object, "", "NameTaken"},
		"another object's":               {object, "i/other/iam.Policy/n/p", "OwnedByAnother"},
		"recorded, but another's by now": {recorded, "j/c/iam.Policy/n/p", "OwnedByAnother"},
		"recorded, tags lost":            {recorded, "", ""},
		"deleting, tags lost":            {deleting, "", "NotOwned"},
		"retained, tags lost":            {retained, "", ""},
	} {
		facts := Facts{ID: "x", Tags: map[string]string{}}
		if test.owner != "" {
			facts.Tags[resource.TagOwner] = test.owner
		}
		got := ""
		if problem := foreign(test.object, facts); problem != nil {
			got = problem.Reason
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestCannotChange(t *testing.T) {
	if got := CannotChange("spec.name", "web"); got != `spec.name: AWS cannot change it; make a new object, or put back "web"` {
		t.Error(got)
	}
}
