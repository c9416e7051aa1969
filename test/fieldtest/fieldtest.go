// Package fieldtest helps the tests of a kind to check that it handles every field of its spec and
// status. A kind must send and compare every field that AWS accepts, and show every field that AWS
// reports.
package fieldtest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/resource"
)

// Spec describes the effect of each field of a spec of type W. The keys are paths below spec:
// "ingressRules[].toPort".
type Spec[W any] struct {
	// Base is a spec, in YAML, that its resource matches exactly.
	Base string
	// Change changes one field, by its path: YAML that replaces fields of Base.
	Change map[string]string
	// Sent are the requests that create the resource, with all following requests.
	Sent func(W) []resource.Step
	// Planned returns the steps and notes for the resource of Base.
	Planned func(W) (steps []resource.Step, notes []string)
	// Unsent and Unplanned are the fields whose change does not reach AWS, at the creation of the
	// resource or later, with the reason.
	Unsent, Unplanned map[string]string
}

// Run checks that each field has its row and that a change of the field changes the requests. The
// change must also lead to a step, or to a note that names the field.
func (s Spec[W]) Run(t *testing.T) {
	t.Helper()
	var base W
	s.read(t, "", &base)
	if steps, notes := s.Planned(base); len(steps)+len(notes) > 0 {
		t.Fatalf("the resource does not match the base: %v %q", steps, notes)
	}
	paths := pathsOf[W]()
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
	for _, path := range slices.Sorted(maps.Keys(s.Change)) {
		t.Run(path, func(t *testing.T) {
			var changed W
			s.read(t, s.Change[path], &changed)
			want(t, "sent", inJSON(t, s.Sent(changed)) != inJSON(t, s.Sent(base)), s.Unsent[path])
			steps, notes := s.Planned(changed)
			want(t, "planned or noted", len(steps) > 0 || names(notes, path), s.Unplanned[path])
			located(t, s.Change[path], steps)
			for _, step := range s.Sent(changed)[1:] { // after the create
				if !strings.HasPrefix(step.Path, "spec.") {
					t.Errorf("%s, %q: its path is %q", step.Verb, step.Summary, step.Path)
				}
			}
		})
	}
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
func (s Spec[W]) read(t *testing.T, change string, into *W) {
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

// Status checks the status for a resource that has everything. It must contain every field of its
// type, except for the engine's fields and the fields with a reason in hidden.
func Status[S any](t *testing.T, shown S, hidden map[string]string) {
	t.Helper()
	set := setIn(shown)
	for _, path := range pathsOf[S]() {
		first, _, _ := strings.Cut(path, ".")
		first, _, _ = strings.Cut(first, "[")
		if resource.EngineOwned(first) {
			continue
		}
		want(t, "shown: "+path, set[path], hidden[path])
	}
}
