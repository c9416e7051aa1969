package level

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// asksApproval reports whether an object, or a namespace, lets a deletion wait for a person's approval.
func asksApproval(u *unstructured.Unstructured) bool {
	return u.GetAnnotations()[corev1alpha1.AnnotationApprove] == corev1alpha1.ApproveDelete
}

// approved reports whether somebody approved the deletion of an object. The rest of the value says who.
func approved(u *unstructured.Unstructured) bool {
	what, _, _ := strings.Cut(u.GetAnnotations()[corev1alpha1.AnnotationApproved], " ")
	return what == corev1alpha1.ApproveDelete
}

// approvalIn lets the deletion of an object wait for its approval. The object, its namespace or the bridge
// asks for one. ns is nil where Tack cannot read the namespace. A deletion that leaves the resource
// in AWS, or has none, needs no approval; that of a read-only object needs no place either.
func approvalIn(ns, u *unstructured.Unstructured, l *resource.Level, s Settings) {
	o := l.Object
	asked := s.ApproveDeletions || asksApproval(u) || ns != nil && asksApproval(ns)
	if l.Problem != nil || !asked || approved(u) || !o.Deleting || !o.Finalizer || o.Retain || voided(o) || o.Doubt.OfAnother() {
		return
	}
	l.Problem = &resource.Problem{State: resource.Paused, Reason: resource.ReasonApprovalRequired, Message: fmt.Sprintf(
		"its deletion waits for an approval: nothing is deleted in AWS. To approve it, run starter approve %s %s/%s, or set the annotation %s: %s. To keep the resource, set %s: %s",
		o.Owner.Ref.Kind, o.Owner.Ref.Namespace, o.Owner.Ref.Name, corev1alpha1.AnnotationApproved, corev1alpha1.ApproveDelete, corev1alpha1.AnnotationDeletionPolicy, corev1alpha1.DeletionPolicyRetain)}
}
