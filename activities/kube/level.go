package kube

import (
	"context"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Level reads, live, everything that decides about an object.
func (a *Activities) Level(ctx context.Context, in resource.LevelInput) (resource.Level, error) {
	kind, err := a.kindOf(in.Ref)
	if err != nil {
		return resource.Level{}, err
	}
	return a.levelBy(ctx, a.live, kind, in)
}

func (a *Activities) levelBy(ctx context.Context, r kubeapi.Reader, kind apis.Kind, in resource.LevelInput) (resource.Level, error) {
	a.settings.Clock.Learn(ctx)
	l, err := level.Read(ctx, r, a.settings, kind, in.Ref)
	l.Run = runOf(ctx)
	if err != nil {
		return l, err
	}
	if l.Object.Deleting || l.Relocating {
		l.Dependants = named(a.referrers(in.Ref))
	} else if l.Object.Claim.Replaces() {
		var refs []resource.Ref
		if refs, err = a.unmoved(ctx, r, in.Ref); err != nil {
			return l, err
		}
		l.Replacing, l.Unmoved = true, named(refs)
	}
	l.Accepter, err = level.Accepter(ctx, r, a.settings, kind, l, in.Accepter)
	return l, err
}

// Await is a Level that fails, as expected, while the level is unchanged and still has the same
// wait. The failure has the reason of the wait as its type.
func (a *Activities) Await(ctx context.Context, in resource.LevelInput) (resource.Level, error) {
	a.waiting.begin(ctx, in)
	l, err := a.Level(ctx, in)
	if err != nil {
		return l, err
	}
	wait := level.Awaited(l, in)
	if wait == nil {
		a.Forget(in.Ref)
		return l, nil
	}
	options := temporal.ApplicationErrorOptions{Category: temporal.ApplicationErrorCategoryBenign}
	if level.Unreadable(wait) {
		options.NextRetryDelay = askAgain
	}
	return l, temporal.NewApplicationErrorWithOptions(wait.Message, wait.Reason, options)
}

// askAgain is the retry interval of a refused read. No event reports that a permission was granted,
// so no poke arrives.
const askAgain = 30 * time.Second
