package proposal

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// assumed is a reader that shows the proposed object, and every other object as it will be when the
// object needs it: with an id, and Synced. It notes what it assumes.
type assumed struct {
	kubeapi.Reader
	settings level.Settings
	kind     apis.Kind
	self     *unstructured.Unstructured
	space    *unstructured.Unstructured // the namespace as the command makes it; nil: as it is
	in       resource.ProposeInput

	mu    sync.Mutex // a level reads several objects at a time
	stand map[resource.Ref]resource.StandIn
	held  map[resource.Ref]string
}

func newAssumed(ctx context.Context, r kubeapi.Reader, s level.Settings, kind apis.Kind, self *unstructured.Unstructured, in resource.ProposeInput) (*assumed, error) {
	a := &assumed{Reader: r, settings: s, kind: kind, self: self, in: in, stand: map[resource.Ref]resource.StandIn{}, held: map[resource.Ref]string{}}
	if len(in.Space) == 0 {
		return a, nil
	}
	live, err := r.Get(ctx, kubeapi.Namespaces, "", in.Ref.Namespace)
	if err != nil {
		if !apierrors.IsNotFound(err) {
			return nil, fmt.Errorf("reading namespace %s: %w", in.Ref.Namespace, err)
		}
		live = nil
	}
	if a.space, err = changed(live, resource.Change{Manifest: in.Space}, s.Clock.Now()); err != nil {
		return nil, fmt.Errorf("namespace %s: %w", in.Ref.Namespace, err)
	}
	return a, nil
}

// Get reads one object.
func (a *assumed) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	switch {
	case gvr == kubeapi.GVR(a.kind) && namespace == a.in.Ref.Namespace && name == a.in.Ref.Name:
		return a.self.DeepCopy(), nil
	case gvr == kubeapi.Namespaces && a.space != nil && name == a.in.Ref.Namespace:
		return a.space.DeepCopy(), nil
	}
	u, err := a.Reader.Get(ctx, gvr, namespace, name)
	kind, referable := kindAt(gvr)
	absent := apierrors.IsNotFound(err)
	if !referable || err != nil && !absent {
		return u, err
	}
	ref := resource.Ref{Kind: kind.Name(), Cluster: a.in.Ref.Cluster, Namespace: namespace, Name: name}
	if absent {
		return a.absent(kind, ref), nil
	}
	return a.ready(kind, ref, u), nil
}

// kindAt returns the kind that references may name under a resource of the API server.
func kindAt(gvr schema.GroupVersionResource) (apis.Kind, bool) {
	for _, kind := range slices.Concat(apis.Kinds(), apis.Others()) {
		if kubeapi.GVR(kind) == gvr {
			return kind, true
		}
	}
	return apis.Kind{}, false
}

// absent returns an object that the cluster does not have, as it will be.
func (a *assumed) absent(kind apis.Kind, ref resource.Ref) *unstructured.Unstructured {
	name, why := "", "the cluster does not have "+ref.String()+", and neither do these manifests"
	for _, other := range a.in.With {
		if other.Ref == ref {
			name, why = other.Name, "these manifests create it"
		}
	}
	return a.standIn(kind, ref, name, why)
}

