// Package fieldtest helps the tests of a kind to check that it handles every field of its spec and
// status. A kind must send and compare every field that AWS accepts, and show every field that AWS
// reports.
package fieldtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// ResolvedElsewhere is the reason why a reference has no part in a request.
const ResolvedElsewhere = "the bridge resolves it into the field beside it, before the spec is compared"

// Spec describes the effect of each field of a kind's spec. C, W and G are the parameters of the
// kind's definition, from which the requests come. Rows for tags and references are added. The keys
// are paths below spec: "ingressRules[].toPort".
type Spec[C, W, G any] struct {
	Kind kind.Kind
	ID   string // of Got
	Got  *G     // the resource that matches Base exactly
	// Base is a spec in YAML, with one tag if the kind has tags.
	Base string
	// Change changes one field, by its path: YAML that replaces fields of Base.
	Change map[string]string
	// Unsent and Unplanned are the fields whose change does not reach AWS, at the creation of the
	// resource or later, with the reason.
	Unsent, Unplanned map[string]string
	// Check are specs, and what the kind's Check says of each: "spec.vpcID: a route table needs a
	// VPC". Refused are specs that it refuses in any words.
	Check   map[string][]string
	Refused []string
	// Silent are the messages of the findings for which AWS's answer is not known, with the reason.
	Silent map[string]finding.Unsaid
	// Whole is a resource that has everything that AWS can show; nil: Got. Hidden are the fields of
	// the status that it lacks, with the reason.
	Whole  *G
	Hidden map[string]string
	// Unread are the fields of the spec that Definition.Spec does not return, with the reason.
	// Described replaces Got and Whole where these show together what AWS excludes in a spec.
	Unread    map[string]string
	Described []*G
	// Pending are resources that AWS is changing, by what the object reports meanwhile.
	Pending map[string]*G
	// Plan replaces the plan of the definition, if what is read depends on the spec.
	Plan func(W, *G, kind.Case) kind.Draft
}

// Run checks that each field has its row and that a change of the field changes the requests. The
// change must also lead to a step, or to a note that names the field. AWS's service model must allow
// each request. The status must show every field.
func (s Spec[C, W, G]) Run(t *testing.T) {
	t.Helper()
	d, ok := s.Kind.(kind.Definition[C, W, G])
	if !ok {
		t.Fatalf("%s is a %T", s.Kind.Name(), s.Kind)
	}
	if s.Plan != nil {
		d.Plan = s.Plan
	}
	paths := pathsOf[W]()
	s.addTags(t, paths)
	s.addReferences()
	var base W
	s.read(t, "", &base)
	if draft := s.planned(d, base); len(draft.Steps)+len(draft.Notes) > 0 {
		t.Fatalf("the resource does not match the base: %v %q", draft.Steps, draft.Notes)
	}
	accepted(t, d, s.ID, slices.Concat(sent(d, base), d.Unplan(s.Got)))
	creates(t, d, sent(d, base)[0])
	s.complete(t, paths)
	s.requests(t, d, base)
	s.refused(t, d)
	s.status(t, d)
	s.facts(t, d, base)
	s.described(t, d, paths)
	s.ignored(t, d, base)
	for _, path := range slices.Sorted(maps.Keys(s.Change)) {
		t.Run(path, func(t *testing.T) { s.change(t, d, base, path) })
	}
}

// facts checks what the engine learns about the resource of the base, which is ready, and about those
// that are not.
func (s Spec[C, W, G]) facts(t *testing.T, d kind.Definition[C, W, G], base W) {
	t.Helper()
	facts := d.Facts(s.Got)
	if facts.ID != s.ID || facts.Pending != nil || facts.Failed != nil || facts.Gone {
		t.Errorf("the facts are %+v, want the id %s and a resource that is ready", facts, s.ID)
	}
	for key, value := range caseOf(s.ID, base).Tags {
		if facts.Tags[key] != value {
			t.Errorf("the tags are %v, want %s=%s", facts.Tags, key, value)
		}
	}
	for message, got := range s.Pending {
		if pending := d.Facts(got).Pending; pending == nil || pending.Message != message {
			t.Errorf("pending is %+v, want %q", pending, message)
		}
	}
}

// complete checks that each field has its row, and each row its field.
func (s Spec[C, W, G]) complete(t *testing.T, paths []string) {
	t.Helper()
	for _, path := range paths {
		if s.Change[path] == "" && (s.Unsent[path] == "" || s.Unplanned[path] == "") {
			t.Errorf("%s: no row changes it, and no row explains why", path)
		}
	}
	for path := range s.Change {
		if !slices.Contains(paths, path) {
			t.Errorf("%s: there is no such field", path)
		}
	}
}

// change checks the row of one field.
func (s Spec[C, W, G]) change(t *testing.T, d kind.Definition[C, W, G], base W, path string) {
	t.Helper()
	var changed W
	s.read(t, s.Change[path], &changed)
	requests, draft := sent(d, changed), s.planned(d, changed)
	want(t, "sent", inJSON(t, requests) != inJSON(t, sent(d, base)), s.Unsent[path])
	want(t, "planned or noted", len(draft.Steps) > 0 || names(draft.Notes, path), s.Unplanned[path])
	located(t, s.Change[path], draft.Steps)
	accepted(t, d, s.ID, slices.Concat(requests, draft.Steps))
	for _, step := range requests[1:] { // after the create
		if !strings.HasPrefix(step.Path, "spec.") {
			t.Errorf("%s, %q: its path is %q", step.Verb, step.Summary, step.Path)
		}
	}
	if path == tagKey && !slices.ContainsFunc(draft.Steps, func(step resource.Step) bool { return step.Verb == d.Tagged.Remove(s.ID, nil).Verb }) {
		t.Error("the tag that the spec does not have any more is not removed")
	}
}

