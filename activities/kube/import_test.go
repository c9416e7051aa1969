package kube

import (
	"testing"

	"k8s.io/client-go/tools/record"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// An import lists what another controller left. It annotates an object without a problem, once, and
// only if asked.
func TestImport(t *testing.T) {
	const annotation = corev1alpha1.AnnotationTakeOver
	left := func(c cluster) {
		c.Set("sg-1", "status", "id")
		c.Set([]any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}, "metadata", "finalizers")
	}
	for name, test := range map[string]struct {
		change   func(cluster)
		write    bool
		found    int
		problem  string
		asked    bool
		writes   int
		annotate string
	}{
		"a report":             {left, false, 1, "", false, 0, ""},
		"an import":            {left, true, 1, "", true, 1, "true"},
		"asked before":         {all(left, func(c cluster) { c.Set("true", "metadata", "annotations", annotation) }), true, 1, "", true, 0, "true"},
		"refused":              {all(left, func(c cluster) { c.Set("false", "metadata", "annotations", annotation) }), true, 0, "", false, 0, "false"},
		"no id":                {all(left, func(c cluster) { delete(c.Group(), "status") }), true, 1, resource.ReasonTakeOverWithoutID, false, 0, ""},
		"in another account":   {all(left, func(c cluster) { c.Set("222222222222", "status", "ackResourceMetadata", "ownerAccountID") }), true, 1, resource.ReasonAccountChanged, false, 0, ""},
		"one of ours":          {func(c cluster) { c.Claim(mine) }, true, 0, "", false, 0, ""},
		"new, without anybody": {func(cluster) {}, true, 0, "", false, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			test.change(c)
			s := &server{objects: c}
			a := New(s, settings, record.NewFakeRecorder(10), nil)
			got, err := a.Import(t.Context(), resource.ImportStart{Kind: groupRef.Kind, Cluster: "dev", Namespace: "team-a", Write: test.write})
			if err != nil || len(got) != test.found || len(s.writes) != test.writes {
				t.Fatalf("found %+v, %v, after the writes %q; want %d and %d", got, err, s.writes, test.found, test.writes)
			}
			if test.found > 0 {
				reason := ""
				if got[0].Problem != nil {
					reason = got[0].Problem.Reason
				}
				if got[0].Ref != groupRef || got[0].Asked != test.asked || reason != test.problem {
					t.Errorf("found %+v, want %q", got[0], test.problem)
				}
			}
			metadata := c.Group()["metadata"].(fields)
			annotations, _ := metadata["annotations"].(fields)
			if value, _ := annotations[annotation].(string); value != test.annotate {
				t.Errorf("the annotation is %q, want %q", value, test.annotate)
			}
		})
	}
}
