package level

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// valueOf reads the id of another object's resource or the value at a path of the object.
// Otherwise, it describes what is missing. Only the other object's status says whether it is ready.
// For another controller's kind, the status also gives the id.
func valueOf(ctx context.Context, r kubeapi.Reader, s Settings, ref resource.Ref, reference apis.Reference, by trust) (value string, lacks lack, err error) {
	kind, ok := apis.Referable(ref.Kind)
	if !ok {
		return "", lacks, fmt.Errorf("resolving a reference: no kind %q", ref.Kind)
	}
	u, err := r.Get(ctx, kubeapi.GVR(kind), ref.Namespace, ref.Name)
	if apierrors.IsNotFound(err) { // or the cluster has no such kind: the API server's answer is the same
		return "", lack{text: ref.String() + " is not there (yet)"}, nil
	}
	if isForbidden(err) {
		return "", lack{text: notReadable("", ref.String()).Message, unreadable: true}, nil
	}
	if err != nil {
		return "", lacks, fmt.Errorf("reading %s: %w", ref, err)
	}
	if text := distrusted(u, s, kind, ref, by); text != "" {
		return "", lack{text: text}, nil
	}
	value, lacks = valueIn(u, kind, ref, reference, by)
	return value, lacks, nil
}

// valueIn is valueOf for an object that was read.
func valueIn(u *unstructured.Unstructured, kind apis.Kind, ref resource.Ref, reference apis.Reference, by trust) (value string, lacks lack) {
	id := referredID(u, kind, by)
	synced := Holds(u, corev1alpha1.ConditionTypeResourceSynced)
	switch {
	case id == "" && ShownID(u, kind) != "" && !WorthOf(u, kind).Copied:
		return "", lack{text: fmt.Sprintf("the status of %s names %s, but no claim says that it is that object's. If the id is right, write it into the field beside the reference", ref, ShownID(u, kind))}
	case id == "":
		return "", lack{text: ref.String() + " has no id yet" + trouble(u)}
	case by != toCreate && suffices(u, id, reference):
	case u.GetDeletionTimestamp() != nil:
		return "", lack{text: ref.String() + " is being deleted"}
	case reference.Exists:
	case Holds(u, corev1alpha1.ConditionTypeTerminal):
		return "", lack{text: ref.String() + " is in a terminal state" + trouble(u), permanent: true}
	case !synced:
		return "", lack{text: ref.String() + " is not synced yet" + trouble(u)}
	case !ofThisGeneration(u):
		return "", lack{text: ref.String() + " is not synced with its newest spec yet"}
	}
	if reference.Shown != "" {
		return shownFor(u, ref, id, reference.Shown)
	}
	if reference.Named {
		// Not the name in the spec: AWS may not have carried out a rename, or never will.
		return id[strings.LastIndexByte(id, '/')+1:], lacks
	}
	return id, lacks
}

// shownFor reads a field of the status that belongs to an id. Its value ends in the id: whoever may
// write the status cannot name something else by it.
func shownFor(u *unstructured.Unstructured, ref resource.Ref, id, name string) (value string, lacks lack) {
	value, _, _ = unstructured.NestedString(u.Object, append([]string{"status"}, FieldPath(name)...)...)
	if !strings.HasSuffix(value, "."+id) {
		return "", lack{text: fmt.Sprintf("the status of %s shows no %s of %s", ref, name, id)}
	}
	return value, lacks
}

// suffices reports whether the id of another object is enough for an object that is made. Only a
// create waits for Synced: a later edit of the parent, even a bad one, must not unsettle every
// object made with it. A step may still be pending, and AWS refuses one that names a gateway before
// that is available. For a step, the other object must have been Synced once with this id, unless the
// reference needs no more than an existing resource.
func suffices(u *unstructured.Unstructured, id string, reference apis.Reference) bool {
	if !reference.Step || reference.Exists {
		return true
	}
	return syncedOnce(u) == id && u.GetDeletionTimestamp() == nil
}

// syncedOnce returns the id of the resource that was Synced last.
func syncedOnce(u *unstructured.Unstructured) string {
	id, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusSyncedID)
	return id
}
