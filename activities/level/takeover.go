package level

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// ManagerOfACK is the name under which ACK's controllers write objects: the name of their program.
// Source: https://github.com/aws-controllers-k8s/ec2-controller/blob/main/helm/templates/deployment.yaml
const ManagerOfACK = "controller"

// wordOf returns the word of an object, or else of its namespace, about a take-over from another
// controller; empty: none.
func wordOf(ctx context.Context, r kubeapi.Reader, u *unstructured.Unstructured) (string, error) {
	if own, annotated := u.GetAnnotations()[corev1alpha1.AnnotationTakeOver]; annotated {
		return own, nil
	}
	ns, err := r.Get(ctx, kubeapi.Namespaces, "", u.GetNamespace())
	switch {
	case apierrors.IsNotFound(err) || isForbidden(err):
		return "", nil // the object waits for the namespace
	case err != nil:
		return "", fmt.Errorf("reading namespace %s: %w", u.GetNamespace(), err)
	}
	return ns.GetAnnotations()[corev1alpha1.AnnotationTakeOver], nil
}

// TakingOver returns a copy of an object with the annotation that asks Tack to take it over.
func TakingOver(u *unstructured.Unstructured) *unstructured.Unstructured {
	u = u.DeepCopy()
	annotations := u.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[corev1alpha1.AnnotationTakeOver] = "true"
	u.SetAnnotations(annotations)
	return u
}

// Importable returns an object that another controller left, with what would stop its take-over. nil:
// it is no such object, or somebody refused its take-over.
func Importable(ctx context.Context, r kubeapi.Reader, s Settings, kind apis.Kind, ref resource.Ref, u *unstructured.Unstructured) (*resource.Importable, error) {
	o := objectOf(u, s, kind, ref)
	if !leftBehind(o, u) || refused(u) {
		return nil, nil
	}
	word, err := wordOf(ctx, r, u)
	if err != nil {
		return nil, err
	}
	l, err := Of(ctx, r, s, kind, ref, TakingOver(u))
	if err != nil {
		return nil, err
	}
	at := l.Target
	if at == (resource.Target{}) { // it waits
		at = l.Asked
	}
	return &resource.Importable{Ref: ref, ID: ShownID(u, kind), Target: at, Asked: word == "true", Wait: l.Wait, Problem: l.Problem}, nil
}

// spelledWell reports whether the annotation of an object or a namespace about a take-over has a value
// that means something.
func spelledWell(u *unstructured.Unstructured) bool {
	value := u.GetAnnotations()[corev1alpha1.AnnotationTakeOver]
	return value == "true" || value == "false"
}

// takingOver sets what an object takes over from another controller, or returns why it cannot yet.
// Without a doubt about the resource, the object's own pass can compare it with the spec.
func takingOver(ctx context.Context, r kubeapi.Reader, s Settings, kind apis.Kind, o *resource.Object, u *unstructured.Unstructured) (*resource.Problem, error) {
	left, was, has := leftBehind(*o, u), taken(*o, u), begun(*o, u)
	if !left && !was && !has {
		return nil, nil
	}
	word, err := wordOf(ctx, r, u)
	if err != nil {
		return nil, err
	}
	if has && !refused(u) {
		word = "true"
	}
	if word != "true" {
		if word == "false" || was {
			return nil, nil
		}
		return unrecorded(*o, kind, u), nil
	}
	o.TakesOver = true
	if was && o.Synced == o.Claim.ID {
		return nil, nil // the take-over is complete
	}
	if active := writtenLately(u, s.Clock.Now()); active != nil {
		return active, nil
	}
	return takes(o, kind, u, was), nil
}

// begun reports whether a take-over of the object began. Only a person's "false" on the object then ends
// it: an annotation that a tool drops must not apply the spec. A tool that replaces the object drops the
// claim as well, and leaves the status.
func begun(o resource.Object, u *unstructured.Unstructured) bool {
	if o.Claim != nil {
		return o.Claim.TakenOver && taken(o, u)
	}
	return o.Doubt.Named() && o.Doubt.Lost && says(u, resource.ReasonTakeOverDiffers)
}

// refused reports whether somebody said on the object that Tack takes nothing over.
func refused(u *unstructured.Unstructured) bool {
	return u.GetAnnotations()[corev1alpha1.AnnotationTakeOver] == "false"
}

// unrecorded returns the problem of an object that ACK worked on and that has no id: a resource may exist.
func unrecorded(o resource.Object, kind apis.Kind, u *unstructured.Unstructured) *resource.Problem {
	if o.Doubt.Named() || o.Deleting || !workOfACK(o, u) {
		return nil
	}
	return withoutResource(kind)
}

