package fairness

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Turns prevents one account's calls from taking what others need. It limits the calls that an
// account has in flight, and pauses them where AWS throttles the account. A call that would wait
// longer than a moment gives back its slot in the worker, and waits in Temporal.
type Turns struct {
	PerAccount int // 0: as many as the worker has
	// Budgeted means that the rate budgets of the worker remember throttles. They do so per API of
	// AWS, and a pause of one activity in addition would leave calls unused.
	Budgeted bool

	mu      sync.Mutex
	running map[string]int      // by account
	paused  map[Bucket]*holdOff // the throttled buckets
}

// Bucket is the unit that AWS throttles: calls of one type to one account in one Region.
type Bucket struct{ Account, Region, Call string }

// holdOff is the pause of a throttled bucket.
type holdOff struct {
	rest  time.Duration // doubles while AWS continues to refuse
	until time.Time
	why   error // AWS's last refusal
}

const (
	moment    = time.Second // how long a call may wait without giving back its slot
	firstRest = time.Second
	lastRest  = 16 * time.Second
)

// Take takes a slot, which leave gives back. If leave is nil, no slot is free: the call should come
// again after the wait.
func (t *Turns) Take(ctx context.Context, b Bucket, attempt int) (leave func(), wait time.Duration) {
	rest := t.rest(b)
	if rest > moment {
		return nil, rest + rand.N(rest) //nolint:gosec // spreads the load
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
		// The longer an attempt waits, the fewer of the waiting calls ask.
		spread := time.Duration(min(attempt, 10)) * moment
		return nil, spread/2 + rand.N(spread) //nolint:gosec // spreads the load
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

// Throttled records that AWS throttled a call: its bucket pauses, and longer each time it happens.
func (t *Turns) Throttled(b Bucket, why error) {
	if t.Budgeted {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	off := t.paused[b]
	if off == nil {
		off = &holdOff{rest: firstRest}
		if t.paused == nil {
			t.paused = map[Bucket]*holdOff{}
		}
		t.paused[b] = off
	} else if time.Now().After(off.until) { // not a call that was in flight with the last one
		off.rest = min(2*off.rest, lastRest)
	}
	off.until, off.why = time.Now().Add(off.rest), why
}

// Why returns AWS's refusal that made a bucket pause, or nil.
func (t *Turns) Why(b Bucket) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if off := t.paused[b]; off != nil && time.Now().Before(off.until) {
		return off.why
	}
	return nil
}

// Answered records that AWS carried out a call.
func (t *Turns) Answered(b Bucket) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.paused, b)
}