// ready returns an object as it will be once it is Synced. An object that is being deleted, or whose
// claim does not fit, stays as it is: the apply would wait.
func (a *assumed) ready(kind apis.Kind, ref resource.Ref, u *unstructured.Unstructured) *unstructured.Unstructured {
	is, shown := level.WorthOf(u, kind), level.ShownID(u, kind)
	id := recordedID(kind, is.Claim, shown)
	switch {
	case a.in.Change.TakeOver && is.Claim == nil && !is.Copied && shown != "":
		return a.taken(kind, ref, u, shown)
	case u.GetDeletionTimestamp() != nil, is.Claim != nil && is.Claim.Install != a.settings.Install, id == "" && shown != "" && !is.Copied:
		return u
	case id == "":
		name, _, _ := unstructured.NestedString(u.Object, "spec", "name")
		return a.standIn(kind, ref, name, ref.String()+" has no id yet")
	case shown != "" && level.Holds(u, corev1alpha1.ConditionTypeResourceSynced):
		return u
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held[ref] = ref.String() + " is not Synced yet"
	return synced(u, kind, id)
}

// recordedID returns the id of an object that references may use; empty: none. The claim of a kind of ours
// must agree with the status.
func recordedID(kind apis.Kind, claim *resource.Claim, shown string) string {
	if _, served := apis.ByName(kind.Name()); !served {
		return shown
	}
	if claim.Recorded() && (claim.ID == shown || shown == "") {
		return claim.ID
	}
	return ""
}

// taken returns an object as it will be once its own resource is taken over: a reference to it needs the
// claim.
func (a *assumed) taken(kind apis.Kind, ref resource.Ref, u *unstructured.Unstructured, id string) *unstructured.Unstructured {
	u = synced(u, kind, id)
	a.claim(u, ref, id)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.held[ref] = ref.String() + " must be taken over first"
	return u
}

// standIn returns an object with a stand-in for its id.
func (a *assumed) standIn(kind apis.Kind, ref resource.Ref, name, why string) *unstructured.Unstructured {
	stands := resource.StandIn{Text: resource.StandInFor(ref, strings.HasSuffix(kind.IDField, "arn"), name), Of: ref, Why: why}
	u := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"name": name}}}
	u.SetNamespace(ref.Namespace)
	u.SetName(ref.Name)
	u.SetUID(uidOf(ref))
	u.SetGeneration(1)
	a.claim(u, ref, stands.Text)
	for _, reference := range apis.References(a.kind.Name()) {
		if reference.Kind == ref.Kind && reference.Shown != "" {
			set(u, "tack:"+reference.Shown+"."+stands.Text, append([]string{"status"}, level.FieldPath(reference.Shown)...)...)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if kind.InSpec && name != "" {
		a.held[ref] = why
		return synced(u, kind, name) // its id is the name in its spec
	}
	a.stand[ref] = stands
	return synced(u, kind, stands.Text)
}

// claim gives an object the claim that it will have.
func (a *assumed) claim(u *unstructured.Unstructured, ref resource.Ref, id string) {
	raw, _ := json.Marshal(resource.Claim{Install: a.settings.Install, UID: string(u.GetUID()), For: ref, Incarnation: 1, ID: id}) // plain data
	set(u, string(raw), "metadata", "annotations", level.AnnotationClaim)
}

// synced returns a copy of an object that is Synced with an id.
func synced(u *unstructured.Unstructured, kind apis.Kind, id string) *unstructured.Unstructured {
	u = u.DeepCopy()
	part := "status"
	if kind.InSpec {
		part = "spec"
	}
	set(u, id, append([]string{part}, level.FieldPath(kind.IDField)...)...)
	set(u, id, "status", resource.StatusSyncedID)
	set(u, u.GetGeneration(), "status", resource.StatusObservedGeneration)
	set(u, []any{map[string]any{"type": string(corev1alpha1.ConditionTypeResourceSynced), "status": "True"}}, "status", resource.StatusConditions)
	return u
}

// set sets a field. A part of the path that is no object is replaced.
func set(u *unstructured.Unstructured, value any, path ...string) {
	if unstructured.SetNestedField(u.Object, value, path...) != nil {
		unstructured.RemoveNestedField(u.Object, path[0])
		_ = unstructured.SetNestedField(u.Object, value, path...) // a new map takes it
	}
}

// told returns what the reader assumed, in the order of the references.
func (a *assumed) told(targets []resource.Ref) (stand []resource.StandIn, held []string) {
	for _, ref := range targets {
		if s, ok := a.stand[ref]; ok {
			stand = append(stand, s)
			delete(a.stand, ref)
		}
		if words, ok := a.held[ref]; ok {
			held = append(held, words)
			delete(a.held, ref)
		}
	}
	return stand, held
}
