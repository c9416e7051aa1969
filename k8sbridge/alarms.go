package main

import (
	"sync"
	"time"
)

// alarms put items into the queue at a time. Each item has one alarm: a new time
// replaces the old one, be it sooner or later. The delaying queue keeps the sooner
// of two times, so that a later one would never come.
type alarms struct {
	ring func(item)

	mu  sync.Mutex
	set map[item]*time.Timer
}

func newAlarms(ring func(item)) *alarms {
	return &alarms{ring: ring, set: map[item]*time.Timer{}}
}

// after rings for an item after d, and not before.
func (a *alarms) after(it item, d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if old := a.set[it]; old != nil {
		old.Stop() // one that rings just now finds itself replaced
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

// within rings for an item after d, or sooner if its alarm is set already. Whoever asks
// again and again does not put it off.
func (a *alarms) within(it item, d time.Duration) {
	a.mu.Lock()
	set := a.set[it] != nil
	a.mu.Unlock()
	if !set {
		a.after(it, d)
	}
}

// clear takes an item's alarm away.
func (a *alarms) clear(it item) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if old := a.set[it]; old != nil {
		old.Stop()
		delete(a.set, it)
	}
}
