package export

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	// requestTime bounds the requests of one comparison; the queue retries it.
	requestTime = 10 * time.Second
	// refusedPause follows a refusal of the API server. Permissions and admission rules change
	// without an event.
	refusedPause = 15 * time.Second
)

// serve compares one FieldExport with its source and its target, writes the key if it differs, and
// reports the result. It returns when to look again, if no event will say so.
func (e *Exporter) serve(base context.Context, id string) (again time.Duration, err error) {
	found, exists, err := e.Informer.GetIndexer().GetByKey(id)
	u, ok := found.(*unstructured.Unstructured)
	if err != nil || !exists || !ok {
		e.forget(id)
		return 0, err
	}
	w, err := wishOf(u)
	if err != nil || !w.ours() {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(base, requestTime)
	defer cancel()
	if w.deleted {
		e.forget(id)
		return 0, e.release(ctx, u, w)
	}
	r := e.allowed.refuse(w)
	if r == nil {
		if err = e.watchTargets(base, w.target); err != nil {
			return 0, err
		}
		if r, err = e.copy(ctx, w); err != nil {
			return 0, err
		}
	}
	if r.Reason == resource.ReasonTargetNotWritable || r.Reason == resource.ReasonTargetRefused {
		again = refusedPause
	}
	return again, e.show(ctx, u, w, *r)
}

// release removes ACK's finalizer from a FieldExport that is being deleted. Tack adds none: a key
// stays in its target, as in ACK.
func (e *Exporter) release(ctx context.Context, u *unstructured.Unstructured, w wish) error {
	if !w.finalizer {
		return nil
	}
	rest := slices.DeleteFunc(u.GetFinalizers(), func(f string) bool { return f == finalizer })
	patch := map[string]any{"metadata": map[string]any{"uid": w.uid, "resourceVersion": u.GetResourceVersion(), "finalizers": rest}}
	return e.patch(ctx, w, patch)
}

// copy brings the value into the target and returns the state of the FieldExport.
func (e *Exporter) copy(ctx context.Context, w wish) (*resource.Report, error) {
	value, r, err := e.read(ctx, w)
	if r != nil || err != nil {
		return r, err
	}
	now := copied{w.uid, w.generation, value, e.versionOf(w.target)}
	if now.version != "" && e.last(w.id()) == now {
		return &resource.Report{State: resource.Synced}, nil
	}
	to := e.Client.Resource(w.target.gvr()).Namespace(w.target.namespace)
	u, err := to.Get(ctx, w.target.name, metav1.GetOptions{})
	if err != nil {
		return refusal(w, err)
	}
	p, err := planFor(w, value, u, func() (map[string]string, error) { return e.claims(ctx) })
	if err != nil {
		return nil, err
	}
	if p.write {
		if u, err = to.Apply(ctx, w.target.name, applied(w, value, u), metav1.ApplyOptions{FieldManager: w.manager(), Force: p.force}); err != nil {
			return refusal(w, err)
		}
		e.Log.Info("exported", "fieldExport", w.id(), "from", w.source.String(), "to", w.target.String(), "key", w.key)
	}
	if p.done.State == resource.Synced {
		now.version = u.GetResourceVersion()
		e.settle(w.id(), now)
	}
	return &p.done, nil
}

// read returns the value of the field, or says why there is none.
func (e *Exporter) read(ctx context.Context, w wish) (string, *resource.Report, error) {
	kind, served := w.kind()
	if !served {
		return "", report(resource.Waiting, resource.ReasonSourceNotServed, "spec.from.resource: Tack serves no kind %q of group %s: correct its spelling, which counts", w.source.kind, w.source.group), nil
	}
	at, err := parsePath(w.path)
	if err != nil {
		return "", report(resource.Terminal, resource.ReasonInvalidExport, "spec.from.path: %v", err), nil
	}
	u, err := e.Objects.Get(ctx, kubeapi.GVR(kind), w.source.namespace, w.source.name)
	if apierrors.IsNotFound(err) {
		return "", report(resource.Waiting, resource.ReasonSourceNotFound, "spec.from.resource: %s does not exist", w.source), nil
	}
	if err != nil {
		return "", nil, err
	}
	if !level.Holds(u, corev1alpha1.ConditionTypeResourceSynced) {
		return "", report(resource.Waiting, resource.ReasonSourceNotSynced, "spec.from.resource: %s is not Synced%s", w.source, level.ReadyFor(u, kind).Trouble), nil
	}
	value, err := at.valueIn(ctx, u, kind)
	if err != nil {
		return "", report(resource.Waiting, resource.ReasonFieldNotSet, "spec.from.path: %q of %s: %v", w.path, w.source, err), nil
	}
	return value, nil, nil
}

// refusal says what is wrong with the target, by the answer of the API server. An error is retried.
func refusal(w wish, err error) (*resource.Report, error) {
	switch {
	case apierrors.IsNotFound(err):
		return report(resource.Waiting, resource.ReasonTargetNotFound, "spec.to: %s does not exist: create it, and key %s is written at once", w.target, w.key), nil
	case apierrors.IsForbidden(err) && w.target.secret():
		return report(resource.Waiting, resource.ReasonTargetNotWritable, "spec.to: the bridge may not write %s: apply config/rbac-optional/export-secrets.yaml (%v)", w.target, err), nil
	case apierrors.IsForbidden(err):
		return report(resource.Waiting, resource.ReasonTargetNotWritable, "spec.to: the bridge may not write %s: apply config/rbac/k8sbridge.yaml (%v)", w.target, err), nil
	case apierrors.IsInvalid(err), apierrors.IsBadRequest(err), apierrors.IsRequestEntityTooLargeError(err):
		return report(resource.Blocked, resource.ReasonTargetRefused, "spec.to: the API server refuses the change of %s: %v", w.target, err), nil
	}
	return nil, err
}

// applied is the part of the target that the FieldExport owns. With the uid, the API server makes no
// new object, and with the version, it accepts the write only if nothing changed since the
// comparison.
func applied(w wish, value string, u *unstructured.Unstructured) *unstructured.Unstructured {
	if w.target.secret() {
		value = base64.StdEncoding.EncodeToString([]byte(value))
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": w.target.manifestKind(),
		"metadata": map[string]any{
			"name": w.target.name, "namespace": w.target.namespace, "uid": string(u.GetUID()), "resourceVersion": u.GetResourceVersion(),
		},
		"data": map[string]any{w.key: value},
	}}
}

