package level

import (
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// condition is one of ACK's conditions as the API server returns it.
type condition = map[string]any

// Holds reports whether an object has that condition with status True.
func Holds(u *unstructured.Unstructured, kind corev1alpha1.ConditionType) bool {
	return holding(u, kind) != nil
}

// holding returns the condition of an object with that type and with status True, if it has one.
func holding(u *unstructured.Unstructured, kind corev1alpha1.ConditionType) condition {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		if c, _ := c.(condition); c["type"] == string(kind) && c["status"] == "True" {
			return c
		}
	}
	return nil
}

// TrueSince reports whether the object has that condition with status True, and got it at that time
// or later.
func TrueSince(u *unstructured.Unstructured, kind corev1alpha1.ConditionType, from time.Time) bool {
	text, _ := holding(u, kind)["lastTransitionTime"].(string)
	at, err := time.Parse(time.RFC3339, text)
	return err == nil && !at.Before(from)
}

// Advises reports whether an object has such an advice.
func Advises(u *unstructured.Unstructured, reason string, is func(message string) bool) bool {
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

// stateOf reads the state of the object from its conditions.
func stateOf(u *unstructured.Unstructured) resource.State {
	switch {
	case Holds(u, corev1alpha1.ConditionTypeTerminal):
		return resource.Terminal
	case Holds(u, corev1alpha1.ConditionTypeRecoverable):
		return resource.Blocked
	case Holds(u, corev1alpha1.ConditionTypeResourceSynced):
		return resource.Synced
	}
	return ""
}

// ofThisGeneration reports whether the status is about the newest spec. An edit that was undone
// changes no input, but tools wait until its generation is observed.
func ofThisGeneration(u *unstructured.Unstructured) bool {
	seen, found, _ := unstructured.NestedInt64(u.Object, "status", resource.StatusObservedGeneration)
	return !found || seen == u.GetGeneration()
}

// saysUnproven reports whether a condition of the object says OtherController.
func saysUnproven(u *unstructured.Unstructured) bool { return says(u, resource.ReasonOtherController) }

// AwaitsApproval reports whether a condition of the object says that it waits for an approval.
func AwaitsApproval(u *unstructured.Unstructured) bool {
	return says(u, resource.ReasonApprovalRequired)
}

// says reports whether a condition of the object has that reason.
func says(u *unstructured.Unstructured, reason string) bool {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", resource.StatusConditions)
	return slices.ContainsFunc(conditions, func(c any) bool {
		held, _ := c.(condition)
		return held["reason"] == reason
	})
}

// everReported reports whether Tack has ever reported on the object: ACK writes no
// observedGeneration.
func everReported(u *unstructured.Unstructured) bool {
	_, reported, _ := unstructured.NestedInt64(u.Object, "status", resource.StatusObservedGeneration)
	return reported
}

// maxTrouble limits how much of another object's message our message repeats.
const maxTrouble = 200

// trouble says, in short, why the object itself makes no progress. The message of an object that
// refers to it then names the cause. An object that only waits has no trouble.
func trouble(u *unstructured.Unstructured) string {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, item := range conditions {
		c, _ := item.(condition)
		stuck := c["type"] == string(corev1alpha1.ConditionTypeTerminal) || c["type"] == string(corev1alpha1.ConditionTypeRecoverable)
		if !stuck || c["status"] != "True" {
			continue
		}
		reason, _ := c["reason"].(string)
		message, _ := c["message"].(string)
		if short := []rune(message); len(short) > maxTrouble {
			message = string(short[:maxTrouble]) + "…"
		}
		if reason != "" && !strings.Contains(message, reason) { // ACK's condition has none
			message = reason + ": " + message
		}
		if message == "" {
			return ""
		}
		return ": " + message
	}
	return ""
}
