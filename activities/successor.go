package activities

import (
	"context"

	"github.com/tack-dev/tack/resource"
)

// successor is another making of a recorded resource that is gone. An object out
// of a backup may tell of one that was replaced since, and only its tags tell of
// the other: to make one more would be to make it twice. And of one that is being
// deleted, a request that came late may have made another, which must go as well.
func (d Definition[C, W, G]) successor(ctx context.Context, e *Engine, in resource.ObserveInput, want W) (*G, error) {
	claim := in.Object.Claim
	if !claim.Recorded() || deletedHere(in) && claim.Lost.IsZero() {
		return nil, nil // read looked by ownership, or it is we who took it away
	}
	in.Object.Claim = nil
	got, err := d.read(ctx, e, in, want)
	if err != nil || got == nil {
		return nil, err
	}
	if in.Object.Claim = claim; !follows(in.Object, d.Facts(got)) {
		return nil, nil
	}
	return got, nil
}

// follows says whether f is a later making than the one that the object records,
// or, in a deletion, any that a lost request may have made.
func follows(o resource.Object, f Facts) bool {
	wanted := tagged(f) > o.Claim.Incarnation || o.Deleting && !o.Claim.Lost.IsZero() && !f.Gone
	return wanted && f.ID != o.Claim.ID && resource.OwnershipOf(f.Tags).Owner == o.Owner.Tag()
}

// deletedHere says whether AWS took the deletion of the resource: in this pass, or
// in an earlier one that the run remembers.
func deletedHere(in resource.ObserveInput) bool {
	for _, done := range in.Done {
		if done.Verb == resource.VerbDelete {
			return true
		}
	}
	return false
}