// takes sets the resource that an object takes over, or returns why there is none. was is true where its
// claim already names it.
func takes(o *resource.Object, kind apis.Kind, u *unstructured.Unstructured, was bool) *resource.Problem {
	switch {
	case was:
		o.Adoption = &resource.Adoption{ID: o.Claim.ID, Takes: true}
	case !o.Doubt.Named() && o.Deleting:
		return nil // Tack looks for a resource with its tags, and then releases the object
	case !o.Doubt.Named():
		return withoutResource(kind)
	default:
		o.Adoption = &resource.Adoption{ID: o.Doubt.ID, Takes: !o.ReadOnly, Create: o.ReadOnly}
		o.Doubt = nil
	}
	o.Adoption.Force = u.GetAnnotations()[corev1alpha1.AnnotationAdoptionForce] == "true"
	if o.Deleting && !was && !o.ReadOnly {
		o.Doubt = &resource.Doubt{Lost: true} // otherwise, it would be released without a look at AWS
	}
	return nil
}

// leftBehind reports whether another controller worked on an object and Tack never did. Its finalizer
// or its status tells.
func leftBehind(o resource.Object, u *unstructured.Unstructured) bool {
	if _, claimed := u.GetAnnotations()[AnnotationClaim]; claimed {
		return false
	}
	if o.Doubt.Named() {
		return true
	}
	if _, adopts := u.GetAnnotations()[corev1alpha1.AnnotationAdoptionPolicy]; adopts || everReported(u) {
		return false
	}
	return o.Finalizer || shownPlace(u, "ownerAccountID") != ""
}

// workOfACK reports whether ACK certainly worked on an object without an id. Tack writes the account only
// with an id. ACK sets its finalizer before the create, and the status after it.
func workOfACK(o resource.Object, u *unstructured.Unstructured) bool {
	wrote := func(manager string) bool {
		return slices.ContainsFunc(u.GetManagedFields(), func(w metav1.ManagedFieldsEntry) bool { return w.Manager == manager })
	}
	return shownPlace(u, "ownerAccountID") != "" || o.Finalizer && wrote(ManagerOfACK) && !wrote(FieldManager)
}

// taken reports whether an object took its resource over, or is about to. An adoption has annotations
// that the object of another controller has only after its end.
func taken(o resource.Object, u *unstructured.Unstructured) bool {
	_, adopts := u.GetAnnotations()[corev1alpha1.AnnotationAdoptionPolicy]
	return o.Claim.Recorded() && o.Claim.Adopted && !o.ReadOnly && (!adopts || u.GetAnnotations()[corev1alpha1.AnnotationAdopted] == "true")
}

// withoutResource returns the problem of an object without an id on which another controller worked.
func withoutResource(kind apis.Kind) *resource.Problem {
	key, _ := kind.AdoptionKey()
	return &resource.Problem{State: resource.Foreign, Reason: resource.ReasonTakeOverWithoutID, Message: fmt.Sprintf(
		`another controller worked on the object, and the status names no resource: it may have created one. If it did, name it with %s: %s and %s: '{%q: "…"}'. If it did not, set %s: "false", and Tack creates one`,
		corev1alpha1.AnnotationAdoptionPolicy, corev1alpha1.AdoptionPolicyAdoptOrCreate, corev1alpha1.AnnotationAdoptionFields, key, corev1alpha1.AnnotationTakeOver)}
}

// shownPlace returns a field of the place that the status names.
func shownPlace(u *unstructured.Unstructured, field string) string {
	value, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusMetadata, field)
	return value
}

// elsewhere returns the problem of an object to take over whose status names another place than the
// inputs. Only there can its resource be.
func elsewhere(l resource.Level, u *unstructured.Unstructured, kind apis.Kind) *resource.Problem {
	if !l.Object.Takes() || l.Object.Claim.Recorded() || l.Wait != nil {
		return nil
	}
	account, region := shownPlace(u, "ownerAccountID"), shownPlace(u, "region")
	id := l.Object.Adoption.ID
	switch {
	case account != "" && account != l.Target.AccountID:
		return &resource.Problem{State: resource.Blocked, Reason: resource.ReasonAccountChanged, Args: []string{account, l.Target.AccountID}, Message: fmt.Sprintf(
			"the status names %s in account %s, and the inputs name account %s: nothing is taken over. Annotate the namespace with %s: %q, or delete the object and create it again",
			id, account, l.Target.AccountID, corev1alpha1.AnnotationOwnerAccountID, account)}
	case region != "" && region != l.Target.Region && !kind.Global():
		return &resource.Problem{State: resource.Blocked, Reason: resource.ReasonRegionChanged, Args: []string{region, l.Target.Region}, Message: fmt.Sprintf(
			"the status names %s in Region %s, and the inputs name Region %s: nothing is taken over. Annotate the object with %s: %s",
			id, region, l.Target.Region, corev1alpha1.AnnotationRegion, region)}
	}
	return nil
}
