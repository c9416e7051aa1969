package kind

import (
	"context"

	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/resource"
)

// successor finds another resource of the object than the recorded one, which is gone, never
// existed, or is not ours. A claim may have been edited. An object from a backup may name a
// resource that was replaced since. For an object in deletion, a delayed request may have created
// another one. Only the owner's tags, or the status, reveal such a resource; without this search,
// Tack would create a second one. For an object in doubt, one empty answer does not count yet. A
// plan, if any, says why nothing is made or released.
func (d Definition[C, W, G]) successor(ctx context.Context, e *Engine, in resource.ObserveInput, want W) (*G, *resource.Plan, error) {
	o := in.Object
	if o.Claim.Recorded() { // otherwise, read searched by ownership
		if in.Deleted() && o.Claim.Lost.IsZero() {
			return nil, nil, nil // Tack itself deleted it
		}
		in.Object.Claim = nil
		got, err := d.read(ctx, e, in, want)
		if err != nil || got != nil && ownership.Follows(o, d.Facts(got).found()) {
			return got, nil, err
		}
		in.Object.Claim = o.Claim
	}
	if o.OnlyShown() {
		in.Object.Claim = &resource.Claim{ID: o.Shown}
		got, err := d.read(ctx, e, in, want)
		if err != nil || got != nil && ownership.Shown(o, d.Facts(got).found()) {
			return got, nil, err
		}
		if got != nil && ownership.MayBeShown(o, d.Facts(got).found()) {
			return nil, &resource.Plan{Problem: ownership.Untagged(o, d.Facts(got).found())}, nil
		}
		in.Object.Claim = o.Claim
	}
	if wait := e.doubtWait(ctx, in); wait != nil {
		return nil, &resource.Plan{Wait: wait}, nil
	}
	return nil, nil, nil
}

// vouch checks whether AWS's tags name a resource as the object's, although no claim does. It reads
// the one with the doubtful id, and any with the owner's tag. A proven resource is claimed again,
// and the next pass follows the claim. vouch creates nothing.
func (d Definition[C, W, G]) vouch(ctx context.Context, e *Engine, in resource.ObserveInput, want W) (resource.Plan, error) {
	var found [2]*ownership.Found
	for i, claim := range []*resource.Claim{{ID: in.Object.Doubt.ID}, nil} {
		in.Object.Claim = claim
		got, err := d.read(ctx, e, in, want)
		if err != nil {
			return resource.Plan{}, err
		}
		if got != nil {
			f := d.Facts(got).found()
			found[i] = &f
		}
	}
	plan := ownership.Vouched(in.Object, found[0], found[1])
	if plan.ID == "" && (plan.Problem == nil || !ownership.OfAnother(found[0])) {
		if wait := e.doubtWait(ctx, in); wait != nil {
			return resource.Plan{Wait: wait}, nil
		}
	}
	return plan, nil
}
