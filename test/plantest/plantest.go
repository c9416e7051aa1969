// Package plantest runs the tables of a kind's plans.
package plantest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// Table is a table of plans. C, W and G are the parameters of the kind's definition. Changes of
// tags need no row: fieldtest.Spec checks them.
type Table[C, W, G any] struct {
	Kind kind.Kind
	ID   string            // of the resource, where there is one
	Tags map[string]string // wanted, where the row has no others
	Rows map[string]Row[G]
	// Describe describes steps; nil: Describe of this package.
	Describe func([]resource.Step) []string
}

// Row is a spec and a resource, and what Plan makes of them.
type Row[G any] struct {
	Spec string // YAML
	Got  *G     // nil: not created yet
	Tags map[string]string
	// Failures are AWS's earlier refusals in this pass.
	Failures []resource.Failure
	Want     []string // the steps
	Notes    []string
	Wait     string // the message of the wait after the steps
}

// Run plans each row.
func (table Table[C, W, G]) Run(t *testing.T) {
	t.Helper()
	d, ok := table.Kind.(kind.Definition[C, W, G])
	if !ok {
		t.Fatalf("%s is a %T", table.Kind.Name(), table.Kind)
	}
	describe := table.Describe
	if describe == nil {
		describe = Describe
	}
	for name, row := range table.Rows {
		t.Run(name, func(t *testing.T) {
			c := kind.Case{ID: table.ID, Tags: table.Tags, Failures: row.Failures}
			if row.Got == nil {
				c.ID = resource.NewID
			}
			if row.Tags != nil {
				c.Tags = row.Tags
			}
			draft := d.Draft(Read[W](t, row.Spec), row.Got, c)
			if diff := cmp.Diff(row.Want, describe(draft.Steps)); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(row.Notes, draft.Notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
			if draft.Wait == nil {
				draft.Wait = new(resource.Wait)
			}
			if diff := cmp.Diff(row.Wait, draft.Wait.Message); diff != "" {
				t.Errorf("wait (-want +got):\n%s", diff)
			}
		})
	}
}

// Read reads a spec in YAML.
func Read[W any](t *testing.T, text string) (spec W) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(text), &spec); err != nil {
		t.Fatalf("reading the spec: %v\n%s", err, text)
	}
	return spec
}

// Describe describes steps in short: stage, verb, summary, path.
func Describe(steps []resource.Step) []string {
	var out []string
	for _, s := range steps {
		line := fmt.Sprintf("%d %s: %s", s.Stage, s.Verb, s.Summary)
		if s.Path != "" {
			line += " (" + s.Path + ")"
		}
		out = append(out, line)
	}
	return out
}
