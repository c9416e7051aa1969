package patience

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// Streak counts the attempts in a row that AWS refused with one code. The heartbeat details carry
// it from one attempt to the next, on any worker.
type Streak struct {
	Code  string    `json:"code"`
	Count int32     `json:"count"`
	Since time.Time `json:"since"` // by the server's clock
}

// UntilNews ends a wait after AWS refused its reads with one code for seconds, if the object
// reports something else. The time that the wait has lasted does not count: AWS answered then.
func UntilNews(do func(context.Context, resource.ObserveInput) (resource.Plan, error)) func(context.Context, resource.ObserveInput) (resource.Plan, error) {
	return func(ctx context.Context, in resource.ObserveInput) (resource.Plan, error) {
		out, err := do(ctx, in)
		if err == nil || !in.EndToReport {
			return out, err
		}
		var streak Streak
		if activity.HasHeartbeatDetails(ctx) && activity.GetHeartbeatDetails(ctx, &streak) != nil {
			streak = Streak{}
		}
		f, _ := awserror.Lasting(err, awserror.Retried{})
		if f.Code == "" || f.Code == in.Reported {
			if streak.Code != "" {
				activity.RecordHeartbeat(ctx, Streak{})
			}
			return out, err // a wait, or what the object already reports
		}
		started := activity.GetInfo(ctx).StartedTime
		if streak.Code != f.Code {
			streak = Streak{Code: f.Code, Since: started}
		}
		streak.Count++
		retried := awserror.Retried{Attempt: streak.Count, Lasted: started.Sub(streak.Since), Deleting: in.Object.Deleting}
		if f, report := awserror.Lasting(err, retried); report && EndsLook(in, &f) {
			return out, awserror.ToReport(f)
		}
		activity.RecordHeartbeat(ctx, streak)
		return out, err
	}
}
