package kube

import (
	"context"
	"encoding/json"
	"fmt"

	"go.temporal.io/sdk/temporal"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// codeNothingToApprove is the code of an approval of an object that waits for none.
const codeNothingToApprove = "NothingToApprove"

// Approve writes an approval on an object that is being deleted. Another object with its name needs an
// approval of its own.
func (a *Activities) Approve(ctx context.Context, in resource.Approval) error {
	kind, err := a.kindOf(in.Ref)
	if err != nil {
		return err
	}
	client := a.client.Resource(kubeapi.GVR(kind)).Namespace(in.Ref.Namespace)
	u, err := client.Get(ctx, in.Ref.Name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return nothingToApprove(in.Ref, "does not exist")
	case err != nil:
		return fmt.Errorf("reading %s: %w", in.Ref, err)
	case u.GetDeletionTimestamp() == nil:
		return nothingToApprove(in.Ref, "is not being deleted: delete it first")
	}
	raw, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"uid": u.GetUID(), "annotations": map[string]any{corev1alpha1.AnnotationApproved: corev1alpha1.ApproveDelete + " by " + in.By},
	}})
	if err != nil {
		return err
	}
	if _, err = client.Patch(ctx, in.Ref.Name, types.MergePatchType, raw, metav1.PatchOptions{FieldManager: level.FieldManager}); err != nil {
		return fmt.Errorf("approving the deletion of %s: %w", in.Ref, err)
	}
	return nil
}

func nothingToApprove(ref resource.Ref, why string) error {
	return temporal.NewNonRetryableApplicationError(ref.String()+" "+why, codeNothingToApprove, nil)
}
