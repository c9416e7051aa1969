package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/tack-dev/tack/activities/kubeapi"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/k8sbridge/export"
)

// exported is a FieldExport of a test.
type exported struct {
	team team
	name string
}

func exportsIn(namespace string) dynamic.ResourceInterface {
	return w.Kube.Resource(export.Exports).Namespace(namespace)
}

// finalizerOfACK is on each FieldExport that ACK serves.
const finalizerOfACK = "finalizers.services.k8s.aws/FieldExport"

// export creates a FieldExport of a field of an object. Its target is a ConfigMap unless to says
// otherwise.
func (o object) export(t *testing.T, team team, name, path string, to fields, finalizers ...string) exported {
	t.Helper()
	if to["kind"] == nil {
		to["kind"] = "configmap"
	}
	spec := fields{"from": fields{"path": path, "resource": fields{"group": o.kind.Group, "kind": o.kind.Kind, "name": o.ref.Name}}, "to": to}
	u := &unstructured.Unstructured{Object: fields{
		"apiVersion": "services.k8s.aws/v1alpha1", "kind": "FieldExport", "metadata": fields{"name": name}, "spec": spec,
	}}
	u.SetFinalizers(finalizers)
	if _, err := exportsIn(team.name).Create(t.Context(), u, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return exported{team, name}
}

func (e exported) get(ctx context.Context) (*unstructured.Unstructured, error) {
	return exportsIn(e.team.name).Get(ctx, e.name, metav1.GetOptions{})
}

// awaitShown waits until the FieldExport shows that reason and text, or Ready if the reason is
// empty.
func (e exported) awaitShown(t *testing.T, reason, text string) {
	t.Helper()
	var last any
	eventually(t, func() string {
		return fmt.Sprintf("FieldExport %s shows %v, want %q with %q", e.name, last, reason, text)
	}, func(ctx context.Context) bool {
		u, err := e.get(ctx)
		if err != nil {
			return false
		}
		synced, ready := scenario.Condition(u, corev1alpha1.ConditionTypeResourceSynced), scenario.Condition(u, corev1alpha1.ConditionTypeReady)
		last = synced
		if reason == "" {
			return synced["status"] == "True" && ready["status"] == "True" && scenario.Current(u)
		}
		return synced["status"] == "False" && ready["status"] == "False" && synced["reason"] == reason && strings.Contains(fmt.Sprint(synced["message"]), text) && scenario.Current(u)
	})
}

func (e exported) delete(t *testing.T) {
	t.Helper()
	if err := exportsIn(e.team.name).Delete(t.Context(), e.name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
}

// eventually waits until done reports true.
func eventually(t *testing.T, what func() string, done func(ctx context.Context) bool) {
	t.Helper()
	for ctx := within(t, soon); !done(ctx); time.Sleep(20 * time.Millisecond) {
		if ctx.Err() != nil {
			t.Fatal(what())
		}
	}
}

// keys is a ConfigMap or Secret of a test.
type keys struct {
	gvr             schema.GroupVersionResource
	namespace, name string
}

func configMapIn(namespace, name string) keys { return keys{kubeapi.ConfigMaps, namespace, name} }

func secretIn(namespace, name string) keys { return keys{export.Secrets, namespace, name} }

func (k keys) client() dynamic.ResourceInterface {
	return w.Kube.Resource(k.gvr).Namespace(k.namespace)
}

// create creates the ConfigMap or Secret, with one key if it is not empty.
func (k keys) create(t *testing.T, key, value string) {
	t.Helper()
	kind, data := "ConfigMap", fields{}
	if k.gvr == export.Secrets {
		kind, value = "Secret", base64.StdEncoding.EncodeToString([]byte(value))
	}
	if key != "" {
		data[key] = value
	}
	u := &unstructured.Unstructured{Object: fields{"apiVersion": "v1", "kind": kind, "metadata": fields{"name": k.name}, "data": data}}
	if _, err := k.client().Create(t.Context(), u, metav1.CreateOptions{FieldManager: "author"}); err != nil {
		t.Fatal(err)
	}
}

func (k keys) delete(t *testing.T) {
	t.Helper()
	if err := k.client().Delete(t.Context(), k.name, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
}

// set sets a key as somebody else; nil removes it.
func (k keys) set(t *testing.T, key string, value any) {
	t.Helper()
	k.setAs(t, "somebody", key, value)
}

// setAs sets a key under the name of a field manager.
func (k keys) setAs(t *testing.T, manager, key string, value any) {
	t.Helper()
	raw := []byte(mergePatch(t, fields{"data": fields{key: value}}))
	if _, err := k.client().Patch(t.Context(), k.name, types.MergePatchType, raw, metav1.PatchOptions{FieldManager: manager}); err != nil {
		t.Fatal(err)
	}
}

// read returns the value of a key, or nothing.
func (k keys) read(ctx context.Context, key string) string {
	u, err := k.client().Get(ctx, k.name, metav1.GetOptions{})
	if err != nil {
		return ""
	}
	value, _, _ := unstructured.NestedString(u.Object, "data", key)
	if k.gvr == export.Secrets {
		raw, _ := base64.StdEncoding.DecodeString(value)
		return string(raw)
	}
	return value
}

func (k keys) awaitKey(t *testing.T, key, want string) {
	t.Helper()
	eventually(t, func() string {
		return fmt.Sprintf("key %s of %s is %q, want %q", key, k.name, k.read(t.Context(), key), want)
	},
		func(ctx context.Context) bool { return k.read(ctx, key) == want })
}

func (k keys) wantKey(t *testing.T, key, want string) {
	t.Helper()
	if got := k.read(t.Context(), key); got != want {
		t.Errorf("key %s of %s is %q, want %q", key, k.name, got, want)
	}
}
