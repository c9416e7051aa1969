package level

import (
	"encoding/json"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Worth says what an object's claim annotation proves. Users copy the annotation with kubectl get
// and apply, drop it with kubectl replace, and edit it. Helm's --force and Argo CD's Replace=true
// drop it, and backups restore it.
type Worth struct {
	Claim *resource.Claim // the claim that was written on this very object
	Doubt *resource.Doubt // without a claim: why Tack must read AWS's tags
	// Copied is true when the claim was written on another object. If a tool copied the status too,
	// it describes the resource of that object.
	Copied bool
	from   string // the cluster of the object with the claim
}

// WorthOf reads the claim of an object. A claim counts only on the object on which it was written.
func WorthOf(u *unstructured.Unstructured, kind apis.Kind) Worth {
	raw, annotated := u.GetAnnotations()[AnnotationClaim]
	if !annotated {
		return Worth{Doubt: withoutClaim(u, kind)}
	}
	var claim resource.Claim
	if json.Unmarshal([]byte(raw), &claim) != nil {
		return Worth{Doubt: &resource.Doubt{ID: ShownID(u, kind), Lost: true, Reported: saysUnproven(u)}}
	}
	return judged(claim.Standing(), u, kind)
}

// judged says what a readable claim is worth on this object.
func judged(claim resource.Claim, u *unstructured.Unstructured, kind apis.Kind) Worth {
	id, unproven := ShownID(u, kind), saysUnproven(u)
	self := resource.Ref{Kind: kind.Name(), Cluster: claim.For.Cluster, Namespace: u.GetNamespace(), Name: u.GetName()}
	written := claim.WrittenOn(string(u.GetUID()), self)
	switch other := id != "" && id != claim.ID; {
	case written && (!claim.Void || id == ""): // a release empties the status before it voids the claim
		return Worth{Claim: &claim}
	case written && other:
		// Somebody applied an older claim over the claim of the resource in the status.
		return Worth{Doubt: &resource.Doubt{Lost: true, Incarnation: claim.Incarnation}}
	case claim.UID == "" || claim.UID == string(u.GetUID()):
		// The claim was edited, or its version wrote no uid: it proves nothing.
		if id == "" {
			id = claim.ID
		}
		return Worth{Doubt: &resource.Doubt{ID: id, Lost: true, Incarnation: claim.Incarnation, Reported: unproven}}
	case other:
		// Somebody applied another object's claim over this one's own. In a copied object, claim and
		// status name the same resource.
		return Worth{Doubt: &resource.Doubt{Lost: true}}
	case claim.For == self || claim.For == resource.Ref{}:
		// The claim comes from a backup of an earlier object with this name. The resource of that
		// object carries the owner tag of this one.
		return Worth{Doubt: &resource.Doubt{Lost: true, Past: true}, Copied: true, from: claim.For.Cluster}
	}
	return Worth{Copied: true}
}

// withoutClaim returns the doubt about an object without a claim annotation.
func withoutClaim(u *unstructured.Unstructured, kind apis.Kind) *resource.Doubt {
	if id := ShownID(u, kind); id != "" {
		return &resource.Doubt{ID: id, Lost: everReported(u), Reported: saysUnproven(u)}
	}
	if hasFinalizer(u, kind) {
		// A create may have been sent, because kube/Claim writes the finalizer together with the
		// claim. A release keeps the annotation.
		return &resource.Doubt{Lost: true}
	}
	return nil
}

func hasFinalizer(u *unstructured.Unstructured, kind apis.Kind) bool {
	return slices.Contains(u.GetFinalizers(), kind.Finalizer())
}

// ClaimOf returns the claim that was written on this very object.
func ClaimOf(u *unstructured.Unstructured, kind apis.Kind) *resource.Claim {
	return WorthOf(u, kind).Claim
}

// otherOwner says why Tack leaves an object alone although the claim was written on it.
func otherOwner(claim *resource.Claim, s Settings) *resource.Problem {
	switch {
	case claim == nil:
	case claim.Install != s.Install:
		return &resource.Problem{State: resource.Foreign, Reason: resource.ReasonOtherInstallation, Args: []string{claim.Install, s.Install}, Message: fmt.Sprintf(
			"the object is claimed by installation %q, this is %q: it is left alone", claim.Install, s.Install)}
	case claim.For.Cluster != "" && claim.For.Cluster != s.Cluster:
		return &resource.Problem{State: resource.Foreign, Reason: resource.ReasonOtherCluster, Args: []string{claim.For.Cluster, s.Cluster}, Message: fmt.Sprintf(
			"a bridge with --cluster %q claimed the object, and this bridge runs with --cluster %q: it is left alone. Start the bridge with the earlier name", claim.For.Cluster, s.Cluster)}
	}
	return nil
}

// doubtful says why Tack leaves an object with a doubtful id alone while it cannot ask AWS for its
// tags. A resource of another controller needs no role of ours.
func doubtful(l resource.Level) *resource.Problem {
	doubt := l.Object.Doubt
	if !doubt.Named() || doubt.Lost || l.Wait == nil {
		return nil
	}
	args := []string{doubt.ID, l.Wait.Reason, l.Wait.Message}
	return &resource.Problem{State: resource.Foreign, Reason: resource.ReasonOtherController, Args: args, Message: fmt.Sprintf(
		"the status tells of %s, and no claim says that it is this object's: it is left alone. AWS cannot be asked for its tags: %s", doubt.ID, l.Wait.Message)}
}

// ClaimTouched reports whether somebody else changed what an object's claim proves. Our own record
// may look the same; then the object gets one more observation.
func ClaimTouched(was, is *unstructured.Unstructured, kind apis.Kind) bool {
	if was.GetUID() != is.GetUID() {
		return false
	}
	before, after := WorthOf(was, kind), WorthOf(is, kind)
	shown := ShownID(is, kind)
	switch {
	case before.Claim != nil && after.Claim == nil:
		return true
	case before.Claim == nil && after.Claim != nil:
		return before.Doubt != nil || before.Copied
	case after.Claim == nil:
		return was.GetAnnotations()[AnnotationClaim] != is.GetAnnotations()[AnnotationClaim] || after.Doubt != nil && ShownID(was, kind) != shown
	}
	return overwritten(before.Claim, after.Claim)
}

// overwritten reports whether the claim a says something that Tack does not write over the claim b.
func overwritten(b, a *resource.Claim) bool {
	if b.Void && (a.Recorded() || a.Open() && a.Incarnation <= b.Incarnation) {
		return true
	}
	if b.Open() && a.Void && a.Incarnation < b.Incarnation {
		return true
	}
	replaced := a.Open() && a.Incarnation > b.Incarnation // the resource is gone, and the next one is made
	return b.Recorded() && !replaced && (a.ID != b.ID || a.Target != b.Target)
}

// ShownTouched reports whether the status of an object changed to an id other than that of its
// claim. Only Tack writes that field.
func ShownTouched(was, is *unstructured.Unstructured, kind apis.Kind) bool {
	claim, shown := ClaimOf(is, kind), ShownID(is, kind)
	return claim.Recorded() && shown != claim.ID && shown != ShownID(was, kind)
}
