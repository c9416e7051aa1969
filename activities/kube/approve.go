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

// Approve writes an approval on an object that is being deleted, or that waits to replace its resource.
// Another object with its name, and another resource, need an approval of their own.
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
	}
	what := corev1alpha1.ApproveDelete
	if u.GetDeletionTimestamp() == nil {
		claim := level.ClaimOf(u, kind)
		if !claim.Recorded() || !level.AwaitsApproval(u) {
			return nothingToApprove(in.Ref, "waits for no approval: it is not being deleted, and no replacement of its resource is planned")
		}
		what = corev1alpha1.ApproveReplace + ":" + claim.ID
	}
	raw, err := json.Marshal(map[string]any{"metadata": map[string]any{
		"uid": u.GetUID(), "annotations": map[string]any{corev1alpha1.AnnotationApproved: what + " by " + in.By},
	}})
	if err != nil {
		return err
	}
	if _, err = client.Patch(ctx, in.Ref.Name, types.MergePatchType, raw, metav1.PatchOptions{FieldManager: level.FieldManager}); err != nil {
		return fmt.Errorf("approving what %s waits for: %w", in.Ref, err)
	}
	return nil
}

func nothingToApprove(ref resource.Ref, why string) error {
	return temporal.NewNonRetryableApplicationError(ref.String()+" "+why, codeNothingToApprove, nil)
}
