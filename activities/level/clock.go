package level

import (
	"context"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"
)

// Clock is Temporal's clock as this process estimates it. Workflows date claims and next tries by
// Temporal's clock, and this machine's clock may differ by minutes. The start time of each activity
// shows the difference. The zero value and nil are this machine's clock.
type Clock struct {
	ahead atomic.Int64 // of this machine's clock, in nanoseconds
}

// Now returns the time by Temporal's clock.
func (c *Clock) Now() time.Time {
	if c == nil {
		return time.Now()
	}
	return time.Now().Add(time.Duration(c.ahead.Load()))
}

// Learn sets the clock from an activity that has just started.
func (c *Clock) Learn(ctx context.Context) {
	if c != nil && activity.IsActivity(ctx) {
		c.ahead.Store(int64(time.Until(activity.GetInfo(ctx).StartedTime)))
	}
}
