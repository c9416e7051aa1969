package kube

import (
	"strings"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// maxShort limits a message that several conditions repeat.
const maxShort = 160

// short returns a message for the conditions beside the one with the full message. AWS's messages
// may be long: one lists all zones of a Region.
func short(message string, in corev1alpha1.ConditionType) string {
	if len(message) <= maxShort {
		return message
	}
	head := message[:maxShort]
	if end := strings.LastIndexAny(head, " ;,"); end > 0 {
		head = head[:end]
	}
	return strings.TrimRight(strings.ToValidUTF8(head, ""), " ;,") + " … (full message in " + string(in) + ")"
}
