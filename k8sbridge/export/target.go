package export

import (
	"context"
	"encoding/base64"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"
)

// targetReader reads and writes one target during one comparison. It reads the target once; each
// write returns the next state.
type targetReader struct {
	e       *Exporter
	target  target
	now     *unstructured.Unstructured // nil: not read yet
	lacking error                      // the answer of a failed read
	present map[string]string          // as claims returns it; nil: not read yet
}

func (t *targetReader) client() dynamic.ResourceInterface {
	return t.e.Client.Resource(t.target.gvr()).Namespace(t.target.namespace)
}

func (t *targetReader) get(ctx context.Context) (*unstructured.Unstructured, error) {
	if t.now == nil && t.lacking == nil {
		t.now, t.lacking = t.client().Get(ctx, t.target.name, metav1.GetOptions{})
	}
	return t.now, t.lacking
}

// apply writes the key of a FieldExport. After a failure, the target is read again.
func (t *targetReader) apply(ctx context.Context, w wish, value string, force bool) (*unstructured.Unstructured, error) {
	part := applied(w, value, t.now)
	t.now = nil
	u, err := t.client().Apply(ctx, t.target.name, part, metav1.ApplyOptions{FieldManager: w.manager(), Force: force})
	if err != nil {
		return nil, err
	}
	t.now = u
	return u, nil
}

// claims returns the managers that the present FieldExports use, with the names of the latter. It
// asks the API server: the informer may not know a FieldExport that another bridge has served.
func (t *targetReader) claims(ctx context.Context) (map[string]string, error) {
	if t.present != nil {
		return t.present, nil
	}
	list, err := t.e.Client.Resource(Exports).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("listing the FieldExports: %w", err)
	}
	present := map[string]string{}
	for i := range list.Items {
		if w, err := wishOf(&list.Items[i]); err == nil && !w.deleted {
			present[w.manager()] = w.id()
		}
	}
	t.present = present
	return present, nil
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
