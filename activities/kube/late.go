package kube

import (
	"context"

	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// fill performs the late initialization: it writes AWS's values into the spec. With the same write,
// an object that has adopted its resource says so. The report then gets the new inputs, so that our
// own write settles the object and wakes no run. It writes no field that somebody has set. It writes
// nothing when the inputs differ from those of the report, because they wake a new pass.
//
// The spec is written before the status. After a crash in between, Temporal retries the activity.
// Then the fields exist, and count as written by Tack.
func (a *Activities) fill(ctx context.Context, o object, r resource.Report) (resource.Report, error) {
	if len(r.Late) == 0 && !r.Adopted || o.u.GetDeletionTimestamp() != nil {
		return r, nil
	}
	l, err := level.Of(ctx, a.live, a.settings, o.kind, r.Ref, o.u)
	if err != nil || l.Problem != nil || l.Wait != nil {
		return r, err
	}
	missing, digest, err := level.Missing(l, r.Late, r.Digest)
	if err != nil || digest == "" {
		return r, err
	}
	if len(missing) > 0 || r.Adopted {
		claim := *l.Object.Claim
		claim.Filled = digest
		if err := o.patch(ctx, o.filledPatch(claim, missing, r.Adopted)); err != nil {
			return r, err
		}
	}
	r.Digest, r.Generation = digest, o.u.GetGeneration()
	return r, nil
}

// filledPatch returns the patch that writes fields into the spec, with the claim that says so.
func (o object) filledPatch(claim resource.Claim, missing map[string]any, adopted bool) map[string]any {
	patch := o.claimPatch(claim, false)
	if adopted {
		patch["metadata"].(map[string]any)["annotations"].(map[string]any)[corev1alpha1.AnnotationAdopted] = "true"
	}
	if len(missing) > 0 {
		patch["spec"] = missing
	}
	return patch
}
