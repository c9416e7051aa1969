package scenario

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Condition returns a condition of an object, or nil without one.
func Condition(u *unstructured.Unstructured, kind corev1alpha1.ConditionType) Fields {
	if u == nil {
		return nil
	}
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", resource.StatusConditions)
	for _, c := range conditions {
		if c, _ := c.(Fields); c["type"] == string(kind) {
			return c
		}
	}
	return nil
}

// Message returns the message of a condition.
func Message(condition Fields) string {
	text, _ := condition["message"].(string)
	return text
}

// Current reports whether the status describes the newest spec.
func Current(u *unstructured.Unstructured) bool {
	seen, _, _ := unstructured.NestedInt64(u.Object, "status", resource.StatusObservedGeneration)
	return seen == u.GetGeneration()
}

// Synced reports whether the object exists and AWS matches its newest spec.
func Synced(u *unstructured.Unstructured) bool {
	return Condition(u, corev1alpha1.ConditionTypeResourceSynced)["status"] == "True" && Current(u)
}

// Show describes the result of a read for an error message.
func Show(u *unstructured.Unstructured, err error) string {
	if err != nil {
		return err.Error()
	}
	if u == nil {
		return "it was never read"
	}
	u = u.DeepCopy()
	u.SetManagedFields(nil)
	raw, err := u.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
