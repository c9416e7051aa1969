package kube

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Verdict is the result that an object already reports although it is not settled. A run would find
// the same result.
type Verdict int

const (
	// NoVerdict means that a run may find something else.
	NoVerdict Verdict = iota
	// OfInputs means that the inputs alone give the verdict, so only an event can change it.
	OfInputs
	// OfTags means that AWS's tags gave the verdict. Somebody may restore them, and no event
	// reports that.
	OfTags
)

// VerdictOn returns the verdict that an object reports and that its level still gives. The status
// of another controller's object holds no digest of ours, and an object in doubt never settles.
func VerdictOn(u *unstructured.Unstructured, level resource.Level) Verdict {
	problem, doubt := level.Problem, level.Object.Doubt
	switch {
	case level.Gone || level.Leaving:
		return NoVerdict
	case problem != nil && problem.State == resource.Foreign:
		if advises(u, problem.Reason, func(message string) bool { return message == problem.Message }) {
			return OfInputs
		}
	case problem != nil:
		told, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusInputsDigest)
		if told == level.Digest && ofThisGeneration(u) {
			return OfInputs
		}
	case doubt.Named() && !doubt.Lost && level.Wait == nil:
		// AWS may show the tags of an object that was ours late: it is observed again soon.
		if advises(u, resource.ReasonOtherController, doubt.WasLeftAlone) {
			return OfTags
		}
	}
	return NoVerdict
}

// advises reports whether an object has such an advice.
func advises(u *unstructured.Unstructured, reason string, is func(message string) bool) bool {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		c, _ := c.(condition)
		message, _ := c["message"].(string)
		if c["type"] == string(corev1alpha1.ConditionTypeAdvisory) && c["status"] == "True" && c["reason"] == reason && is(message) {
			return true
		}
	}
	return false
}
