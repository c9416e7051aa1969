package kube

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/util/retry"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Claim writes the coming AWS request on the object, with our finalizer, before it is sent. It does
// not claim an object that is being deleted, whose spec is another one, or that another run has
// claimed meanwhile. A search must first show what that run may have sent.
func (a *Activities) Claim(ctx context.Context, in resource.ClaimInput) (resource.Written, error) {
	return a.write(ctx, in.Ref, in.UID, func(o object) (written resource.Written, err error) {
		if o.u.GetDeletionTimestamp() != nil {
			return resource.Written{Deleting: true}, nil
		}
		if in.Generation != 0 && in.Generation != o.u.GetGeneration() {
			return resource.Written{}, nil
		}
		in.Claim.Run = cmp.Or(runOf(ctx), in.Claim.Run)
		if is := level.WorthOf(o.u, o.kind); !mayClaim(is.Claim, in) {
			return resource.Written{Stale: true}, nil
		} else if is.Claim == nil && level.ShownID(o.u, o.kind) != "" {
			// The status describes another object's resource, which would seem to be ours.
			if err := o.patch(ctx, emptied(o.u), "status"); err != nil {
				return resource.Written{}, err
			}
		}
		if err := o.patch(ctx, o.claimPatch(in.Claim, true)); err != nil {
			return resource.Written{}, err
		}
		written = resource.Written{Changed: true, Run: in.Claim.Run}
		if level.ShownID(o.u, o.kind) == "" || in.Claim.Replaces() {
			return written, nil // the old resource is still there
		}
		// The previous resource is gone. Beside a later void claim, its id would suggest that
		// somebody changed the claim.
		return written, o.patch(ctx, withoutID(o.kind), "status")
	})
}

// RecordID closes the claim with the id. The status shows the id only if it is proven. The claim
// comes first, because a later pass works from it.
func (a *Activities) RecordID(ctx context.Context, in resource.RecordInput) (resource.Written, error) {
	return a.write(ctx, in.Ref, in.UID, func(o object) (resource.Written, error) {
		run := runOf(ctx)
		if !mayRecord(level.ClaimOf(o.u, o.kind), in, run) {
			return resource.Written{Stale: true}, nil
		}
		in.Claim.Run = cmp.Or(in.Claim.Run, run)
		// What an earlier claim was Synced with says nothing about a resource that is adopted now.
		anew := in.Claim.Adopted && !level.ClaimOf(o.u, o.kind).Recorded()
		// Kubernetes refuses a new finalizer on an object that is being deleted.
		if err := o.patch(ctx, o.claimPatch(in.Claim, o.u.GetDeletionTimestamp() == nil)); err != nil {
			return resource.Written{}, err
		}
		if !in.Proven { // a later report shows it, once AWS's tags confirm it
			return resource.Written{Changed: true}, nil
		}
		id := idPatch(o.kind, in.Claim)
		if anew {
			id["status"].(map[string]any)[resource.StatusSyncedID] = nil
		}
		if err := o.patch(ctx, id, "status"); err != nil {
			return resource.Written{}, err
		}
		what := resource.EventCreated
		if in.Found {
			what = resource.EventFound
		}
		a.events.Eventf(o.u, corev1.EventTypeNormal, what, "%s in account %s, Region %s", in.Claim.ID, in.Claim.Target.AccountID, in.Claim.Target.Region)
		return resource.Written{Changed: true}, nil
	})
}

// VoidClaim marks the claim as void: nothing was made, or the object gave up the resource. The
// status then no longer describes it.
func (a *Activities) VoidClaim(ctx context.Context, in resource.GiveUpInput) (resource.Written, error) {
	return a.write(ctx, in.Ref, in.UID, func(o object) (resource.Written, error) {
		claim := o.toVoid(in.Claim)
		if wasReset(ctx, in.Planned) || in.Run != "" && claim.Open() && claim.Run != "" && claim.Run != in.Run {
			return resource.Written{Stale: true}, nil
		}
		leaves := claim.Recorded() && in.ID != "" && claim.ID == in.ID
		if !claim.Open() && !leaves {
			return resource.Written{}, nil
		}
		if leaves {
			// The status comes first: otherwise, a later pass would see a void claim and trust the
			// status.
			if err := o.patch(ctx, emptied(o.u), "status"); err != nil {
				return resource.Written{}, err
			}
			a.events.Eventf(o.u, corev1.EventTypeNormal, resource.EventGaveUp, "%s in account %s, Region %s: %s", claim.ID, claim.Target.AccountID, claim.Target.Region, in.Message)
		}
		claim.Void = true
		if !in.Lost.IsZero() {
			claim.Lost = in.Lost
		}
		return resource.Written{Changed: true}, o.patch(ctx, o.claimPatch(*claim, false))
	})
}

// emptied returns a patch that removes everything but the conditions from the status.
func emptied(u *unstructured.Unstructured) map[string]any {
	status, _, _ := unstructured.NestedMap(u.Object, "status")
	for field := range status {
		status[field] = nil
	}
	delete(status, resource.StatusConditions)
	return map[string]any{"status": status}
}

