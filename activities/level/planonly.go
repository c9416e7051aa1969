package level

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// planOnly reports whether Tack only plans for an object, and makes no call.
func planOnly(u *unstructured.Unstructured) bool {
	return u.GetAnnotations()[corev1alpha1.AnnotationPlanOnly] == "true"
}

// awaitsReplacement reports whether an object says that the replacement of its resource waits for an approval.
func awaitsReplacement(u *unstructured.Unstructured, o resource.Object) bool {
	return o.Replacement != nil && o.Claim.Recorded() && o.Replacement.Lacks(o.Claim.ID) && AwaitsApproval(u)
}

// showsPlan reports whether an object shows the calls that Tack plans for it. AWS may change since:
// then a run that somebody forces plans again.
func showsPlan(u *unstructured.Unstructured, o resource.Object) bool {
	return o.PlanOnly && Advises(u, resource.ReasonPlanned, func(string) bool { return true })
}
