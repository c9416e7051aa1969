package kind

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/aws/fairness"
	"github.com/tack-dev/tack/activities/heartbeat"
	"github.com/tack-dev/tack/resource"
)

// aimed is the input of an activity that calls AWS.
type aimed interface{ Place() resource.Target }

// inTurn runs an activity that calls AWS in its account's turn, with heartbeats. Without a turn,
// its slot goes to another account's activity at once.
func inTurn[In aimed, Out any](e *Engine, do func(context.Context, *Engine, In) (Out, error)) func(context.Context, In) (Out, error) {
	return func(ctx context.Context, in In) (out Out, err error) {
		defer heartbeat.Start(ctx)()
		info, place := activity.GetInfo(ctx), in.Place()
		bucket := fairness.Bucket{Account: place.AccountID, Region: place.Region, Call: info.ActivityType.Name}
		leave, wait := e.Turns.Take(ctx, bucket, int(info.Attempt))
		if leave == nil {
			return out, awserror.Busy(place.AccountID, e.Turns.Why(bucket), wait)
		}
		defer leave()
		switch out, err = do(ctx, e, in); {
		case awserror.RateLimited(err):
			e.Turns.Throttled(bucket, err)
		case err == nil:
			e.Turns.Answered(bucket)
		}
		return out, err
	}
}
