package export

import (
	"context"
	"encoding/json"
	"errors"
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

// outcome is the state of one FieldExport after a comparison.
type outcome struct {
	export *unstructured.Unstructured
	wish   wish
	report resource.Report
}

// serve compares all FieldExports of a target with their sources and the target, writes the keys that
// differ, and then reports the results. It returns when to look again, if no event will say so.
func (e *Exporter) serve(base context.Context, t target) (again time.Duration, err error) {
	var errs []error
	var outcomes []outcome
	to := &targetReader{e: e, target: t}
	for _, obj := range e.indexed(byTarget, t.index()) {
		o, served, err := e.serveOne(base, to, obj)
		errs = append(errs, err)
		if served {
			outcomes = append(outcomes, o)
		}
	}
	for _, o := range outcomes {
		if r := o.report.Reason; r == resource.ReasonTargetNotWritable || r == resource.ReasonTargetRefused {
			again = refusedPause
		}
		ctx, cancel := context.WithTimeout(base, requestTime)
		errs = append(errs, e.show(ctx, o.export, o.wish, o.report))
		cancel()
	}
	return again, errors.Join(errs...)
}

// serveOne copies the value of one FieldExport. It reports whether Tack serves it.
func (e *Exporter) serveOne(base context.Context, to *targetReader, obj any) (o outcome, served bool, err error) {
	u, ok := obj.(*unstructured.Unstructured)
	if !ok {
		return outcome{}, false, nil
	}
	w, err := wishOf(u)
	if err != nil || !w.ours() {
		return outcome{}, false, err
	}
	ctx, cancel := context.WithTimeout(base, requestTime)
	defer cancel()
	if w.deleted {
		return outcome{}, false, e.release(ctx, u, w)
	}
	r := e.allowed.refuse(w)
	if r == nil {
		if err = e.watchTargets(base, w.target); err != nil {
			return outcome{}, false, err
		}
		if r, err = e.copy(ctx, to, w); err != nil {
			return outcome{}, false, err
		}
	}
	return outcome{u, w, *r}, true, nil
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
func (e *Exporter) copy(ctx context.Context, to *targetReader, w wish) (*resource.Report, error) {
	value, r, err := e.read(ctx, w)
	if r != nil || err != nil {
		return r, err
	}
	now := copied{w.uid, w.generation, value, e.versionOf(w.target)}
	if now.version != "" && e.last(w.id()) == now {
		return &resource.Report{State: resource.Synced}, nil
	}
	u, err := to.get(ctx)
	if err != nil {
		return refusal(w, err)
	}
	p, err := planFor(w, value, u, func() (map[string]string, error) { return to.claims(ctx) })
	if err != nil {
		return nil, err
	}
	if p.write {
		if u, err = to.apply(ctx, w, value, p.force); err != nil {
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
	return e.copies[id]
}

func (e *Exporter) settle(id string, c copied) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.copies[id] = c
}

func (e *Exporter) forget(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.copies, id)
}
