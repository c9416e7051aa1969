package scenario

import (
	"context"
	"fmt"
	"maps"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/util/retry"
)

// ACKManager is the field manager of ACK's controllers: the name of their program.
const ACKManager = "controller"

// Left is an object as a controller of ACK leaves it.
type Left struct {
	Object
	Spec, Status Fields
	Finalizers   []string
	Labels       map[string]string
	Annotations  map[string]string
}

// ACKCondition is a condition as ACK writes it.
func ACKCondition(kind, status string) Fields {
	return Fields{"type": kind, "status": status, "message": "Resource synced successfully", "reason": "", "lastTransitionTime": time.Now().UTC().Format(time.RFC3339)}
}

// Leave creates the object as of a day ago. The bridge must not run meanwhile, because an object with a
// finalizer and without an id is in doubt.
func (l Left) Leave(ctx context.Context) error {
	u := &unstructured.Unstructured{Object: Fields{
		"apiVersion": l.Kind.Group + "/" + l.Kind.Version, "kind": l.Kind.Kind, "spec": l.Spec,
		"metadata": Fields{"name": l.Ref.Name, "namespace": l.Ref.Namespace},
	}}
	u.SetFinalizers(l.Finalizers)
	u.SetLabels(l.Labels)
	u.SetAnnotations(l.Annotations)
	if _, err := l.Client.Create(ctx, u, metav1.CreateOptions{FieldManager: ACKManager}); err != nil {
		return fmt.Errorf("creating %s: %w", l.Ref, err)
	}
	if len(l.Status) == 0 {
		return nil
	}
	return l.WriteStatus(ctx, l.Status, 24*time.Hour)
}

// WriteStatus writes fields of the status as ACK does, some time ago. It tries again when Tack writes the
// object at the same time. The API server dates a write itself, but a later write of anything else may
// correct that date.
func (o Object) WriteStatus(ctx context.Context, status Fields, ago time.Duration) error {
	return retry.RetryOnConflict(retry.DefaultBackoff, func() error { return o.writeStatus(ctx, status, ago) })
}

func (o Object) writeStatus(ctx context.Context, status Fields, ago time.Duration) error {
	u, err := o.Client.Get(ctx, o.Ref.Name, metav1.GetOptions{})
	if err != nil {
		return fmt.Errorf("reading %s: %w", o.Ref, err)
	}
	whole, _, _ := unstructured.NestedMap(u.Object, "status")
	if whole == nil {
		whole = Fields{}
	}
	maps.Copy(whole, status)
	conditions, _ := whole["conditions"].([]any)
	for _, c := range conditions {
		c.(Fields)["lastTransitionTime"] = time.Now().Add(-ago).UTC().Format(time.RFC3339)
	}
	u.Object["status"] = whole
	if u, err = o.Client.UpdateStatus(ctx, u, metav1.UpdateOptions{FieldManager: ACKManager}); err != nil {
		return fmt.Errorf("writing the status of %s: %w", o.Ref, err)
	}
	if ago == 0 {
		return nil
	}
	managed := u.GetManagedFields()
	for i := range managed {
		if managed[i].Manager == ACKManager {
			managed[i].Time = &metav1.Time{Time: time.Now().Add(-ago)}
		}
	}
	u.SetManagedFields(managed)
	labels := u.GetLabels()
	if labels == nil {
		labels = map[string]string{}
	}
	labels["written"] = time.Now().Format("150405.000000")
	u.SetLabels(labels)
	if _, err = o.Client.Update(ctx, u, metav1.UpdateOptions{FieldManager: "a-person"}); err != nil {
		return fmt.Errorf("dating the status of %s: %w", o.Ref, err)
	}
	return nil
}
