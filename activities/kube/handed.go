package kube

import (
	"context"
	"fmt"

	"github.com/tack-dev/tack/resource"
)

// largestHanded bounds the spec and the status of a level that is handed over, in bytes. The run reads a
// larger one: the activity reports what Temporal does not accept.
const largestHanded = 64 << 10

// HandOver reads the level of an object live, for the start of its run. It returns nil for an object that is
// gone, and for a level that is too large for a start.
func (a *Activities) HandOver(ctx context.Context, ref resource.Ref) (*resource.Handed, error) {
	kind, err := a.kindOf(ref)
	if err != nil {
		return nil, err
	}
	read := a.settings.Clock.Now()
	l, err := a.levelBy(ctx, a.live, kind, resource.LevelInput{Ref: ref})
	if err != nil {
		return nil, fmt.Errorf("reading the level of %s: %w", ref, err)
	}
	if l.Gone || len(l.Object.Spec)+len(l.Object.Status) > largestHanded {
		return nil, nil
	}
	return &resource.Handed{Level: l, Read: read}, nil
}
