package kind

import (
	"context"
	"slices"
	"time"

	"github.com/tack-dev/tack/resource"
)

// lookAfterLimit bounds the observation after a call. The call ends after 10 s by itself, and the attempt of
// its activity after 15 s.
const lookAfterLimit = 3 * time.Second

// lookAfter observes AWS right after it carried out the last call of a plan. This saves the run an activity.
// nil: the run did not ask, AWS did not answer in time, or something holds the resource. The run then
// observes as usual, and handles what AWS refuses.
func (d Definition[C, W, G]) lookAfter(ctx context.Context, e *Engine, asked *resource.ObserveInput, done resource.Done) *resource.Plan {
	if asked == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookAfterLimit)
	defer cancel()
	in := *asked
	in.Done = append(slices.Clone(in.Done), done)
	plan, err := d.look(ctx, e, in)
	if err != nil || plan.Held {
		return nil
	}
	return &plan
}
