package export

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Exports are the cluster's FieldExports.
var Exports = schema.GroupVersionResource{Group: corev1alpha1.GroupName, Version: "v1alpha1", Resource: "fieldexports"}

// Secrets are the cluster's Secrets.
var Secrets = schema.GroupVersionResource{Version: "v1", Resource: "secrets"}

// finalizer is ACK's on a FieldExport.
const finalizer = "finalizers." + corev1alpha1.GroupName + "/FieldExport"

// wish is what a FieldExport asks for.
type wish struct {
	namespace, name, uid string
	generation           int64
	deleted, finalizer   bool // it is being deleted; it has ACK's finalizer
	path                 string
	source               source
	target               target
	key                  string
}

// source names the object with the field. It is in the namespace of the FieldExport.
type source struct{ group, kind, namespace, name string }

func (s source) String() string { return s.kind + " " + s.namespace + "/" + s.name }

// target names a ConfigMap or Secret.
type target struct {
	kind            corev1alpha1.FieldExportOutputType
	namespace, name string
}

func (t target) gvr() schema.GroupVersionResource {
	if t.secret() {
		return Secrets
	}
	return kubeapi.ConfigMaps
}

func (t target) secret() bool { return t.kind == corev1alpha1.FieldExportOutputTypeSecret }

// manifestKind is the kind of the target in a manifest.
func (t target) manifestKind() string {
	if t.secret() {
		return "Secret"
	}
	return "ConfigMap"
}

func (t target) String() string { return t.manifestKind() + " " + t.namespace + "/" + t.name }

// wishOf reads a FieldExport.
func wishOf(u *unstructured.Unstructured) (wish, error) {
	var e corev1alpha1.FieldExport
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, &e); err != nil {
		return wish{}, fmt.Errorf("reading FieldExport %s/%s: %w", u.GetNamespace(), u.GetName(), err)
	}
	from, to := e.Spec.From, e.Spec.To
	w := wish{
		namespace: e.Namespace, name: e.Name, uid: string(e.UID), generation: e.Generation,
		deleted: e.DeletionTimestamp != nil, finalizer: slices.Contains(e.Finalizers, finalizer),
		path:   from.Path,
		source: source{from.Resource.Group, from.Resource.Kind, e.Namespace, from.Resource.Name},
		target: target{to.Kind, e.Namespace, to.Name},
		key:    e.Namespace + "." + e.Name,
	}
	if to.Namespace != nil && *to.Namespace != "" {
		w.target.namespace = *to.Namespace
	}
	if to.Key != nil && strings.TrimSpace(*to.Key) != "" {
		w.key = *to.Key
	}
	return w, nil
}

// id is the name of the FieldExport in the queue.
func (w wish) id() string { return w.namespace + "/" + w.name }

// managers begin with this in the managed fields of a target.
const managers = "tack-export/"

// manager is the field manager of the FieldExport for its key. Each key has its own, because
// server-side apply removes what a manager no longer applies. As in ACK, the earlier key stays when
// another is chosen.
func (w wish) manager() string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(w.target.index() + "/" + w.key)) // never fails
	return fmt.Sprintf("%s%s/%08x", managers, w.uid, h.Sum32())
}

// kind returns the kind of the source, if Tack serves it.
func (w wish) kind() (apis.Kind, bool) {
	for _, k := range apis.Kinds() {
		if k.Group == w.source.group && k.Kind == w.source.kind {
			return k, true
		}
	}
	return apis.Kind{}, false
}

// ours reports whether Tack serves the FieldExport. Those of other API groups belong to ACK's
// controllers, and so do those with ACK's finalizer whose kind Tack does not serve.
func (w wish) ours() bool {
	_, served := w.kind()
	return served || !w.finalizer && slices.ContainsFunc(apis.Kinds(), func(k apis.Kind) bool { return k.Group == w.source.group })
}

// settings are what the operator allows.
type settings struct {
	ownNamespaceOnly bool
	systemNamespace  string
	secrets          bool // FieldExports may write Secrets
}

// refuse says why the bridge cannot serve a FieldExport, whatever the cluster contains.
func (s settings) refuse(w wish) *resource.Report {
	if problems := validation.IsConfigMapKey(w.key); len(problems) > 0 {
		return report(resource.Terminal, resource.ReasonInvalidExport, "%q cannot be the key of a %s: %s", w.key, w.target.manifestKind(), strings.Join(problems, "; "))
	}
	other := w.target.namespace != w.namespace
	switch {
	case w.target.namespace == s.systemNamespace:
		return report(resource.Terminal, resource.ReasonCrossNamespace, "spec.to.namespace: nothing is exported to namespace %s, which holds the role maps", w.target.namespace)
	case other && s.ownNamespaceOnly:
		return report(resource.Terminal, resource.ReasonCrossNamespace, "spec.to.namespace: the bridge runs with --enable-cross-namespace=false: use a target in namespace %s", w.namespace)
	case other && strings.HasPrefix(w.target.namespace, "kube-"):
		return report(resource.Terminal, resource.ReasonCrossNamespace, "spec.to.namespace: nothing is exported to namespace %s, which belongs to Kubernetes, from another namespace", w.target.namespace)
	case w.target.secret() && !s.secrets:
		return report(resource.Waiting, resource.ReasonSecretExportsOff, "spec.to.kind: this bridge does not write Secrets: start it with --export-secrets and apply config/rbac-optional/export-secrets.yaml, or export to a ConfigMap")
	}
	return nil
}

// report returns the state of a FieldExport.
func report(state resource.State, reason, format string, args ...any) *resource.Report {
	return &resource.Report{State: state, Reason: reason, Message: fmt.Sprintf(format, args...)}
}
