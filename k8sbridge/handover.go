package main

import (
	"context"
	"sync"
	"time"

	"github.com/tack-dev/tack/resource"
)

// quiet is how long an object was not woken before a level is handed to its run. After that time, a
// settled object has no open run, or one that says what it waits for.
const quiet = 10 * time.Second

// wakings orders the wakes of each object. A level is read and sent in one wake. Otherwise, an older level
// could reach Temporal after the signal of a newer change, and start a run after the one that made it.
type wakings struct {
	mu     sync.Mutex
	open   map[resource.Ref]chan struct{} // closed when the wake is over
	woken  map[resource.Ref]time.Time
	pruned time.Time
}

// begin waits for an earlier wake of the object. It returns what ends this one, and whether the object was
// quiet before it.
func (w *wakings) begin(ctx context.Context, ref resource.Ref) (end func(), wasQuiet bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.open[ref] != nil {
		earlier := w.open[ref]
		w.mu.Unlock()
		select {
		case <-earlier:
		case <-ctx.Done():
		}
		w.mu.Lock()
		if ctx.Err() != nil {
			return nil, false, ctx.Err()
		}
	}
	if w.open == nil {
		w.open, w.woken = map[resource.Ref]chan struct{}{}, map[resource.Ref]time.Time{}
	}
	now, over := time.Now(), make(chan struct{})
	w.prune(now)
	_, lately := w.woken[ref]
	w.open[ref], w.woken[ref] = over, now
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.open, ref)
		close(over)
	}, !lately, nil
}

// prune forgets, once a second, which objects were woken too long ago to matter.
func (w *wakings) prune(now time.Time) {
	if now.Sub(w.pruned) < time.Second {
		return
	}
	w.pruned = now
	for ref, at := range w.woken {
		if now.Sub(at) >= quiet {
			delete(w.woken, ref)
		}
	}
}

// handOver returns the level for the run of an object, if the wake starts a run. A run that is open ignores
// it, and reads its own level. An object that waits has such a run.
func (b *bridge) handOver(ctx context.Context, it item, ref resource.Ref, known resource.Known) *resource.Handed {
	if b.host == nil || it.crowd != nil || known.State == resource.Waiting {
		return nil
	}
	handed, err := b.host.HandOver(ctx, ref)
	if err != nil {
		return nil // the run reads the level, and reports why it cannot
	}
	return handed
}
