package level

import (
	"strings"
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Only "true" and "false" are values of plan-only. Another one stops the object, also its deletion.
func TestPlanOnly(t *testing.T) {
	const padded = " true"
	for value, want := range map[string]struct{ only, refused bool }{
		"": {}, "false": {}, "true": {only: true}, "True": {refused: true}, "yes": {refused: true}, padded: {refused: true},
	} {
		for _, deleting := range []bool{false, true} {
			c := complete()
			c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
			set(c, corev1alpha1.AnnotationPlanOnly, value)
			if deleting {
				c.Set([]any{groupFinalizer}, "metadata", "finalizers")
				c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
			}
			l := levelIn(t, c, settings)
			if l.Object.PlanOnly != want.only || (l.Problem != nil) != want.refused {
				t.Errorf("%q, deleting %t: plan-only %t, problem %+v", value, deleting, l.Object.PlanOnly, l.Problem)
			}
			if want.refused && !strings.Contains(l.Problem.Message, corev1alpha1.AnnotationPlanOnly) {
				t.Errorf("%q: the problem is %q", value, l.Problem.Message)
			}
		}
	}
	c := complete()
	inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, corev1alpha1.AnnotationPlanOnly: "true"})(c)
	if l := levelIn(t, c, settings); l.Problem == nil {
		t.Error("on a namespace, it is not refused")
	}
}

// The annotation is an input. An object that shows its plan rests.
func TestPlanOnlyRests(t *testing.T) {
	c := complete()
	off := levelIn(t, c, settings)
	set(c, corev1alpha1.AnnotationPlanOnly, "true")
	on := levelIn(t, c, settings)
	if on.Same(off) || on.Digest == off.Digest {
		t.Error("both levels are the same")
	}
	c.Set(on.Digest, "status", resource.StatusInputsDigest)
	c.Set(int64(1), "status", resource.StatusObservedGeneration)
	if got := levelIn(t, c, settings).ReportedState; got != "" {
		t.Errorf("without a plan it rests as %s", got)
	}
	c.Set([]any{fields{"type": string(corev1alpha1.ConditionTypeAdvisory), "status": "True", "reason": resource.ReasonPlanned, "message": "m"}}, "status", "conditions")
	if got := levelIn(t, c, settings).ReportedState; got != resource.Paused {
		t.Errorf("with a plan it rests as %q", got)
	}
}
