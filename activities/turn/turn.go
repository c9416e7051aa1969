// Package turn gives each account its share of the calls in flight.
package turn

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/aws/fairness"
	"github.com/tack-dev/tack/activities/heartbeat"
	"github.com/tack-dev/tack/resource"
)

// Aimed is the input of an activity that calls AWS.
type Aimed interface{ Place() resource.Target }

// Taking returns an activity that calls AWS in its account's turn, with heartbeats. Without a turn, its slot
// goes to another account's activity at once.
func Taking[In Aimed, Out any](turns *fairness.Turns, do func(context.Context, In) (Out, error)) func(context.Context, In) (Out, error) {
	return func(ctx context.Context, in In) (out Out, err error) {
		defer heartbeat.Start(ctx)()
		info, place := activity.GetInfo(ctx), in.Place()
		bucket := fairness.Bucket{Account: place.AccountID, Region: place.Region, Call: info.ActivityType.Name}
		leave, wait := turns.Take(ctx, bucket, int(info.Attempt))
		if leave == nil {
			return out, awserror.Busy(place.AccountID, turns.Why(bucket), wait)
		}
		defer leave()
		switch out, err = do(ctx, in); {
		case awserror.RateLimited(err):
			turns.Throttled(bucket, err)
		case err == nil:
			turns.Answered(bucket)
		}
		return out, err
	}
}
