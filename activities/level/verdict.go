package level

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

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
func VerdictOn(u *unstructured.Unstructured, l resource.Level) Verdict {
	problem, doubt := l.Problem, l.Object.Doubt
	switch {
	case l.Gone || l.Leaving:
		return NoVerdict
	case problem != nil && problem.State == resource.Foreign:
		if Advises(u, problem.Reason, func(message string) bool { return message == problem.Message }) {
			return OfInputs
		}
	case problem != nil:
		told, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusInputsDigest)
		if told == l.Digest && ofThisGeneration(u) {
			return OfInputs
		}
	case doubt.Named() && !doubt.Lost && l.Wait == nil:
		// AWS may show the tags of an object that was ours late: it is observed again soon.
		if Advises(u, resource.ReasonOtherController, doubt.WasLeftAlone) {
			return OfTags
		}
	}
	return NoVerdict
}
