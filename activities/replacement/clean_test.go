package replacement

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// An object for which Tack makes no calls keeps the old resource, and says why. It still forgets one that is
// gone.
func TestCleanMakesNoCalls(t *testing.T) {
	const (
		readOnly = "the object is read-only, so the old resource stays until somebody removes the annotation services.k8s.aws/read-only"
		planOnly = "the object is plan-only, so the old resource stays until somebody removes the annotation services.k8s.aws/plan-only"
	)
	steps := []resource.Step{{Verb: "Detach", Summary: "detach x-1"}, {Verb: resource.VerbDelete, Summary: "delete x-1"}}
	held, pending := &resource.Wait{Message: "y-1 holds x-1"}, &resource.Wait{Message: "AWS changes x-1"}
	for name, test := range map[string]struct {
		object resource.Object
		found  Found
		want   resource.Swept
	}{
		"managed":               {resource.Object{}, Found{}, resource.Swept{Steps: steps}},
		"managed, held":         {resource.Object{}, Found{Held: held}, resource.Swept{Advice: []string{held.Message}}},
		"read-only":             {resource.Object{ReadOnly: true}, Found{}, resource.Swept{Advice: []string{readOnly}}},
		"read-only, held":       {resource.Object{ReadOnly: true}, Found{Held: held}, resource.Swept{Advice: []string{readOnly}}},
		"read-only, gone":       {resource.Object{ReadOnly: true}, Found{Gone: true}, resource.Swept{Gone: true}},
		"plan-only":             {resource.Object{PlanOnly: true}, Found{}, resource.Swept{Advice: []string{planOnly, "Tack would detach x-1; delete x-1"}}},
		"plan-only, held":       {resource.Object{PlanOnly: true}, Found{Held: held}, resource.Swept{Advice: []string{planOnly, held.Message}}},
		"plan-only, pending":    {resource.Object{PlanOnly: true}, Found{Pending: pending}, resource.Swept{Advice: []string{planOnly, pending.Message}}},
		"plan-only, gone":       {resource.Object{PlanOnly: true}, Found{Gone: true}, resource.Swept{Gone: true}},
		"plan-only, read-only":  {resource.Object{PlanOnly: true, ReadOnly: true}, Found{}, resource.Swept{Advice: []string{readOnly}}},
		"read-only and retains": {resource.Object{ReadOnly: true, Retain: true}, Found{}, resource.Swept{Advice: []string{readOnly}}},
	} {
		test.object.Owner = resource.Owner{Install: "i", Ref: resource.Ref{Kind: "ec2.VPC", Namespace: "n", Name: "x"}, UID: "u"}
		test.found.Tags = map[string]string{resource.TagOwner: test.object.Owner.Tag()}
		got := Clean(test.object, test.found, func() []resource.Step { return steps })
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
