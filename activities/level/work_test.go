package level

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Each answer to the question whether an object has anything to do. The answers that depend on what
// Tack has reported are in the tests of package kube.
func TestWorkOf(t *testing.T) {
	condition := func(name corev1alpha1.ConditionType) func(cluster) {
		return func(c cluster) {
			c.Set([]any{fields{"type": string(name), "status": "True"}}, "status", "conditions")
		}
	}
	claimed := func(c cluster) {
		c.Set([]any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}, "metadata", "finalizers")
		c.Claim(mine)
	}
	reported := func(c cluster) { c.Set(levelIn(t, c, settings).Digest, "status", resource.StatusInputsDigest) }
	later := func(c cluster) { c.Set("2099-01-01T00:00:00Z", "status", resource.StatusNextTry) }
	past := func(c cluster) { c.Set("2020-01-01T00:00:00Z", "status", resource.StatusNextTry) }
	filled := func(c cluster) {
		claim := mine
		claim.Filled = levelIn(t, c, settings).Digest
		c.Claim(claim)
	}
	edited := func(c cluster) { c.Set("another", "spec", "description") }
	moved := annotated("222222222222")
	for name, test := range map[string]struct {
		change func(cluster)
		want   Work
	}{
		"new":                         {func(cluster) {}, Unfinished},
		"no object":                   {func(c cluster) { delete(c, "securitygroups/team-a/web") }, Absent},
		"synced":                      {all(claimed, condition(corev1alpha1.ConditionTypeResourceSynced), reported), Settled},
		"synced, then edited":         {all(claimed, condition(corev1alpha1.ConditionTypeResourceSynced), reported, edited), Unfinished},
		"synced, a look comes":        {all(claimed, condition(corev1alpha1.ConditionTypeResourceSynced), reported, later), Settled},
		"synced, a look is due":       {all(claimed, condition(corev1alpha1.ConditionTypeResourceSynced), reported, past), Unfinished},
		"terminal":                    {all(condition(corev1alpha1.ConditionTypeTerminal), reported), Settled},
		"refused":                     {all(condition(corev1alpha1.ConditionTypeRecoverable), later, reported), Resting},
		"refused, and due":            {all(condition(corev1alpha1.ConditionTypeRecoverable), reported), Unfinished},
		"moved":                       {all(claimed, moved, reported), Settled},
		"being deleted":               {all(claimed, condition(corev1alpha1.ConditionTypeTerminal), reported, func(c cluster) { c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp") }), Unfinished},
		"late values written":         {all(claimed, filled), Filling},
		"late values, then an edit":   {all(claimed, filled, edited), Unfinished},
		"late values, status written": {all(claimed, filled, condition(corev1alpha1.ConditionTypeResourceSynced), reported), Settled},
	} {
		c := complete()
		test.change(c)
		l := resource.Level{Gone: true}
		if c.Group() != nil {
			l = levelIn(t, c, settings)
		}
		if got := WorkOf(&unstructured.Unstructured{Object: c.Group()}, l); got != test.want {
			t.Errorf("%s: got %d, want %d; settled %q", name, got, test.want, l.ReportedState)
		}
	}
}

// Only a status that reports inputs, and other ones than before, is news.
func TestReportsOtherInputs(t *testing.T) {
	about := func(digest string) *unstructured.Unstructured {
		u := &unstructured.Unstructured{Object: map[string]any{}}
		if digest != "" {
			u.Object["status"] = map[string]any{resource.StatusInputsDigest: digest}
		}
		return u
	}
	for _, c := range []struct {
		was, is string
		want    bool
	}{
		{"", "", false}, {"", "a", true}, {"a", "a", false}, {"a", "b", true}, {"a", "", false},
	} {
		if got := ReportsOtherInputs(about(c.was), about(c.is)); got != c.want {
			t.Errorf("from %q to %q: got %t, want %t", c.was, c.is, got, c.want)
		}
	}
}
