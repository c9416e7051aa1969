package fieldtest

import (
	"maps"
	"slices"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/ignoring"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// ignored checks each field that the annotation ignore-fields may name. Where the spec and the
// resource differ only in ignored fields, nothing is planned and nothing noted.
func (s Spec[C, W, G]) ignored(t *testing.T, d kind.Definition[C, W, G], base W) {
	t.Helper()
	for _, path := range slices.Sorted(maps.Keys(s.Change)) {
		var changed W
		s.read(t, s.Change[path], &changed)
		var paths []string
		for _, field := range slices.Sorted(maps.Keys(s.fields(t, s.Change[path]))) {
			paths = append(paths, "spec."+field)
		}
		s.plansNothing(t, d, changed, paths...)
		if field := "spec." + path; ignoring.Refused[W](field) == "" {
			s.plansNothing(t, d, ignoring.Merged(base, changed, []string{field}), field)
		}
	}
}

// plansNothing checks that a spec whose fields at the paths are ignored leads to no step.
func (s Spec[C, W, G]) plansNothing(t *testing.T, d kind.Definition[C, W, G], changed W, paths ...string) {
	t.Helper()
	if problem := ignoring.Problem[W](resource.Object{Ignored: paths}); problem != nil {
		t.Errorf("%q: %s", paths, problem.Message)
	}
	left := ignoring.Leave(paths, changed, func() W { return d.Spec(s.Got) }, d.Facts(s.Got).Tags)
	if draft := s.planned(d, left); len(draft.Steps)+len(draft.Notes) > 0 {
		t.Errorf("with %q ignored: %v %q", paths, draft.Steps, draft.Notes)
	}
}

// fields returns the fields that a change replaces.
func (s Spec[C, W, G]) fields(t *testing.T, change string) (fields map[string]any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(change), &fields); err != nil {
		t.Fatalf("reading %q: %v", change, err)
	}
	return fields
}
