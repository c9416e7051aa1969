package kind

import (
	"context"

	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/resource"
)

// successor is another resource of the object than the recorded one, which is gone,
// was never there, or is not ours. A claim may have been edited, an object out of
// a backup may tell of a resource that was replaced since, and of one that is being
// deleted a request that came late may have made another. Only the owner's tags
// tell of it: to make one more would be to make it twice. For an object in doubt, one
// empty answer does not count yet: it waits.
func (d Definition[C, W, G]) successor(ctx context.Context, e *Engine, in resource.ObserveInput, want W) (*G, *resource.Wait, error) {
	o := in.Object
	switch {
	case !o.Claim.Recorded():
		return nil, e.unsettled(ctx, in), nil // read looked by ownership
	case in.Deleted() && o.Claim.Lost.IsZero():
		return nil, nil, nil // it is we who took it away
	}
	in.Object.Claim = nil
	got, err := d.read(ctx, e, in, want)
	if err != nil {
		return nil, nil, err
	}
	if got == nil || !ownership.Follows(o, d.Facts(got).found()) {
		in.Object = o
		return nil, e.unsettled(ctx, in), nil
	}
	return got, nil, nil
}

// vouch looks whether AWS's tags say that a resource is the object's, although no
// claim says so: the one of the doubtful id, or any that carries the owner's tag.
// Then it is claimed again, and the next pass goes by the claim. Nothing is made.
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
	if plan.ID == "" && !ownership.OfAnother(found[0]) {
		if wait := e.unsettled(ctx, in); wait != nil {
			return resource.Plan{Wait: wait}, nil
		}
	}
	return plan, nil
}
