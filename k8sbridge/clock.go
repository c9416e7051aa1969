package main

import (
	"context"
	"time"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
)

const (
	clockPause = time.Second
	clockStep  = time.Second / 2
)

// ahead returns how far Temporal's clock, as the bridge knows it, is ahead of this machine's.
func (b *bridge) ahead() time.Duration { return time.Until(b.settings.Clock.Now()) }

// followClock sets the reminders again after the bridge has learned another difference of the
// clocks. It learns the difference from its first activity, after it has set reminders. By a clock
// that is ahead, a reminder rings early. Its run finds nothing to do and writes nothing, so no
// event would set the reminder again. By a clock that is behind, it rings with a delay.
func (b *bridge) followClock(ctx context.Context, last time.Duration) {
	for pause(ctx, clockPause) {
		if ahead := b.ahead(); (ahead - last).Abs() > clockStep {
			last = ahead
			b.remindAgain()
		}
	}
}

// remindAgain sets each reminder that waits, and each whose time is still ahead. The others rang in
// time.
func (b *bridge) remindAgain() {
	now := b.settings.Clock.Now()
	for name, informer := range b.objects {
		kind, _ := apis.ByName(name)
		for _, obj := range informer.GetIndexer().List() {
			u := unwrap(obj)
			if u == nil {
				continue
			}
			ref := b.refOf(kind, u)
			if at, tries := level.NextTry(u); tries && (at.After(now) || b.alarms.waits(reminder(ref))) {
				b.remindAt(ref, u)
			}
		}
	}
}
