package level

import (
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// isPaused reports whether an object, or a namespace, is paused.
func isPaused(u *unstructured.Unstructured) bool {
	return u.GetAnnotations()[corev1alpha1.AnnotationReconcile] == corev1alpha1.ReconcilePaused
}

// pauseOf returns the problem of an object that its own annotation pauses. The deletion of an object
// without anything to delete in AWS does not wait. An object of another controller is not paused,
// because its conditions are that controller's.
func pauseOf(u *unstructured.Unstructured, o resource.Object) *resource.Problem {
	if !isPaused(u) || o.Goes() || o.Stays() || o.Doubt.OfAnother() {
		return nil
	}
	return paused("the object", "", o)
}

// pauseIn pauses an object of a paused namespace. A resource in a place that the inputs no longer name
// is not released either.
func pauseIn(ns *unstructured.Unstructured, l *resource.Level) {
	if isPaused(ns) && !l.Object.Doubt.OfAnother() && (l.Problem == nil || l.Relocating) {
		l.Problem, l.Relocating = paused("namespace "+ns.GetName(), ns.GetName(), l.Object), false
	}
}

func paused(who, namespace string, o resource.Object) *resource.Problem {
	what := "nothing is created or changed"
	if o.Deleting {
		what = "its deletion waits"
	}
	return &resource.Problem{State: resource.Paused, Reason: resource.ReasonPaused, Args: []string{namespace}, Message: fmt.Sprintf(
		"%s has the annotation %s: %s, so Tack sends nothing that changes AWS, and %s. To resume, remove the annotation",
		who, corev1alpha1.AnnotationReconcile, corev1alpha1.ReconcilePaused, what)}
}
