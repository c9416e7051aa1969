package kube

import (
	"encoding/json"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// worth is what an object's claim annotation is worth. The annotation is copied
// by kubectl get and apply, dropped by kubectl replace, Helm's --force and Argo
// CD's Replace=true, restored from backups, and edited by hand.
type worth struct {
	claim *resource.Claim // the one that was written on this very object
	doubt *resource.Doubt // without a claim: why AWS's tags must be looked at
	// copied says that the claim was written on another object, so that the
	// status, where a tool brought it along, tells of another object's resource.
	copied bool
	from   string // the cluster whose object had the claim
}

// worthOf reads the claim of an object. Only the object that the claim was
// written on has one.
func worthOf(u *unstructured.Unstructured, kind apis.Kind) worth {
	id, told := recordedID(u, kind), saysUnproven(u)
	raw, annotated := u.GetAnnotations()[AnnotationClaim]
	if !annotated {
		return worth{doubt: withoutClaim(u, kind)}
	}
	var claim resource.Claim
	if json.Unmarshal([]byte(raw), &claim) != nil {
		return worth{doubt: &resource.Doubt{ID: id, Lost: true, Told: told}}
	}
	self := resource.Ref{Kind: kind.Name(), Cluster: claim.For.Cluster, Namespace: u.GetNamespace(), Name: u.GetName()}
	written := claim.WrittenOn(string(u.GetUID()), self)
	switch other := id != "" && id != claim.ID; {
	case written && (!claim.Void || id == ""): // a release empties the status before it voids the claim
		return worth{claim: &claim}
	case written && other:
		// A claim of an earlier day was applied over the one of what the status shows.
		return worth{doubt: &resource.Doubt{Lost: true, Incarnation: claim.Incarnation}}
	case claim.UID == "" || claim.UID == string(u.GetUID()):
		// Of a version that wrote no uid, or edited: it proves nothing.
		if id == "" {
			id = claim.ID
		}
		return worth{doubt: &resource.Doubt{ID: id, Lost: true, Incarnation: claim.Incarnation, Told: told}}
	case other:
		// Another object's claim was applied over this one's own. Of a copy, claim and
		// status name the same resource.
		return worth{doubt: &resource.Doubt{Lost: true}}
	case claim.For == self || claim.For == resource.Ref{}:
		// The object that had this name before, out of a backup: what that one
		// made carries the owner tag of this one.
		return worth{doubt: &resource.Doubt{Lost: true, Past: true}, copied: true, from: claim.For.Cluster}
	}
	return worth{copied: true}
}

// withoutClaim is the doubt about an object that has no claim annotation.
func withoutClaim(u *unstructured.Unstructured, kind apis.Kind) *resource.Doubt {
	if id := recordedID(u, kind); id != "" {
		return &resource.Doubt{ID: id, Lost: everReported(u), Told: saysUnproven(u)}
	}
	if slices.Contains(u.GetFinalizers(), kind.Finalizer()) {
		// kube/Claim writes the finalizer together with the claim, so a create may
		// have been sent. A release keeps the annotation.
		return &resource.Doubt{Lost: true}
	}
	return nil
}

// claimOf is the claim that was written on this very object.
func claimOf(u *unstructured.Unstructured, kind apis.Kind) *resource.Claim {
	return worthOf(u, kind).claim
}

// saysUnproven says whether a condition of the object reports OtherController.
func saysUnproven(u *unstructured.Unstructured) bool {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", resource.StatusConditions)
	return slices.ContainsFunc(conditions, func(c any) bool {
		told, _ := c.(condition)
		return told["reason"] == resource.ReasonOtherController
	})
}

// everReported says whether we have reported on the object: ACK writes no
// observedGeneration.
func everReported(u *unstructured.Unstructured) bool {
	_, reported, _ := unstructured.NestedInt64(u.Object, "status", resource.StatusObservedGeneration)
	return reported
}

// otherOwner is why a claim is left alone although it was written on this object.
func otherOwner(claim *resource.Claim, s Settings) *resource.Problem {
	switch {
	case claim == nil:
	case claim.Install != s.Install:
		return &resource.Problem{State: resource.Foreign, Reason: resource.ReasonOtherInstallation, Message: fmt.Sprintf(
			"the object is claimed by installation %q, this is %q: it is left alone", claim.Install, s.Install)}
	case claim.For.Cluster != "" && claim.For.Cluster != s.Cluster:
		return &resource.Problem{State: resource.Foreign, Reason: resource.ReasonOtherCluster, Message: fmt.Sprintf(
			"the object was claimed under the cluster name %q, the bridge now runs with --cluster %q: it is left alone. Start the bridge with the name of before", claim.For.Cluster, s.Cluster)}
	}
	return nil
}

// doubtful is why an object with a doubtful id is left alone while AWS cannot be
// asked for its tags: what another controller made needs no role of ours.
func doubtful(l resource.Level) *resource.Problem {
	doubt := l.Object.Doubt
	if !doubt.Named() || doubt.Lost || l.Wait == nil {
		return nil
	}
	return &resource.Problem{State: resource.Foreign, Reason: resource.ReasonOtherController, Message: fmt.Sprintf(
		"the status tells of %s, and no claim says that it is this object's: it is left alone. AWS cannot be asked for its tags: %s", doubt.ID, l.Wait.Message)}
}

// ClaimTouched says whether somebody else changed what an object's claim is worth.
// A recording of ours may look the same: the object is looked at once more then.
func ClaimTouched(was, is *unstructured.Unstructured, kind apis.Kind) bool {
	if was.GetUID() != is.GetUID() {
		return false
	}
	before, after := worthOf(was, kind), worthOf(is, kind)
	shown := recordedID(is, kind)
	switch {
	case before.claim != nil && after.claim == nil:
		return true
	case before.claim == nil && after.claim != nil:
		return before.doubt != nil || before.copied
	case after.claim == nil:
		return was.GetAnnotations()[AnnotationClaim] != is.GetAnnotations()[AnnotationClaim] || after.doubt != nil && recordedID(was, kind) != shown
	}
	b, a := before.claim, after.claim
	if b.Void && (a.Recorded() || a.Open() && a.Incarnation <= b.Incarnation) {
		return true
	}
	replaced := a.Open() && a.Incarnation > b.Incarnation // the resource is gone, and the next is made
	return b.Recorded() && !replaced && (a.ID != b.ID || a.Target != b.Target)
}

// ShownTouched says whether the status of an object shows another id since than
// that of its claim: nobody but us writes that field.
func ShownTouched(was, is *unstructured.Unstructured, kind apis.Kind) bool {
	claim, shown := claimOf(is, kind), recordedID(is, kind)
	return claim.Recorded() && shown != claim.ID && shown != recordedID(was, kind)
}
