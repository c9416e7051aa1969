package session

import (
	"context"
	"errors"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// Retrying decides about retries of a call that AWS refused. Once means that it is never repeated before AWS is
// observed. Waited means that an earlier run already waited for minutes.
type Retrying struct{ Once, Waited bool }

// Refused converts the error of a call into an activity's error. Expired credentials are dropped. A
// call that its rate budget denied was not sent, and comes again when the budget says.
func (s *Sessions) Refused(ctx context.Context, t resource.Target, err error, r Retrying) error {
	if _, denied := errors.AsType[awserror.Denial](err); denied {
		return awserror.BeforeSend(err)
	}
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