// token is the token of every create.
const token = "token"

// sent returns the requests that create a resource, with all following requests.
func sent[C, W, G any](d kind.Definition[C, W, G], want W) []resource.Step {
	c := caseOf(resource.NewID, want)
	create := d.Create(want, kind.Making{Tags: c.Tags, Token: token, Target: c.Target})
	return append([]resource.Step{create}, d.Draft(want, nil, c).Steps...)
}

// planned returns the steps and notes for the resource of the base.
func (s Spec[C, W, G]) planned(d kind.Definition[C, W, G], want W) kind.Draft {
	return d.Draft(want, s.Got, caseOf(s.ID, want))
}

func caseOf(id string, spec any) kind.Case {
	c := kind.Case{ID: id, Tags: map[string]string{}, Target: resource.Target{AccountID: "111122223333"}}
	for _, tag := range tagging.In(spec) {
		c.Tags[tag.Key] = tag.Value
	}
	return c
}

// The paths of the rows that replace a tag.
const (
	tagKey   = "tags[].key"
	tagValue = "tags[].value"
)

// comparedByEngine is the reason why a description has no tags.
const comparedByEngine = "the engine compares the tags"

// addTags adds the rows that change the key and the value of the base's tag.
func (s *Spec[C, W, G]) addTags(t *testing.T, paths []string) {
	t.Helper()
	s.Change = maps.Clone(s.Change)
	if !slices.Contains(paths, tagKey) {
		return
	}
	var base struct {
		Tags []struct{ Key, Value string } `json:"tags"`
	}
	if err := yaml.Unmarshal([]byte(s.Base), &base); err != nil || len(base.Tags) != 1 {
		t.Fatalf("the base has %d tags, want 1 (%v)", len(base.Tags), err)
	}
	tag := base.Tags[0]
	s.Change[tagKey] = fmt.Sprintf("{tags: [{key: other, value: %s}]}", tag.Value)
	s.Change[tagValue] = fmt.Sprintf("{tags: [{key: %s, value: other}]}", tag.Key)
}

// addReferences adds the reason of the kind's references, and of tags in a description.
func (s *Spec[C, W, G]) addReferences() {
	s.Unsent, s.Unplanned, s.Unread = maps.Clone(s.Unsent), maps.Clone(s.Unplanned), maps.Clone(s.Unread)
	for _, reasons := range []*map[string]string{&s.Unsent, &s.Unplanned, &s.Unread} {
		if *reasons == nil {
			*reasons = map[string]string{}
		}
		for _, reference := range apis.References(s.Kind.Name()) {
			(*reasons)[reference.Path] = ResolvedElsewhere
		}
	}
	s.Unread[tagKey], s.Unread[tagValue] = comparedByEngine, comparedByEngine
}

// want checks that a change has an effect, unless there is a reason why it has none.
func want(t *testing.T, what string, done bool, reason string) {
	t.Helper()
	switch {
	case !done && reason == "":
		t.Errorf("a change is not %s", what)
	case done && reason != "":
		t.Errorf("a change is %s, and should not be: %s", what, reason)
	}
}

// located checks that each step names the field that it belongs to: one of the fields that the row
// changes.
func located(t *testing.T, change string, steps []resource.Step) {
	t.Helper()
	var changed map[string]any
	if err := yaml.Unmarshal([]byte(change), &changed); err != nil {
		t.Fatalf("reading %q: %v", change, err)
	}
	for _, step := range steps {
		field := strings.TrimPrefix(step.Path, "spec.")
		field = field[:len(field)-len(strings.TrimLeft(field, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"))]
		if _, about := changed[field]; !about || !strings.HasPrefix(step.Path, "spec.") {
			t.Errorf("%s, %q: its path is %q, and the row changes %s", step.Verb, step.Summary, step.Path, change)
		}
	}
}

// names reports whether a note is about the field, or about a field that contains it.
func names(notes []string, path string) bool {
	first, _, _ := strings.Cut(path, "[")
	return slices.ContainsFunc(notes, func(note string) bool {
		at, _, _ := strings.Cut(note, ":")
		at, _, _ = strings.Cut(at, "[")
		return at == "spec."+first
	})
}

// read reads the base with some fields replaced.
func (s Spec[C, W, G]) read(t *testing.T, change string, into *W) {
	t.Helper()
	all := map[string]any{}
	for _, text := range []string{s.Base, change} {
		var some map[string]any
		if err := yaml.Unmarshal([]byte(text), &some); err != nil {
			t.Fatalf("reading %q: %v", text, err)
		}
		maps.Copy(all, some)
	}
	raw, _ := json.Marshal(all) // the value came from YAML
	if err := yaml.UnmarshalStrict(raw, into); err != nil {
		t.Fatalf("reading a spec: %v\n%s", err, raw)
	}
}

func inJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// status checks the status for a resource that has everything. It must contain every field of its
// type, except for the engine's fields and the hidden ones.
func (s Spec[C, W, G]) status(t *testing.T, d kind.Definition[C, W, G]) {
	t.Helper()
	shown := d.Status(cmp.Or(s.Whole, s.Got))
	set := setIn(shown)
	for _, path := range pathsIn(reflect.TypeOf(shown)) {
		first, _, _ := strings.Cut(path, ".")
		first, _, _ = strings.Cut(first, "[")
		if resource.EngineOwned(first) {
			continue
		}
		want(t, "shown: "+path, set[path], s.Hidden[path])
	}
}
