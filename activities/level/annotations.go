package level

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// prefix is the beginning of ACK's annotations, and of ours.
const prefix = corev1alpha1.GroupName + "/"

// honored lists the annotations of an object that change what Tack does for it.
var honored = []string{corev1alpha1.AnnotationRegion, corev1alpha1.AnnotationDeletionPolicy, corev1alpha1.AnnotationForceDestroy, corev1alpha1.AnnotationLetGo,
	corev1alpha1.AnnotationAdoptionPolicy, corev1alpha1.AnnotationAdoptionFields, corev1alpha1.AnnotationAdoptionForce, corev1alpha1.AnnotationReadOnly,
	corev1alpha1.AnnotationReconcile, corev1alpha1.AnnotationIgnoreFields, corev1alpha1.AnnotationTakeOver, corev1alpha1.AnnotationPlanOnly,
	corev1alpha1.AnnotationApprove, corev1alpha1.AnnotationApproved, corev1alpha1.AnnotationOnImmutableChange,
}

// honoredOfNamespace lists the annotations of a namespace that change what Tack does for its
// objects of one service.
func honoredOfNamespace(service string) []string {
	return []string{
		corev1alpha1.AnnotationOwnerAccountID, corev1alpha1.AnnotationTeamID, corev1alpha1.AnnotationDefaultRegion,
		corev1alpha1.AnnotationEndpointURL, corev1alpha1.AnnotationReconcile, corev1alpha1.AnnotationTakeOver, corev1alpha1.AnnotationApprove,
		corev1alpha1.NamespaceDeletionPolicy(service),
	}
}

// Annotations returns the annotations of an object that may change what Tack does for it: those
// honored, and those that make Tack reject it. The claim and AnnotationAdopted are not among them,
// because Tack writes them.
func Annotations(u *unstructured.Unstructured) map[string]string {
	kept := maps.Clone(u.GetAnnotations())
	maps.DeleteFunc(kept, func(key, _ string) bool { return written(key) || !isACKs(key) })
	return kept
}

// NamespaceAnnotations returns the annotations of a namespace that may change what Tack does for
// its objects. Other annotations change all the time, because tools keep their state in them.
func NamespaceAnnotations(ns *unstructured.Unstructured) map[string]string {
	keys := slices.Collect(maps.Keys(rejectedOfNamespace))
	for _, kind := range apis.Kinds() {
		keys = append(keys, honoredOfNamespace(kind.Service)...)
	}
	return only(ns.GetAnnotations(), keys)
}

// written reports whether Tack writes an annotation.
func written(key string) bool {
	return key == AnnotationClaim || key == corev1alpha1.AnnotationAdopted
}

// isACKs reports whether an annotation is ACK's or ours: "services.k8s.aws/region", or of one
// service, "ec2.services.k8s.aws/deletion-policy".
func isACKs(key string) bool {
	return strings.HasPrefix(key, prefix) || strings.Contains(key, "."+prefix)
}

// only returns the annotations with those keys.
func only(annotations map[string]string, keys []string) map[string]string {
	kept := map[string]string{}
	for _, key := range keys {
		if v, ok := annotations[key]; ok {
			kept[key] = v
		}
	}
	return kept
}

// rejection says why an annotation of ACK's stops an object, and what the user can do.
type rejection struct {
	why string
	off []string // values without an effect, in lower case
	// keeps is true if the user may intend to keep the resource: Tack then rejects the deletion as
	// well.
	keeps bool
}

const (
	ofObject = "it applies only to an object, not to its namespace. Remove it there"
	ofSpace  = "it applies only to the namespace, not to an object. Move it there"
	unknown  = "Tack does not know it. Correct its name or remove it"
)

// rejected lists ACK's annotations that Tack does not honor on an object.
var rejected = map[string]rejection{
	corev1alpha1.AnnotationOwnerAccountID: {why: ofSpace},
	corev1alpha1.AnnotationTeamID:         {why: ofSpace},
	corev1alpha1.AnnotationDefaultRegion:  {why: ofSpace},
	corev1alpha1.AnnotationEndpointURL:    {why: ofSpace},
}

