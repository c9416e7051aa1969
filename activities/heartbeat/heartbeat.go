// Package heartbeat reports that an attempt of an activity is alive.
package heartbeat

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
)

// interval is how often an attempt reports. Temporal ends an attempt that is silent for the
// activity's heartbeat timeout, which package workflows sets to 3 s.
const interval = time.Second

// Start sends a heartbeat for the activity of ctx every second until stop is called. Temporal then
// notices within seconds that a worker died.
func Start(ctx context.Context) (stop func()) {
	done := make(chan struct{})
	go func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			// The first heartbeat waits: Temporal counts from the start of the attempt. A call that
			// ends in time would otherwise cost it a write for nothing.
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
