// Package heartbeat reports that an attempt of an activity is alive.
package heartbeat

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
)

// interval is how often an attempt reports. Temporal ends an attempt that is silent for
// the activity's heartbeat time-out, which package workflows sets to 3 s.
const interval = time.Second

// Start reports the activity of ctx every second until stop is called, so that Temporal
// notices a worker that died within seconds.
func Start(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			// Not at once: Temporal counts from the start of the attempt, and a call
			// that ends in time would cost it a write for nothing.
			select {
			case <-done:
				return
			case <-tick.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return func() { close(done) }
}
