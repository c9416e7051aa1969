package session

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// Retrying decides about retries of a call that AWS refused. Once means that it is never repeated before AWS is
// observed. Waited means that an earlier run already waited for minutes.
type Retrying struct{ Once, Waited bool }

// Refused converts the error of a call into an activity's error. Expired credentials are dropped.
func (s *Sessions) Refused(ctx context.Context, t resource.Target, err error, r Retrying) error {
	f := awserror.Of(err)
	attempt := activity.GetInfo(ctx).Attempt
	if awserror.Propagating(f) && attempt < awserror.PropagatingAttempts {
		return awserror.TryAgain(f, attempt) // AWS did nothing: even a create may be sent again
	}
	if f.Class == resource.Expired {
		s.Forget(ctx, t, err)
	}
	return awserror.Activity(f, r.Once, awserror.Pause(attempt, r.Waited))
}
