package level

import (
	"testing"
	"time"

	"github.com/tack-dev/tack/test/skew"
)

// A bridge with a wrong clock uses Temporal's time, once it has carried out an activity.
func TestClock(t *testing.T) {
	for _, by := range []time.Duration{-2 * time.Minute, 0, 2 * time.Minute} {
		clock := &Clock{}
		skew.Run(t, by, clock.Learn)
		if off := clock.Now().Sub(time.Now().Add(by)).Abs(); off > 10*time.Second {
			t.Errorf("Temporal's clock is %s later than ours: ours is off by %s", by, off)
		}
	}
	if (*Clock)(nil).Now().IsZero() {
		t.Error("without a clock it is this machine's")
	}
}