// claims returns the managers that the present FieldExports use, with the names of the latter. It
// asks the API server: the informer may not know a FieldExport that another bridge has served.
func (e *Exporter) claims(ctx context.Context) (map[string]string, error) {
	list, err := e.Client.Resource(Exports).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("listing the FieldExports: %w", err)
	}
	present := map[string]string{}
	for i := range list.Items {
		if w, err := wishOf(&list.Items[i]); err == nil && !w.deleted {
			present[w.manager()] = w.id()
		}
	}
	return present, nil
}

// show writes the state of a FieldExport into its status, if it shows another.
func (e *Exporter) show(ctx context.Context, u *unstructured.Unstructured, w wish, r resource.Report) error {
	prior, _, _ := unstructured.NestedMap(u.Object, "status")
	conditions, _ := prior[resource.StatusConditions].([]any)
	status := map[string]any{
		resource.StatusConditions:         kube.Conditions(conditions, r, e.Settings.Clock.Now()),
		resource.StatusObservedGeneration: w.generation,
	}
	if reflect.DeepEqual(prior, status) {
		return nil
	}
	return e.patch(ctx, w, map[string]any{"metadata": map[string]any{"uid": w.uid}, "status": status}, "status")
}

// patch changes a FieldExport, unless it no longer exists.
func (e *Exporter) patch(ctx context.Context, w wish, patch map[string]any, subresources ...string) error {
	raw, err := json.Marshal(patch)
	if err != nil {
		return fmt.Errorf("encoding a patch: %w", err)
	}
	_, err = e.Client.Resource(Exports).Namespace(w.namespace).Patch(ctx, w.name, types.MergePatchType, raw, metav1.PatchOptions{FieldManager: "tack"}, subresources...)
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

func (e *Exporter) last(id string) copied {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.settled[id]
}

func (e *Exporter) settle(id string, c copied) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settled[id] = c
}

func (e *Exporter) forget(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.settled, id)
}
