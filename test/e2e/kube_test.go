package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// soon limits waits for operations that take a second or two on a busy machine. No test runs in
// parallel with one that changes it.
var soon = 60 * time.Second

type fields = map[string]any

// team is a namespace with its own account.
type team struct {
	name, account string
}

// newTeam creates a namespace whose account is in the role map.
func newTeam(t *testing.T) team {
	t.Helper()
	team := newUnmappedTeam(t)
	w.mapRole(t, team.account, roleIn(team.account))
	return team
}

func newUnmappedTeam(t *testing.T) team {
	t.Helper()
	account := newAccount()
	team := team{name: "team-" + account, account: account}
	w.applyNamespace(t, team.name, fields{corev1alpha1.AnnotationOwnerAccountID: account})
	t.Cleanup(func() { w.checkHistories(t, team.name) })
	return team
}

func (w *world) applyNamespace(t *testing.T, name string, annotations fields) {
	t.Helper()
	ns := &unstructured.Unstructured{Object: fields{
		"apiVersion": "v1", "kind": "Namespace", "metadata": fields{"name": name, "annotations": annotations},
	}}
	persist(t, "creating namespace "+name, func(n int) error {
		_, err := w.kube.Resource(kube.Namespaces).Create(t.Context(), ns, metav1.CreateOptions{})
		return unless(n > 1 && apierrors.IsAlreadyExists(err), err)
	})
}

// unless returns err, except for the error after a first attempt that succeeded but lost its
// answer.
func unless(done bool, err error) error {
	if done {
		return nil
	}
	return err
}

