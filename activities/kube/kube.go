// Package kube holds the activities that read and write Kubernetes. Only the bridge of a cluster
// hosts them: it has credentials for its API server, and none for AWS.
package kube

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/record"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// AnnotationClaim holds the claim of an object, in JSON.
const AnnotationClaim = "services.k8s.aws/tack-claim"

// Settings describe an installation and its cluster.
type Settings struct {
	Cluster         string // name of the cluster, part of ids, queues and tags
	ClusterUID      string // uid of the namespace kube-system
	Install         string // id of the installation, part of tags and tokens
	DefaultAccount  string // of namespaces without annotation; empty: they wait
	DefaultRegion   string
	SystemNamespace string // the namespace of the role map
	// OwnNamespaceOnly refuses references to objects of other namespaces.
	OwnNamespaceOnly bool
	// Secrets allows reading the secret fields of specs: payloads are encrypted, or the operator
	// accepts them in clear text.
	Secrets bool
	Clock   *Clock // nil: this machine's
}

// Reader reads objects. The live reader asks the API server; the bridge's reader uses its
// informers.
type Reader interface {
	// List reads all objects of a cluster-scoped resource. The list is empty if the cluster does
	// not have that resource.
	List(ctx context.Context, gvr schema.GroupVersionResource) ([]*unstructured.Unstructured, error)
	Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error)
}

// Resources that are not kinds of ours.
var (
	Namespaces = schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}
	ConfigMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
)

// GVR returns the resource under which the API server serves a kind.
func GVR(k apis.Kind) schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: k.Group, Version: k.Version, Resource: k.Plural}
}

// Activities are the activities of one cluster.
type Activities struct {
	client    dynamic.Interface
	live      Reader
	settings  Settings
	events    record.EventRecorder
	referrers Referrers
	waiting   waiting
}

// Referrers returns the objects that refer to one, as far as the bridge has seen.
type Referrers func(resource.Ref) []string

// New returns the activities of the cluster to which client connects.
func New(client dynamic.Interface, settings Settings, events record.EventRecorder, referrers Referrers) *Activities {
	return &Activities{client: client, live: newJoined(Live{client}), settings: settings, events: events, referrers: referrers}
}

// Registry registers activities, as a Temporal worker does.
type Registry interface {
	RegisterActivityWithOptions(a any, options activity.RegisterOptions)
}

// Register registers the activities under their names.
func (a *Activities) Register(to Registry) {
	for name, run := range map[string]any{
		resource.KubeLevel:           a.Level,
		resource.KubeAwait:           a.Await,
		resource.KubeClaim:           a.Claim,
		resource.KubeRecordID:        a.RecordID,
		resource.KubeRelease:         a.Release,
		resource.KubePatchStatus:     a.PatchStatus,
		resource.KubeRemoveFinalizer: a.RemoveFinalizer,
	} {
		to.RegisterActivityWithOptions(run, activity.RegisterOptions{Name: name})
	}
}

// Live is a reader that asks the API server each time, never a cache.
type Live struct{ Client dynamic.Interface }

// Get reads one object.
func (l Live) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	if namespace == "" {
		return l.Client.Resource(gvr).Get(ctx, name, metav1.GetOptions{})
	}
	return l.Client.Resource(gvr).Namespace(namespace).Get(ctx, name, metav1.GetOptions{})
}

// List reads all objects of a resource.
func (l Live) List(ctx context.Context, gvr schema.GroupVersionResource) ([]*unstructured.Unstructured, error) {
	list, err := l.Client.Resource(gvr).List(ctx, metav1.ListOptions{})
	if apierrors.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := make([]*unstructured.Unstructured, 0, len(list.Items))
	for i := range list.Items {
		all = append(all, &list.Items[i])
	}
	return all, nil
}

// kindOf finds the kind and refuses an object of another cluster: two clusters with the same name
// share a queue.
func (a *Activities) kindOf(ref resource.Ref) (apis.Kind, error) {
	if ref.ClusterUID != "" && ref.ClusterUID != a.settings.ClusterUID {
		return apis.Kind{}, temporal.NewApplicationError(fmt.Sprintf(
			"this bridge serves the cluster with uid %s, the object is of %s: give each cluster its own --cluster", a.settings.ClusterUID, ref.ClusterUID), "WrongCluster")
	}
	kind, ok := apis.ByName(ref.Kind)
	if !ok {
		return apis.Kind{}, temporal.NewApplicationError(fmt.Sprintf("this bridge is older than the kind %q", ref.Kind), "UnknownKind")
	}
	return kind, nil
}