// RemoveFinalizer lets Kubernetes delete an object.
func (a *Activities) RemoveFinalizer(ctx context.Context, in resource.GiveUpInput) (resource.Written, error) {
	return a.write(ctx, in.Ref, in.UID, func(o object) (resource.Written, error) {
		ours := func(f string) bool { return f == o.kind.Finalizer() }
		finalizers := slices.DeleteFunc(slices.Clone(o.u.GetFinalizers()), ours)
		if len(finalizers) == len(o.u.GetFinalizers()) {
			return resource.Written{}, nil
		}
		if wasReset(ctx, in.Planned) {
			return resource.Written{Stale: true}, nil
		}
		a.events.Event(o.u, corev1.EventTypeNormal, resource.EventDeleted, in.Message)
		return resource.Written{Changed: true}, o.patch(ctx, map[string]any{"metadata": map[string]any{"finalizers": finalizers}})
	})
}

// object is an object during a write.
type object struct {
	kind   apis.Kind
	u      *unstructured.Unstructured
	client dynamic.ResourceInterface
}

// toVoid returns the claim that VoidClaim voids: the one on the object, unless somebody dropped it
// or put an older one back.
func (o object) toVoid(of *resource.Claim) *resource.Claim {
	claim := level.ClaimOf(o.u, o.kind)
	if _, annotated := o.u.GetAnnotations()[level.AnnotationClaim]; !annotated || olderVoid(claim, of) {
		return of
	}
	return claim
}

// write reads the object and lets change write it; it retries when others write at the same time.
// An object with another uid is a different object: the original is gone.
func (a *Activities) write(ctx context.Context, ref resource.Ref, uid string, change func(object) (resource.Written, error)) (written resource.Written, err error) {
	a.settings.Clock.Learn(ctx)
	kind, err := a.kindOf(ref)
	if err != nil {
		return written, err
	}
	client := a.client.Resource(kubeapi.GVR(kind)).Namespace(ref.Namespace)
	err = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		u, failed := client.Get(ctx, ref.Name, metav1.GetOptions{})
		if failed == nil && string(u.GetUID()) == uid {
			written, failed = change(object{kind: kind, u: u, client: client})
		} else if failed == nil {
			written = resource.Written{Gone: true}
		}
		switch {
		case apierrors.IsNotFound(failed):
			written, failed = resource.Written{Gone: true}, nil
		case isTooLarge(failed):
			failed = a.tooLarge(u, failed)
		}
		return failed
	})
	if err != nil {
		return written, fmt.Errorf("writing %s: %w", ref, err)
	}
	return written, nil
}

// patch sends a JSON merge patch that applies only to this uid and version.
func (o object) patch(ctx context.Context, patch map[string]any, subresources ...string) error {
	metadata, ok := patch["metadata"].(map[string]any)
	if !ok {
		metadata = map[string]any{}
		patch["metadata"] = metadata
	}
	metadata["uid"] = o.u.GetUID()
	metadata["resourceVersion"] = o.u.GetResourceVersion()
	raw, err := json.Marshal(patch)
	if err != nil {
		return fmt.Errorf("encoding a patch: %w", err)
	}
	u, err := o.client.Patch(ctx, o.u.GetName(), types.MergePatchType, raw, metav1.PatchOptions{FieldManager: level.FieldManager}, subresources...)
	if err == nil {
		o.u.Object = u.Object
	}
	return err
}

func (o object) claimPatch(claim resource.Claim, finalizer bool) map[string]any {
	raw, _ := json.Marshal(claim) // plain data cannot fail
	metadata := map[string]any{"annotations": map[string]any{level.AnnotationClaim: string(raw)}}
	if name := o.kind.Finalizer(); finalizer && !slices.Contains(o.u.GetFinalizers(), name) {
		metadata["finalizers"] = append(slices.Clone(o.u.GetFinalizers()), name)
	}
	return map[string]any{"metadata": metadata}
}

func idPatch(kind apis.Kind, claim resource.Claim) map[string]any {
	metadata := map[string]any{
		"ownerAccountID": claim.Target.AccountID, "region": claim.Target.Region, "partition": claim.Target.Partition,
	}
	if claim.ARN != "" {
		metadata["arn"] = claim.ARN
	}
	status := map[string]any{resource.StatusMetadata: metadata}
	_ = unstructured.SetNestedField(status, claim.ID, level.FieldPath(kind.IDField)...) // maps only
	return map[string]any{"status": status}
}

// withoutID returns a patch that removes the id from the status.
func withoutID(kind apis.Kind) map[string]any {
	status := map[string]any{}
	_ = unstructured.SetNestedField(status, nil, level.FieldPath(kind.IDField)...) // maps only
	return map[string]any{"status": status}
}

// identified returns the status with the id and the place of the claim. People and references read
// the status, and anybody with the permission may edit it.
func identified(status map[string]any, kind apis.Kind, claim *resource.Claim) map[string]any {
	if !claim.Recorded() {
		return status
	}
	for field, value := range idPatch(kind, *claim)["status"].(map[string]any) {
		if field == resource.StatusMetadata {
			value = merged(status[field], value)
		}
		status[field] = value
	}
	return status
}
