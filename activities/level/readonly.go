package level

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// readOnly reports whether Tack only observes the resource of an object. Like ACK, it accepts "true"
// in any letter case:
// https://github.com/aws-controllers-k8s/runtime/blob/main/pkg/runtime/util.go
func readOnly(u *unstructured.Unstructured) bool {
	return strings.EqualFold(strings.TrimSpace(u.GetAnnotations()[corev1alpha1.AnnotationReadOnly]), "true")
}

// adoptingShown returns a read-only object that adopts the resource that only its status names.
// Observing that resource disturbs nobody. An object with a finalizer has a controller, so Tack leaves
// it alone.
func adoptingShown(o resource.Object) resource.Object {
	if o.ReadOnly && !o.Deleting && !o.Finalizer && o.Doubt.OfAnother() {
		o.Adoption = &resource.Adoption{ID: o.Doubt.ID, Create: true} // the spec stays as it is
		o.Doubt = nil
	}
	return o
}

// withoutID returns the problem of a read-only object whose resource nothing names.
func withoutID(o resource.Object) *resource.Problem {
	if !o.ReadOnly || o.Adoption != nil || o.Doubt != nil || !o.Claim.Nothing() {
		return nil
	}
	return &resource.Problem{State: resource.Terminal, Reason: resource.ReasonReadOnlyWithoutID, Message: fmt.Sprintf(
		"the object is read-only, and nothing names its resource: add the annotations %s and %s, write the id into the status, or remove %s to let Tack create the resource",
		corev1alpha1.AnnotationAdoptionPolicy, corev1alpha1.AnnotationAdoptionFields, corev1alpha1.AnnotationReadOnly)}
}
