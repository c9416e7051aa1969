package fairness

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Turns keep one account's calls from taking what others need. An account has so
// many calls under way at most; and where AWS throttles it, its calls pause. Who
// would wait longer than a moment gives his slot in the worker back, and waits in
// Temporal.
type Turns struct {
	PerAccount int // 0: as many as the worker has

	mu      sync.Mutex
	running map[string]int      // by account
	paused  map[Bucket]*holdOff // by what AWS throttles together
}

// Bucket is what AWS throttles together: calls of one kind to one account in one
// Region.
type Bucket struct{ Account, Region, Call string }

// holdOff is how a throttled bucket rests.
type holdOff struct {
	rest  time.Duration // doubles while AWS goes on refusing
	until time.Time
	why   error // AWS's last refusal
}

const (
	moment    = time.Second // what a call may wait without giving its slot back
	firstRest = time.Second
	lastRest  = 16 * time.Second
)

// Take takes a slot, which leave gives back. If leave is nil, there is none to
// be had: the call is to come again after the wait.
func (t *Turns) Take(ctx context.Context, b Bucket, attempt int) (leave func(), wait time.Duration) {
	rest := t.rest(b)
	if rest > moment {
		return nil, rest + rand.N(rest) //nolint:gosec // it spreads load
	}
	if rest > 0 {
		timer := time.NewTimer(rest)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, rest
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.PerAccount > 0 && t.running[b.Account] >= t.PerAccount {
		// The longer it waits, the fewer of those who wait with it ask.
		crowd := time.Duration(min(attempt, 10)) * moment
		return nil, crowd/2 + rand.N(crowd) //nolint:gosec // it spreads load
	}
	if t.running == nil {
		t.running = map[string]int{}
	}
	t.running[b.Account]++
	return func() { t.leave(b.Account) }, 0
}

func (t *Turns) leave(account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running[account]--
	if t.running[account] <= 0 {
		delete(t.running, account)
	}
}

func (t *Turns) rest(b Bucket) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if off := t.paused[b]; off != nil {
		return time.Until(off.until)
	}
	return 0
}

// Throttled notes that AWS throttled a call: its bucket rests, the longer the
// oftener that happens.
func (t *Turns) Throttled(b Bucket, why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	off := t.paused[b]
	if off == nil {
		off = &holdOff{rest: firstRest}
		if t.paused == nil {
			t.paused = map[Bucket]*holdOff{}
		}
		t.paused[b] = off
	} else if time.Now().After(off.until) { // not one that was under way with the last
		off.rest = min(2*off.rest, lastRest)
	}
	off.until, off.why = time.Now().Add(off.rest), why
}

// Why is AWS's refusal for which a bucket rests, or nil.
func (t *Turns) Why(b Bucket) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if off := t.paused[b]; off != nil && time.Now().Before(off.until) {
		return off.why
	}
	return nil
}

// Answered notes that AWS carried a call out.
func (t *Turns) Answered(b Bucket) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.paused, b)
}
