package main

import (
	"sync"
	"time"
)

// alarms add items to the queue at a set time. Each item has one alarm: a new time replaces the old
// one, whether it is sooner or later. The delaying queue would keep the sooner of two times, so a
// later one would never take effect.
type alarms struct {
	ring func(item)

	mu  sync.Mutex
	set map[item]*time.Timer
}

func newAlarms(ring func(item)) *alarms {
	return &alarms{ring: ring, set: map[item]*time.Timer{}}
}

// after sets an alarm for an item after d, and not before.
func (a *alarms) after(it item, d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if old := a.set[it]; old != nil {
		old.Stop() // an alarm that fires at this moment finds itself replaced
	}
	var timer *time.Timer
	timer = time.AfterFunc(max(d, 0), func() {
		a.mu.Lock()
		current := a.set[it] == timer
		if current {
			delete(a.set, it)
		}
		a.mu.Unlock()
		if current {
			a.ring(it)
		}
	})
	a.set[it] = timer
}

// within sets an alarm for an item after d, unless an earlier one is set already. Repeated requests
// do not delay it.
func (a *alarms) within(it item, d time.Duration) {
	if !a.waits(it) {
		a.after(it, d)
	}
}

// waits reports whether an alarm is set for an item.
func (a *alarms) waits(it item) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.set[it] != nil
}

// clear removes an item's alarm.
func (a *alarms) clear(it item) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if old := a.set[it]; old != nil {
		old.Stop()
		delete(a.set, it)
	}
}
