// Package ensuing observes AWS right after a call, within the activity of the call. The run then needs no
// second activity for it.
package ensuing

import (
	"context"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/resource"
)

// limit bounds the observation. The call before it ends after 10 s by itself, and the attempt of the
// activity after 15 s.
const limit = 3 * time.Second

// Look observes AWS right after it carried out done, the last call of a plan. It returns nil if the run did
// not ask, if AWS did not answer in time, or if something holds the resource. The run then observes as usual,
// and handles what AWS refuses. If done deleted the resource at once, AWS's answer is the observation.
func Look(ctx context.Context, asked *resource.ObserveInput, done resource.Done, atOnce bool, look func(context.Context, resource.ObserveInput) (resource.Plan, error)) *resource.Plan {
	if asked == nil {
		return nil
	}
	if atOnce && asked.Object.Deleting && only(asked.Object) {
		return &resource.Plan{Run: activity.GetInfo(ctx).WorkflowExecution.RunID}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	in := *asked
	in.Done = append(slices.Clone(in.Done), done)
	plan, err := look(ctx, in)
	if err != nil || plan.Held {
		return nil
	}
	return &plan
}

// only reports whether the recorded resource is the only one that an object can have. After a lost request,
// or an edit of claim or status, there may be another one.
func only(o resource.Object) bool {
	return o.Claim.Recorded() && o.Claim.Lost.IsZero() && !o.Claim.Replaces() && !o.InDoubt()
}
