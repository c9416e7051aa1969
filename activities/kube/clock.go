package kube

import (
	"context"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/activity"
)

// Clock is Temporal's clock as this process knows it. Workflows date claims and
// next tries by it; this machine's clock may differ by minutes. Each activity
// says by its start how far. The zero value and nil are this machine's clock.
type Clock struct {
	ahead atomic.Int64 // of this machine's clock, in nanoseconds
}

// Now is the time by Temporal's clock.
func (c *Clock) Now() time.Time {
	if c == nil {
		return time.Now()
	}
	return time.Now().Add(time.Duration(c.ahead.Load()))
}

// learn sets the clock by an activity that has just begun.
func (c *Clock) learn(ctx context.Context) {
	if c != nil && activity.IsActivity(ctx) {
		c.ahead.Store(int64(time.Until(activity.GetInfo(ctx).StartedTime)))
	}
}
