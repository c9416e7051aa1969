package level

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// The annotations about an adoption give the resource to adopt, or a problem that names the annotation
// and the remedy.
func TestAdoption(t *testing.T) {
	const policy, named, force, adopted = corev1alpha1.AnnotationAdoptionPolicy, corev1alpha1.AnnotationAdoptionFields, corev1alpha1.AnnotationAdoptionForce, corev1alpha1.AnnotationAdopted
	existing, created := resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1", Adopted: true}, resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"}
	for name, test := range map[string]struct {
		annotations map[string]string
		claim       *resource.Claim
		want        *resource.Adoption
		problem     string
	}{
		"none":                             {nil, nil, nil, ""},
		"adopt":                            {map[string]string{policy: "adopt", named: `{"id":"sg-1"}`}, nil, &resource.Adoption{ID: "sg-1"}, ""},
		"adopt, with other keys":           {map[string]string{policy: "adopt", named: `{"id":"sg-1","vpc":"x"}`}, nil, &resource.Adoption{ID: "sg-1"}, ""},
		"adopt by force":                   {map[string]string{policy: "adopt", named: `{"id":"sg-1"}`, force: "true"}, nil, &resource.Adoption{ID: "sg-1", Force: true}, ""},
		"adopt or create, by natural key":  {map[string]string{policy: "adopt-or-create"}, nil, &resource.Adoption{Create: true}, ""},
		"adopt or create, no fields":       {map[string]string{policy: "adopt-or-create", named: "{}"}, nil, &resource.Adoption{Create: true}, ""},
		"recorded, not complete":           {map[string]string{policy: "adopt", named: `{"id":"sg-1"}`}, &existing, &resource.Adoption{ID: "sg-1"}, ""},
		"adopted":                          {map[string]string{policy: "adopt", named: `{"id":"sg-1"}`, adopted: "true"}, &existing, &resource.Adoption{ID: "sg-1", Done: true}, ""},
		"created":                          {map[string]string{policy: "adopt-or-create"}, &created, &resource.Adoption{Create: true, Done: true}, ""},
		"a copy of an adopted object":      {map[string]string{policy: "adopt", named: `{"id":"sg-1"}`, adopted: "true"}, nil, &resource.Adoption{ID: "sg-1"}, ""},
		"adopted, annotation switched off": {map[string]string{adopted: "true"}, &existing, nil, ""},
		"not adopted":                      {map[string]string{adopted: "false", named: "{}"}, nil, nil, ""},
		"unknown policy":                   {map[string]string{policy: "Adopt", named: `{"id":"sg-1"}`}, nil, nil, policy + ` is "Adopt": write adopt or adopt-or-create`},
		"no fields":                        {map[string]string{policy: "adopt"}, nil, nil, named + ` is missing: name the resource, as in {"id": "…"}`},
		"empty fields":                     {map[string]string{policy: "adopt", named: " {} "}, nil, nil, named + " is missing"},
		"malformed fields":                 {map[string]string{policy: "adopt", named: "{id: sg-1}"}, nil, nil, named + " is not a JSON object"},
		"a list":                           {map[string]string{policy: "adopt", named: `["sg-1"]`}, nil, nil, named + " is not a JSON object"},
		"a wrong key":                      {map[string]string{policy: "adopt", named: `{"groupID":"sg-1","name":"x"}`}, nil, nil, named + ` has groupID, name, and a SecurityGroup is found by its id: write {"id": "…"}`},
		"a number":                         {map[string]string{policy: "adopt", named: `{"id":1}`}, nil, nil, "write the id as a text"},
		"an empty id":                      {map[string]string{policy: "adopt-or-create", named: `{"id":" "}`}, nil, nil, "write the id as a text"},
		"fields without a policy":          {map[string]string{named: `{"id":"sg-1"}`}, nil, nil, "no annotation asks to adopt it: add " + policy},
		"adopted, and nothing names it":    {map[string]string{adopted: "TRUE"}, nil, nil, adopted + " says that the object adopted a resource"},
		"misspelled force":                 {map[string]string{policy: "adopt", named: `{"id":"sg-1"}`, force: "yes"}, nil, nil, force + ` is "yes"`},
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			for key, value := range test.annotations {
				c.Set(value, "metadata", "annotations", key)
			}
			if test.claim != nil {
				c.Claim(*test.claim)
			}
			l := levelIn(t, c, settings)
			if (l.Problem == nil) != (test.problem == "") || l.Problem != nil && !strings.Contains(l.Problem.Message, test.problem) {
				t.Errorf("the problem is %+v, want %q", l.Problem, test.problem)
			}
			if diff := cmp.Diff(test.want, l.Object.Adoption); test.problem == "" && diff != "" {
				t.Errorf("adoption (-want +got):\n%s", diff)
			}
		})
	}
}
