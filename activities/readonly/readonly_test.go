package readonly

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// Whatever a plan holds, that of a read-only object writes nothing to AWS, and says what differs.
func TestPlan(t *testing.T) {
	full := resource.Plan{
		ID: "x-1", Create: &resource.Step{Verb: "Create"}, Notes: []string{"spec.size: AWS cannot change it"}, InAWS: true, Sweep: true,
		Late: json.RawMessage(`{"a":1}`), Accepter: resource.Target{AccountID: "222222222222"},
		Steps: []resource.Step{
			{Verb: resource.VerbTag, Summary: "tag it: ownership"}, {Verb: resource.VerbTag, Path: "spec.tags", Summary: "tag it: team=a"}, {Verb: "Attach", Summary: "attach it"},
		},
	}
	for name, test := range map[string]struct {
		object resource.Object
		late   bool
	}{
		"managed":                     {resource.Object{ReadOnly: true, Claim: &resource.Claim{ID: "x-1"}}, false},
		"adopts":                      {resource.Object{ReadOnly: true, Adoption: &resource.Adoption{ID: "x-1"}}, true},
		"adopts, and the spec counts": {resource.Object{ReadOnly: true, Adoption: &resource.Adoption{ID: "x-1", Create: true}}, false},
	} {
		got := Plan(test.object, full)
		if got.Create != nil || len(got.Steps) > 0 || len(got.Notes) > 0 || got.InAWS || got.Sweep || got.Accepter != (resource.Target{}) || (got.Late != nil) != test.late {
			t.Errorf("%s: the plan still writes: %+v", name, got)
		}
		const want = "differs from x-1: spec.tags: tag it: team=a; attach it; spec.size: AWS cannot change it"
		if len(got.Advice) != 1 || got.Advice[0].Reason != resource.ReasonReadOnly || !strings.HasSuffix(got.Advice[0].Message, want) {
			t.Errorf("%s: the advice is %+v, want one that ends with %q", name, got.Advice, want)
		}
	}
	if got := Plan(resource.Object{ReadOnly: true}, resource.Plan{ID: "x-1", Steps: full.Steps[:1]}); len(got.Advice) > 0 {
		t.Errorf("our own tags are a difference: %+v", got.Advice)
	}
	if diff := cmp.Diff(full, Plan(resource.Object{}, full)); diff != "" {
		t.Errorf("the plan of an object that is not read-only changed (-want +got):\n%s", diff)
	}
}

// A read-only object whose resource AWS does not show names what Tack looked for.
func TestNotFound(t *testing.T) {
	for name, test := range map[string]struct {
		object resource.Object
		want   string
	}{
		"recorded": {resource.Object{Claim: &resource.Claim{ID: "x-1"}, Adoption: &resource.Adoption{ID: "x-2"}}, "shows no x-1 in account 1, Region r"},
		"adopts":   {resource.Object{Adoption: &resource.Adoption{ID: "x-2"}}, "shows no x-2 in"},
		"unclear":  {resource.Object{Claim: &resource.Claim{}}, "shows no resource of it in"},
	} {
		problem := NotFound(test.object, resource.Target{AccountID: "1", Region: "r"})
		if problem.State != resource.Blocked || !strings.Contains(problem.Message, test.want) {
			t.Errorf("%s: %+v; want a message with %q", name, problem, test.want)
		}
	}
}
