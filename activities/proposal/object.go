package proposal

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/resource"
)

// ofServer are the fields of metadata that the API server sets, whatever a manifest says.
var ofServer = []string{"uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "managedFields", "selfLink"}

// changed returns an object as it would be after the change. live is nil if the cluster has none.
func changed(live *unstructured.Unstructured, change resource.Change, now time.Time) (*unstructured.Unstructured, error) {
	if change.Delete {
		u := live.DeepCopy()
		if u.GetDeletionTimestamp() == nil {
			u.SetDeletionTimestamp(&metav1.Time{Time: now})
		}
		return u, nil
	}
	if change.TakeOver {
		return level.TakingOver(live), nil
	}
	manifest, err := fromManifest(change.Manifest)
	if err != nil {
		return nil, err
	}
	if live == nil {
		manifest.SetUID(resource.UnknownUID)
		manifest.SetGeneration(1)
		manifest.SetFinalizers(nil) // a claim comes with the finalizer
		return manifest, nil
	}
	return applied(live, manifest)
}

// fromManifest reads a manifest, without what only the API server sets.
func fromManifest(raw json.RawMessage) (*unstructured.Unstructured, error) {
	var u unstructured.Unstructured
	if err := json.Unmarshal(raw, &u.Object); err != nil {
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	delete(u.Object, "status") // a subresource
	for _, field := range ofServer {
		unstructured.RemoveNestedField(u.Object, "metadata", field)
	}
	return &u, nil
}

// applied returns the object as kubectl apply makes it: fields that the last manifest has and this one
// has not are removed, and fields that others set remain.
func applied(live, manifest *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	current, err := json.Marshal(live.Object)
	if err != nil {
		return nil, fmt.Errorf("encoding the object: %w", err)
	}
	modified, err := json.Marshal(manifest.Object)
	if err != nil {
		return nil, fmt.Errorf("encoding the manifest: %w", err)
	}
	raw, err := jsonmergepatch.CreateThreeWayJSONMergePatch([]byte(live.GetAnnotations()[corev1.LastAppliedConfigAnnotation]), modified, current)
	if err != nil {
		return nil, fmt.Errorf("comparing the manifest with the object: %w", err)
	}
	var patch map[string]any
	if err := json.Unmarshal(raw, &patch); err != nil {
		return nil, fmt.Errorf("reading the difference to the object: %w", err)
	}
	u := live.DeepCopy()
	u.Object = merged(u.Object, patch)
	if !equality.Semantic.DeepEqual(asJSON(live.Object["spec"]), asJSON(u.Object["spec"])) {
		u.SetGeneration(live.GetGeneration() + 1)
	}
	return u, nil
}

// merged applies a JSON merge patch: https://www.rfc-editor.org/rfc/rfc7396
func merged(object, patch map[string]any) map[string]any {
	object = maps.Clone(object)
	if object == nil {
		object = map[string]any{}
	}
	for key, value := range patch {
		nested, isObject := value.(map[string]any)
		switch {
		case value == nil:
			delete(object, key)
		case isObject:
			inside, _ := object[key].(map[string]any)
			object[key] = merged(inside, nested)
		default:
			object[key] = value
		}
	}
	return object
}

// asJSON returns a value with the types of decoded JSON, so that equal numbers are equal.
func asJSON(v any) (plain any) {
	raw, _ := json.Marshal(v) // it was decoded from JSON
	_ = json.Unmarshal(raw, &plain)
	return plain
}

// uidOf gives each object that does not exist yet a uid of its own.
func uidOf(ref resource.Ref) types.UID { return types.UID(resource.UnknownUID + ":" + ref.String()) }
