package level

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// bind compares the place of a claim with the place that the inputs now name. A resource with an id
// never moves on its own. A different place is a problem, unless somebody asked to release the
// resource.
func (f *finder) bind(l *resource.Level, named identity, region inRegion) {
	claim := l.Object.Claim
	if l.Object.Deleting {
		return // its present place
	}
	at := claim.Target
	account := named.account
	if named.other != "" && named.other != at.AccountID {
		account = named.other // the role of the selector or team may belong to the recorded account
	}
	otherAccount := account != "" && account != at.AccountID
	// A changed flag moves nothing, and a resource without a Region cannot move.
	otherRegion := region.chosen && region.name != at.Region && !f.kind.Global()
	if !otherAccount && !otherRegion {
		return
	}
	l.Moved = claim.Open()
	if !claim.Recorded() {
		return
	}
	l.Problem = movedProblem(claim, account, region.name, otherAccount)
	if how, ok := letGo(f.u.GetAnnotations()[corev1alpha1.AnnotationLetGo], claim.ID); ok && !l.Object.ReadOnly {
		l.Relocating, l.Object.Retain = true, how == corev1alpha1.DeletionPolicyRetain
	}
}

// unconfirmed waits while only a claim says that an object has a resource in an account or Region
// that the inputs do not name. Anybody who may write the object may write the claim, which is an
// annotation. If Tack recorded the place, the status confirms it.
func (f *finder) unconfirmed(claim *resource.Claim, named identity, region inRegion) *resource.Wait {
	if !claim.Recorded() {
		return nil
	}
	shown := func(field string) string {
		value, _, _ := unstructured.NestedString(f.u.Object, "status", resource.StatusMetadata, field)
		return value
	}
	at := claim.Target
	account := named.account == at.AccountID || Unreadable(named.wait) || // the namespace's account is not known: the object waits only for that
		shown("ownerAccountID") == at.AccountID
	switch {
	case !account:
		return waitFor(resource.ReasonClaimNotConfirmed, "the annotation %s names account %s, unlike namespace and status: annotate the namespace with %s if %s is in that account; otherwise remove the claim",
			AnnotationClaim, at.AccountID, corev1alpha1.AnnotationOwnerAccountID, claim.ID)
	case !f.kind.Global() && region.name != at.Region && shown("region") != "" && shown("region") != at.Region:
		return waitFor(resource.ReasonClaimNotConfirmed, "the annotation %s names Region %s, unlike inputs and status: annotate the object with %s if %s is in that Region; otherwise remove the claim",
			AnnotationClaim, at.Region, corev1alpha1.AnnotationRegion, claim.ID)
	}
	return nil
}

// letGo reads the annotation that releases one resource. It holds the policy and the id, so that it
// has no effect after the release of that resource.
func letGo(text, id string) (policy string, ok bool) {
	policy, named, _ := strings.Cut(text, ":")
	return policy, named == id && (policy == corev1alpha1.DeletionPolicyDelete || policy == corev1alpha1.DeletionPolicyRetain)
}

func movedProblem(claim *resource.Claim, account, region string, otherAccount bool) *resource.Problem {
	at := claim.Target
	reason, is, now, back, args := resource.ReasonRegionChanged, "Region "+at.Region, "Region "+region, "Region", []string{claim.ID, at.Region, region}
	if otherAccount {
		reason, is, now, back, args = resource.ReasonAccountChanged, "account "+at.AccountID, "account "+account, "annotation, selector or team", []string{claim.ID, at.AccountID, account}
	}
	return &resource.Problem{State: resource.Blocked, Reason: reason, Args: args, Message: fmt.Sprintf(
		"%s is in %s, but the inputs now name %s: nothing is changed. Restore the %s, or annotate the object with %s: %s:%s (or retain:%s) to delete (or retain) it there and create another. A deletion of the object applies to the resource in %s",
		claim.ID, is, now, back, corev1alpha1.AnnotationLetGo, corev1alpha1.DeletionPolicyDelete, claim.ID, claim.ID, is)}
}
