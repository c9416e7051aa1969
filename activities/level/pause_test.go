package level

import (
	"strings"
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// A pause of the object or of its namespace stops everything that may change AWS, and nothing else.
func TestPause(t *testing.T) {
	recorded := func(c cluster) { c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"}) }
	deleting := func(c cluster) {
		c.Set([]any{groupFinalizer}, "metadata", "finalizers")
		c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	}
	moved := inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: "222222222222"})
	for name, test := range map[string]struct {
		change func(cluster)
		paused bool
		says   string
	}{
		"new":                     {func(cluster) {}, true, "nothing is created or changed"},
		"recorded":                {recorded, true, "remove the annotation"},
		"in deletion":             {all(recorded, deleting), true, "its deletion waits"},
		"in deletion, never made": {func(c cluster) { c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp") }, false, ""},
		"moved, to be released":   {all(recorded, moved, func(c cluster) { set(c, corev1alpha1.AnnotationLetGo, "delete:sg-1") }), true, ""},
		"another controller's":    {func(c cluster) { c.Set("sg-9", "status", "id") }, false, ""},
		"in deletion, void":       {all(func(c cluster) { c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, Void: true}) }, deleting), true, "its deletion waits"},
	} {
		for _, inSpace := range []bool{false, true} {
			c := complete()
			test.change(c)
			if inSpace {
				c["namespaces//team-a"]["metadata"].(fields)["annotations"].(fields)[corev1alpha1.AnnotationReconcile] = corev1alpha1.ReconcilePaused
			} else {
				set(c, corev1alpha1.AnnotationReconcile, corev1alpha1.ReconcilePaused)
			}
			l := levelIn(t, c, settings)
			if l.Problem.Pauses() != test.paused || test.paused && !strings.Contains(l.Problem.Message, test.says) || l.Relocating {
				t.Errorf("%s, in its namespace %t: %+v, relocating %t; want paused %t", name, inSpace, l.Problem, l.Relocating, test.paused)
			}
		}
	}
}

// Resuming is a new input.
func TestPauseIsAnInput(t *testing.T) {
	c := complete()
	set(c, corev1alpha1.AnnotationReconcile, corev1alpha1.ReconcilePaused)
	paused := levelIn(t, c, settings)
	if running := levelIn(t, complete(), settings); running.Same(paused) || running.Digest == paused.Digest {
		t.Error("both levels are the same")
	}
}

// A value that may be a misspelled pause stops the object too, and names the annotation.
func TestMisspelledPause(t *testing.T) {
	for _, inSpace := range []bool{false, true} {
		c := complete()
		if inSpace {
			inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationReconcile: "Paused"})(c)
		} else {
			set(c, corev1alpha1.AnnotationReconcile, "Paused")
		}
		l := levelIn(t, c, settings)
		if l.Problem == nil || l.Problem.State != resource.Terminal || !strings.Contains(l.Problem.Message, corev1alpha1.AnnotationReconcile) || !strings.Contains(l.Problem.Message, `is not "paused"`) {
			t.Errorf("in its namespace %t: %+v", inSpace, l.Problem)
		}
	}
}
