// Package kubeapi reads objects from the API server of a cluster. A read serves callers that ask at
// the same time, one caller, or many objects that one change concerns. No reader here is a cache.
package kubeapi

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

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
	// RoleSelectors are the cluster's IAMRoleSelectors.
	RoleSelectors = schema.GroupVersionResource{Group: corev1alpha1.GroupName, Version: "v1alpha1", Resource: "iamroleselectors"}
)

// GVR returns the resource under which the API server serves a kind.
func GVR(k apis.Kind) schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: k.Group, Version: k.Version, Resource: k.Plural}
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
