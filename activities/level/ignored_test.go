package level

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

func TestIgnored(t *testing.T) {
	for text, want := range map[string][]string{
		"":                              nil,
		" , ":                           nil,
		"spec.tags":                     {"spec.tags"},
		"spec.tags, spec.ingressRules,": {"spec.ingressRules", "spec.tags"},
		"spec.tags,spec.tags":           {"spec.tags"},
		"spec.vpcID":                    {"spec.vpcID", "spec.vpcRef"},
		"spec.vpcRef":                   {"spec.vpcID", "spec.vpcRef"},
		"tags":                          {"tags"},
	} {
		c := complete()
		c.Set(text, "metadata", "annotations", corev1alpha1.AnnotationIgnoreFields)
		if diff := cmp.Diff(want, levelIn(t, c, settings).Object.Ignored); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// A made resource does not wait for a reference that it ignores. A new one does, and so does one that
// is made anew.
func TestIgnoredReferences(t *testing.T) {
	claim := func(id string) func(cluster) {
		return func(c cluster) {
			c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, Request: "sum", ID: id})
			c.Set("sg-1", "status", resource.StatusSyncedID)
		}
	}
	for name, test := range map[string]struct {
		claim                    func(cluster)
		ignored                  string
		waits, unresolved, later bool
	}{
		"new":                       {func(cluster) {}, "spec.vpcRef, spec.ingressRules", true, true, false},
		"made":                      {claim("sg-1"), "spec.vpcRef, spec.ingressRules", false, false, true},
		"made, and the id ignored":  {claim("sg-1"), "spec.vpcID", false, true, true},
		"made, and rules ignored":   {claim("sg-1"), "spec.ingressRules", true, false, true},
		"made, and nothing ignored": {claim("sg-1"), "", true, true, false},
		"made anew":                 {claim("sg-2"), "spec.vpcRef, spec.ingressRules", true, true, false},
	} {
		c := complete()
		c.Set(from("main"), "spec", "vpcRef")
		c.Set([]any{fields{"userIDGroupPairs": []any{fields{"groupRef": from("peer")}}}}, "spec", "ingressRules")
		test.claim(c)
		c.Set(test.ignored, "metadata", "annotations", corev1alpha1.AnnotationIgnoreFields)
		l := levelIn(t, c, settings)
		if waits, unresolved, later := l.Wait != nil, len(l.Unresolved) > 0, l.Object.Unready != nil; waits != test.waits || unresolved != test.unresolved || later != test.later {
			t.Errorf("%s: waits %t, unresolved %t, for a new one %t; want %t, %t, %t", name, waits, unresolved, later, test.waits, test.unresolved, test.later)
		}
	}
}
