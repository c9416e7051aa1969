package kube

import (
	"context"
	"encoding/json"
	"fmt"

	"go.temporal.io/sdk/activity"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// importPage is how many objects one list returns.
const importPage = 500

// Import lists the objects of a kind that another controller left. If asked, it annotates those without
// a problem, so that Tack takes them over. A retry of the activity repeats what is left.
func (a *Activities) Import(ctx context.Context, in resource.ImportStart) ([]resource.Importable, error) {
	kind, err := a.kindOf(resource.Ref{Kind: in.Kind})
	if err != nil {
		return nil, err
	}
	a.settings.Clock.Learn(ctx)
	client := a.client.Resource(kubeapi.GVR(kind)).Namespace(in.Namespace)
	inputs := kubeapi.NewOnce(a.live) // namespaces and role maps are the same for many objects
	found := []resource.Importable{}
	options := metav1.ListOptions{Limit: importPage}
	for {
		page, err := client.List(ctx, options)
		if apierrors.IsNotFound(err) {
			return found, nil // the cluster does not have the kind
		}
		if err != nil {
			return nil, fmt.Errorf("listing %s: %w", in.Kind, err)
		}
		for i := range page.Items {
			one, err := a.importOne(ctx, inputs, kind, &page.Items[i], in)
			if err != nil {
				return nil, err
			}
			if one != nil {
				found = append(found, *one)
			}
			if activity.IsActivity(ctx) {
				activity.RecordHeartbeat(ctx, len(found))
			}
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return found, nil
		}
	}
}

// importOne returns an object if another controller left it, and annotates it if asked.
func (a *Activities) importOne(ctx context.Context, r kubeapi.Reader, kind apis.Kind, u *unstructured.Unstructured, in resource.ImportStart) (*resource.Importable, error) {
	ref := resource.Ref{Kind: kind.Name(), Cluster: a.settings.Cluster, Namespace: u.GetNamespace(), Name: u.GetName()}
	one, err := level.Importable(ctx, r, a.settings, kind, ref, u)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", ref, err)
	}
	if one == nil || one.Problem != nil || one.Asked || !in.Write {
		return one, nil
	}
	one.Asked, err = annotate(ctx, a.client.Resource(kubeapi.GVR(kind)).Namespace(u.GetNamespace()), u)
	if err != nil {
		return nil, fmt.Errorf("annotating %s: %w", ref, err)
	}
	return one, nil
}

// annotate asks for the take-over of an object, unless the object changed since it was read: then the
// next import decides.
func annotate(ctx context.Context, client dynamic.ResourceInterface, u *unstructured.Unstructured) (bool, error) {
	raw, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"uid": u.GetUID(), "resourceVersion": u.GetResourceVersion(), "annotations": map[string]any{corev1alpha1.AnnotationTakeOver: "true"},
	}})
	if err != nil {
		return false, err
	}
	_, err = client.Patch(ctx, u.GetName(), types.MergePatchType, raw, metav1.PatchOptions{FieldManager: level.FieldManager})
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}