// noPolicy rejects a deletion policy that may be a misspelled "retain": without it, the resource
// would be deleted.
var noPolicy = rejection{why: "its value is not a deletion policy. Write " + corev1alpha1.DeletionPolicyRetain + " or " + corev1alpha1.DeletionPolicyDelete +
	" in lower case", off: []string{"", corev1alpha1.DeletionPolicyDelete}, keeps: true}

// noForce rejects a value that may be a misspelled "true": the deletion would wait.
var noForce = rejection{why: `its value is neither "true" nor "false", in lower case`, off: []string{"", "false"}, keeps: true}

// noReadOnly rejects a value that may be a misspelled "true": the resource would be changed.
var noReadOnly = rejection{why: `its value is neither "true" nor "false"`, off: []string{"", "false"}, keeps: true}

// noPlanOnly rejects a value that may be a misspelled "true": AWS would be changed.
var noPlanOnly = rejection{why: `its value is neither "true" nor "false", in lower case`, off: []string{"", "false"}, keeps: true}

// noPause rejects a value that may be a misspelled "paused": AWS would be changed.
var noPause = rejection{why: `its value is not "` + corev1alpha1.ReconcilePaused + `". Write that, or remove the annotation`, off: []string{""}, keeps: true}

// noApproval rejects a value that may be a misspelled "delete": a deletion would not wait.
var noApproval = rejection{why: `its value is neither "delete" nor "replace", nor both with a comma. Write that, or remove the annotation`, off: []string{""}, keeps: true}

// notApproved rejects a value that may be a misspelled approval: the object would wait although somebody
// approved it.
var notApproved = rejection{why: `its value is neither "delete by <name>" nor "replace:<id> by <name>", with the id of the resource and who approves. Write that, or remove the annotation`, off: []string{""}, keeps: true}

// noReplacement rejects a value that may be a misspelled "replace": the object would keep its resource.
var noReplacement = rejection{why: `its value is not "` + corev1alpha1.ImmutableChangeReplace + `". Write that, or remove the annotation`, off: []string{""}}

// noTakeOver rejects a value that may be a misspelled "false": AWS would get tags.
var noTakeOver = rejection{why: `its value is neither "true" nor "false", in lower case`}

// checked lists the annotations with a few values, on an object or a namespace: the check, and the rejection of
// any other value.
var checked = map[string]struct {
	well func(*unstructured.Unstructured) bool
	no   rejection
}{
	corev1alpha1.AnnotationForceDestroy:      {forces, noForce},
	corev1alpha1.AnnotationReadOnly:          {readOnly, noReadOnly},
	corev1alpha1.AnnotationPlanOnly:          {planOnly, noPlanOnly},
	corev1alpha1.AnnotationApprove:           {asksWell, noApproval},
	corev1alpha1.AnnotationApproved:          {approvesWell, notApproved},
	corev1alpha1.AnnotationOnImmutableChange: {replaces, noReplacement},
	corev1alpha1.AnnotationReconcile:         {isPaused, noPause},
	corev1alpha1.AnnotationTakeOver:          {spelledWell, noTakeOver},
}

// rejectedOfNamespace lists annotations that ACK honors only on objects. On a namespace, they show
// that the user expects something that Tack would not do.
var rejectedOfNamespace = map[string]rejection{
	corev1alpha1.AnnotationAdoptionPolicy: {why: ofObject},
	corev1alpha1.AnnotationIgnoreFields:   {why: ofObject},
	corev1alpha1.AnnotationReadOnly:       {why: ofObject, off: []string{"", "false"}, keeps: true},
	corev1alpha1.AnnotationPlanOnly:       {why: ofObject, off: []string{"", "false"}, keeps: true},
	corev1alpha1.AnnotationForceDestroy:   {why: ofObject, off: []string{"", "false"}, keeps: true},
	corev1alpha1.AnnotationApproved:       {why: ofObject, keeps: true},

	corev1alpha1.AnnotationOnImmutableChange: {why: ofObject},
	corev1alpha1.AnnotationRegion:            {why: "it applies only to an object. Name the Region of the namespace with " + corev1alpha1.AnnotationDefaultRegion},
	corev1alpha1.AnnotationDeletionPolicy:    {why: "it applies only to an object. Name the policy of the namespace for each service, as in " + corev1alpha1.NamespaceDeletionPolicy("ec2"), off: []string{"", "delete"}, keeps: true},
}

