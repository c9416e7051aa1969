package kube

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Lacking returns the conditions that a Synced object lacks. An earlier version without them wrote
// its status, and nothing has changed since. The inputs alone give these conditions.
func Lacking(u *unstructured.Unstructured, kind apis.Kind, l resource.Level, s level.Settings) (lacking []any) {
	if l.ReportedState != resource.Synced {
		return nil
	}
	report := resource.Report{References: l.References}
	wanted := conditionsFor(nil, report, s.Clock.Now(), lateInitialized(object{kind: kind, u: u}, resource.Synced)...)
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", resource.StatusConditions)
	for _, c := range wanted {
		if !has(conditions, c.(condition)) {
			lacking = append(lacking, c)
		}
	}
	return lacking
}

func has(conditions []any, wanted condition) bool {
	for _, c := range conditions {
		if c, _ := c.(condition); c["type"] == wanted["type"] {
			return true
		}
	}
	return false
}

// Complete adds conditions to an object as it was read. If the object has changed since, it writes
// nothing: that change may have added them.
func Complete(ctx context.Context, client dynamic.Interface, kind apis.Kind, u *unstructured.Unstructured, lacking []any) error {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", resource.StatusConditions)
	o := object{kind: kind, u: u.DeepCopy(), client: client.Resource(kubeapi.GVR(kind)).Namespace(u.GetNamespace())}
	err := o.patch(ctx, map[string]any{"status": map[string]any{resource.StatusConditions: append(conditions, lacking...)}}, "status")
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("adding conditions to %s/%s: %w", u.GetNamespace(), u.GetName(), err)
	}
	return nil
}
