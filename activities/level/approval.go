package level

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Approvals are what waits for a person's approval.
type Approvals struct{ Deletions, Replacements bool }

// ApprovalsIn reads a list such as "delete, replace". The error names the part that can wait for no
// approval.
func ApprovalsIn(list string) (a Approvals, err error) {
	for part := range strings.SplitSeq(list, ",") {
		switch strings.TrimSpace(part) {
		case corev1alpha1.ApproveDelete:
			a.Deletions = true
		case corev1alpha1.ApproveReplace:
			a.Replacements = true
		default:
			return Approvals{}, fmt.Errorf("%q is nothing that can wait for an approval: write delete, replace, or both with a comma", strings.TrimSpace(part))
		}
	}
	return a, nil
}

// or returns what one of both lets wait.
func (a Approvals) or(b Approvals) Approvals {
	return Approvals{Deletions: a.Deletions || b.Deletions, Replacements: a.Replacements || b.Replacements}
}

// asksFor returns what an object, or a namespace, lets wait for an approval. A list that cannot be read asks
// for nothing: it stops the object.
func asksFor(u *unstructured.Unstructured) Approvals {
	a, _ := ApprovalsIn(u.GetAnnotations()[corev1alpha1.AnnotationApprove])
	return a
}

func asksWell(u *unstructured.Unstructured) bool { return asksFor(u) != Approvals{} }

// approved returns what somebody approved for an object, "delete" or "replace", and the id of the resource that may
// be replaced. The annotation must also say who approved it, for the history of the run.
func approved(u *unstructured.Unstructured) (what, id string) {
	first, who, _ := strings.Cut(u.GetAnnotations()[corev1alpha1.AnnotationApproved], " by ")
	what, id, _ = strings.Cut(first, ":")
	if strings.TrimSpace(who) == "" || (what == corev1alpha1.ApproveDelete) != (id == "") || !slices.Contains([]string{corev1alpha1.ApproveDelete, corev1alpha1.ApproveReplace}, what) {
		return "", ""
	}
	return what, id
}

func approvesWell(u *unstructured.Unstructured) bool {
	what, _ := approved(u)
	return what != ""
}

// replaces reports whether an annotation lets Tack replace the resource of an object.
func replaces(u *unstructured.Unstructured) bool {
	return u.GetAnnotations()[corev1alpha1.AnnotationOnImmutableChange] == corev1alpha1.ImmutableChangeReplace
}

// approvalsIn lets the deletion of an object, or the replacement of its resource, wait for its approval. The
// object, its namespace or the bridge asks for one. ns is nil where Tack cannot read the namespace.
func approvalsIn(ns, u *unstructured.Unstructured, l *resource.Level, s Settings) {
	of := asksFor(u).or(s.Approvals)
	if ns != nil {
		of = of.or(asksFor(ns))
	}
	what, id := approved(u)
	if replaces(u) && !l.Object.Deleting {
		l.Object.Replacement = &resource.Replacement{Asks: of.Replacements, Approved: id}
	}
	if of.Deletions && what != corev1alpha1.ApproveDelete {
		awaitApproval(l)
	}
}

// awaitApproval lets a deletion wait. One that leaves the resource in AWS, or has none, needs no approval; that
// of a read-only object needs no place either.
func awaitApproval(l *resource.Level) {
	o := l.Object
	if l.Problem != nil || !o.Deleting || !o.Finalizer || o.Retain || voided(o) || o.Doubt.OfAnother() {
		return
	}
	l.Problem = &resource.Problem{State: resource.Paused, Reason: resource.ReasonApprovalRequired, Message: fmt.Sprintf(
		"its deletion waits for an approval: nothing is deleted in AWS. To approve it, run starter approve %s %s/%s, or set the annotation %s: %s by <your name>. To keep the resource, set %s: %s",
		o.Owner.Ref.Kind, o.Owner.Ref.Namespace, o.Owner.Ref.Name, corev1alpha1.AnnotationApproved, corev1alpha1.ApproveDelete, corev1alpha1.AnnotationDeletionPolicy, corev1alpha1.DeletionPolicyRetain)}
}
