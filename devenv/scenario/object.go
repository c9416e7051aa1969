package scenario

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	apiwatch "k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Object is one object of a kind, which may not exist yet.
type Object struct {
	Ref    resource.Ref
	Kind   apis.Kind
	Client dynamic.ResourceInterface // of its kind in its namespace
}

// Object returns an object of a namespace.
func (c Cluster) Object(kind apis.Kind, namespace, name string) Object {
	return Object{
		Ref:  resource.Ref{Kind: kind.Name(), Cluster: c.Name, Namespace: namespace, Name: name},
		Kind: kind, Client: c.Kube.Resource(kubeapi.GVR(kind)).Namespace(namespace),
	}
}

// Create creates the object with that spec.
func (o Object) Create(ctx context.Context, spec Fields) error {
	u := &unstructured.Unstructured{Object: Fields{
		"apiVersion": o.Kind.Group + "/" + o.Kind.Version, "kind": o.Kind.Kind,
		"metadata": Fields{"name": o.Ref.Name, "namespace": o.Ref.Namespace}, "spec": spec,
	}}
	if _, err := o.Client.Create(ctx, u, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("creating %s: %w", o.Ref, err)
	}
	return nil
}

// Merge sends a JSON merge patch.
func (o Object) Merge(ctx context.Context, patch Fields) error {
	if err := merge(ctx, o.Client, o.Ref.Name, patch); err != nil {
		return fmt.Errorf("patching %s: %w", o.Ref, err)
	}
	return nil
}

// Delete deletes the object.
func (o Object) Delete(ctx context.Context) error {
	if err := o.Client.Delete(ctx, o.Ref.Name, metav1.DeleteOptions{}); err != nil {
		return fmt.Errorf("deleting %s: %w", o.Ref, err)
	}
	return nil
}

// Await waits until the object meets the condition, and returns it. It waits through errors: a test
// may restart the API server.
func (o Object) Await(ctx context.Context, what string, wanted func(*unstructured.Unstructured) bool) (*unstructured.Unstructured, error) {
	last, err := follow(ctx, o.Client, o.Ref.Name, func(u *unstructured.Unstructured, err error) bool { return err == nil && wanted(u) })
	if err != nil {
		return nil, fmt.Errorf("waiting for %s to be %s: %w: %s", o.Ref, what, err, last)
	}
	return last.object, nil
}

// AwaitSynced waits until AWS matches the object's newest spec.
func (o Object) AwaitSynced(ctx context.Context) (*unstructured.Unstructured, error) {
	return o.Await(ctx, "synced", Synced)
}

// AwaitGone waits until the object does not exist.
func (o Object) AwaitGone(ctx context.Context) error {
	if last, err := follow(ctx, o.Client, o.Ref.Name, gone); err != nil {
		return fmt.Errorf("waiting for %s to be gone: %w: %s", o.Ref, err, last)
	}
	return nil
}

func gone(_ *unstructured.Unstructured, err error) bool { return apierrors.IsNotFound(err) }

// Watch reports every change of a namespace's objects until ctx ends.
func (c Cluster) Watch(ctx context.Context, namespace string, note func(kind apis.Kind, u *unstructured.Unstructured, gone bool)) error {
	for _, kind := range apis.Kinds() {
		events, err := c.Kube.Resource(kubeapi.GVR(kind)).Namespace(namespace).Watch(ctx, metav1.ListOptions{})
		if err != nil {
			return fmt.Errorf("watching %s: %w", kind.Plural, err)
		}
		go func() {
			for event := range events.ResultChan() {
				if u, ok := event.Object.(*unstructured.Unstructured); ok {
					note(kind, u, event.Type == apiwatch.Deleted)
				}
			}
		}()
	}
	return nil
}
