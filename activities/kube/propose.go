package kube

import (
	"context"

	"github.com/tack-dev/tack/activities/proposal"
	"github.com/tack-dev/tack/resource"
)

// Propose reads, live, everything that will decide about an object after a change that a person plans.
// It writes nothing.
func (a *Activities) Propose(ctx context.Context, in resource.ProposeInput) (resource.Proposal, error) {
	kind, err := a.kindOf(in.Ref)
	if err != nil {
		return resource.Proposal{}, err
	}
	a.settings.Clock.Learn(ctx)
	p, err := proposal.Read(ctx, a.live, a.settings, kind, in)
	p.Level.Run = runOf(ctx)
	if p.Level.Object.Deleting || p.Level.Relocating {
		p.Level.Dependants = named(a.referrers(in.Ref))
	}
	return p, err
}