// writeMap creates an empty role map.
func (w *world) writeMap(ctx context.Context) error {
	m := &unstructured.Unstructured{Object: fields{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": fields{"name": corev1alpha1.ConfigMapRoleAccountMap},
	}}
	_, err := w.kube.Resource(kube.ConfigMaps).Namespace(stack.SystemNamespace).Create(ctx, m, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// mapRole sets one entry of the role map; an empty role removes it.
func (w *world) mapRole(t *testing.T, account, role string) {
	t.Helper()
	value := `"` + role + `"`
	if role == "" {
		value = "null"
	}
	patch := fmt.Sprintf(`{"data":{%q:%s}}`, account, value)
	persist(t, "mapping account "+account, func(int) error {
		_, err := w.kube.Resource(kube.ConfigMaps).Namespace(stack.SystemNamespace).
			Patch(t.Context(), corev1alpha1.ConfigMapRoleAccountMap, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
		return err
	})
}

// object is one object of a test.
type object struct {
	ref  resource.Ref
	kind apis.Kind
	kube dynamic.Interface // nil: the client of the first cluster
}

func (o object) client() interface {
	Get(context.Context, string, metav1.GetOptions, ...string) (*unstructured.Unstructured, error)
	Patch(context.Context, string, types.PatchType, []byte, metav1.PatchOptions, ...string) (*unstructured.Unstructured, error)
	Delete(context.Context, string, metav1.DeleteOptions, ...string) error
	Create(context.Context, *unstructured.Unstructured, metav1.CreateOptions, ...string) (*unstructured.Unstructured, error)
} {
	return o.cluster().Resource(kube.GVR(o.kind)).Namespace(o.ref.Namespace)
}

// cluster returns the client of the object's cluster.
func (o object) cluster() dynamic.Interface {
	if o.kube != nil {
		return o.kube
	}
	return w.kube
}

func (team team) object(kindName, name string) object {
	kind, ok := apis.ByName(kindName)
	if !ok {
		panic("no kind " + kindName)
	}
	return object{ref: resource.Ref{Kind: kindName, Cluster: "dev", Namespace: team.name, Name: name}, kind: kind}
}

// apply creates an object in the team's namespace.
func (team team) apply(t *testing.T, kindName, name string, spec fields) object {
	t.Helper()
	o := team.object(kindName, name)
	o.create(t, spec)
	return o
}

func (o object) create(t *testing.T, spec fields) {
	t.Helper()
	u := &unstructured.Unstructured{Object: fields{
		"apiVersion": o.kind.Group + "/" + o.kind.Version, "kind": o.kind.Kind,
		"metadata": fields{"name": o.ref.Name, "namespace": o.ref.Namespace}, "spec": spec,
	}}
	persist(t, "creating "+o.ref.String(), func(n int) error {
		_, err := o.client().Create(t.Context(), u, metav1.CreateOptions{})
		return unless(n > 1 && apierrors.IsAlreadyExists(err), err)
	})
}

func (o object) get(t *testing.T) (u *unstructured.Unstructured) {
	t.Helper()
	persist(t, "reading "+o.ref.String(), func(int) (err error) {
		u, err = o.client().Get(t.Context(), o.ref.Name, metav1.GetOptions{})
		return err
	})
	return u
}

// patch changes an object by a JSON merge patch.
func (o object) patch(t *testing.T, patch string) {
	t.Helper()
	persist(t, "patching "+o.ref.String(), func(int) error {
		_, err := o.client().Patch(t.Context(), o.ref.Name, types.MergePatchType, []byte(patch), metav1.PatchOptions{})
		return err
	})
}

func (o object) delete(t *testing.T) {
	t.Helper()
	persist(t, "deleting "+o.ref.String(), func(n int) error {
		err := o.client().Delete(t.Context(), o.ref.Name, metav1.DeleteOptions{})
		return unless(n > 1 && apierrors.IsNotFound(err), err)
	})
}

// await waits until the object meets the condition, and returns it.
func (o object) await(t *testing.T, what string, limit time.Duration, wanted func(*unstructured.Unstructured) bool) *unstructured.Unstructured {
	t.Helper()
	ctx := within(t, limit)
	for {
		u, err := o.client().Get(ctx, o.ref.Name, metav1.GetOptions{})
		if err == nil && wanted(u) {
			return u
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s is not %s after %s:\n%s\n%s", o.ref, what, limit, show(u, err), w.story(o.ref))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// awaitSynced waits until the object's newest spec is synced, and returns its id.
func (o object) awaitSynced(t *testing.T) string {
	t.Helper()
	u := o.await(t, "synced", soon, func(u *unstructured.Unstructured) bool {
		seen, _, _ := unstructured.NestedInt64(u.Object, "status", "observedGeneration")
		return status(u, corev1alpha1.ConditionTypeResourceSynced) == "True" && seen == u.GetGeneration()
	})
	return kube.Known(u, o.kind).ID
}

func (o object) awaitGone(t *testing.T) {
	t.Helper()
	ctx := within(t, soon)
	for {
		u, err := o.client().Get(ctx, o.ref.Name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s still exists after %s:\n%s\n%s", o.ref, soon, show(u, err), w.story(o.ref))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// deleteAll deletes objects, one right after the other, and waits until all are gone.
func deleteAll(t *testing.T, objects ...object) {
	t.Helper()
	for _, o := range objects {
		o.delete(t)
	}
	for _, o := range objects {
		o.awaitGone(t)
	}
}

// awaitCondition waits for a condition whose message or reason contains text.
func (o object) awaitCondition(t *testing.T, kind corev1alpha1.ConditionType, want, text string) {
	t.Helper()
	o.await(t, fmt.Sprintf("%s=%s with %q", kind, want, text), soon, func(u *unstructured.Unstructured) bool {
		c := conditionOf(u, kind)
		return c["status"] == want && strings.Contains(fmt.Sprint(c["reason"], " ", c["message"]), text)
	})
}

func conditionOf(u *unstructured.Unstructured, kind corev1alpha1.ConditionType) fields {
	if u == nil {
		return nil
	}
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		if c, _ := c.(fields); c["type"] == string(kind) {
			return c
		}
	}
	return nil
}

func status(u *unstructured.Unstructured, kind corev1alpha1.ConditionType) string {
	s, _ := conditionOf(u, kind)["status"].(string)
	return s
}

func show(u *unstructured.Unstructured, err error) string {
	if err != nil {
		return err.Error()
	}
	u = u.DeepCopy()
	u.SetManagedFields(nil)
	raw, err := u.MarshalJSON()
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