// notHonored returns the problem of an object with an annotation of ACK's that Tack does not
// honor. Tack calls nothing, because the user asks for something else.
func notHonored(u *unstructured.Unstructured, kind apis.Kind) *resource.Problem {
	of := func(key string) (rejection, bool) {
		if r, ok := rejected[key]; ok {
			return r, true
		}
		if v, ok := checked[key]; ok {
			return v.no, !v.well(u)
		}
		switch key {
		case corev1alpha1.NamespaceDeletionPolicy(kind.Service):
			return rejection{why: ofSpace, keeps: true}, true
		case corev1alpha1.AnnotationDeletionPolicy:
			return noPolicy, !isRetain(u, key)
		}
		meant := strings.HasPrefix(key, prefix) || strings.HasPrefix(key, kind.Service+"."+prefix)
		return rejection{why: unknown, keeps: true}, meant && !written(key) && !slices.Contains(honored, key)
	}
	return firstRejected("", u.GetAnnotations(), of, u.GetDeletionTimestamp() != nil)
}

// isRetain reports whether an annotation keeps the resource. ACK documents only this spelling.
func isRetain(u *unstructured.Unstructured, key string) bool {
	return u.GetAnnotations()[key] == corev1alpha1.DeletionPolicyRetain
}

// notHonoredOfNamespace returns the same problem for the object's namespace. The namespace's
// deletion policy does not count for an object that has its own.
func notHonoredOfNamespace(u, ns *unstructured.Unstructured, kind apis.Kind) *resource.Problem {
	of := func(key string) (rejection, bool) {
		if key == corev1alpha1.NamespaceDeletionPolicy(kind.Service) {
			return noPolicy, u.GetAnnotations()[corev1alpha1.AnnotationDeletionPolicy] == "" && !isRetain(ns, key)
		}
		if v, ok := checked[key]; ok && slices.Contains(honoredOfNamespace(kind.Service), key) {
			return v.no, !v.well(ns)
		}
		r, ok := rejectedOfNamespace[key]
		return r, ok
	}
	return firstRejected(ns.GetName(), ns.GetAnnotations(), of, u.GetDeletionTimestamp() != nil)
}

// nothingCalled follows the annotation in the message of a rejection.
const nothingCalled = ": Tack makes no call for the object: "

// rejectedFor returns a rejection as the object reports it. Another controller's object keeps that
// controller's conditions, because the advice is not for its user.
func rejectedFor(o resource.Object, rejected *resource.Problem) *resource.Problem {
	if rejected == nil || !o.Doubt.OfAnother() {
		return rejected
	}
	where, _, _ := strings.Cut(rejected.Message, nothingCalled)
	args := append([]string{o.Doubt.ID}, rejected.Args...)
	return &resource.Problem{State: resource.Foreign, Reason: resource.ReasonOtherController, Args: args, Message: fmt.Sprintf(
		"the status tells of %s, and no claim says that it is this object's: it is left alone. AWS is not asked for its tags because of the %s", o.Doubt.ID, where)}
}

// firstRejected returns the problem of the first rejected annotation. The annotations are the
// object's if namespace is empty.
func firstRejected(namespace string, annotations map[string]string, of func(key string) (rejection, bool), deleting bool) *resource.Problem {
	where := "annotation "
	if namespace != "" {
		where = "namespace " + namespace + ": annotation "
	}
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		r, ok := of(key)
		if !ok || deleting && !r.keeps || slices.Contains(r.off, strings.ToLower(strings.TrimSpace(annotations[key]))) {
			continue
		}
		args, message := []string{namespace, key}, where+key+nothingCalled+r.why
		if deleting {
			args = append(args, "deletion")
			message += fmt.Sprintf(". To keep the resource, set %s: %s on the object first", corev1alpha1.AnnotationDeletionPolicy, corev1alpha1.DeletionPolicyRetain)
		}
		return &resource.Problem{State: resource.Terminal, Reason: resource.ReasonAnnotation, Args: args, Message: message}
	}
	return nil
}
