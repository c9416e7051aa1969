package fairness

import (
	"context"
	"slices"
	"testing"
	"time"
)

// An account has its share of calls, and no more. Another account's calls do not wait for it.
func TestTurns(t *testing.T) {
	turns := &Turns{PerAccount: 2}
	a, b := Bucket{Account: "a", Call: "x"}, Bucket{Account: "b", Call: "x"}
	take := func(in Bucket, attempt int) (func(), time.Duration) { return turns.Take(t.Context(), in, attempt) }
	first, _ := take(a, 1)
	second, _ := take(a, 1)
	if third, wait := take(a, 1); third != nil || wait <= 0 || wait > 2*time.Second {
		t.Errorf("a third call got one of two slots, or waits %s", wait)
	}
	if _, wait := take(a, 40); wait < 5*time.Second || wait > 15*time.Second {
		t.Errorf("the fortieth attempt waits %s", wait)
	}
	if other, _ := take(b, 1); other == nil {
		t.Error("another account's call waits")
	}
	first()
	if third, _ := take(a, 1); third == nil {
		t.Error("no call can take a slot that was given back")
	}
	second()
}

// With rate budgets, which remember throttles by themselves, no bucket pauses.
func TestBudgetedTurns(t *testing.T) {
	turns, a := &Turns{Budgeted: true}, Bucket{"a", "r", "x"}
	turns.Throttled(a, nil)
	turns.Throttled(a, nil)
	if leave, wait := turns.Take(t.Context(), a, 1); leave == nil {
		t.Errorf("a call waits %s", wait)
	}
}

// A bucket that AWS throttles pauses, longer each time, and only that bucket. A call that would
// wait for long gives back its slot.
func TestThrottledBuckets(t *testing.T) {
	turns := &Turns{}
	a, other := Bucket{"a", "r", "x"}, Bucket{"a", "r", "y"}
	var rests []time.Duration
	for range 6 {
		turns.Throttled(a, nil)
		turns.Throttled(a, nil) // a call that was in flight at the same time
		rests = append(rests, turns.paused[a].rest)
		turns.paused[a].until = time.Now().Add(-time.Nanosecond)
	}
	want := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 16 * time.Second, 16 * time.Second}
	if !slices.Equal(rests, want) {
		t.Errorf("the bucket pauses for %v, want %v", rests, want)
	}
	turns.Throttled(a, nil)
	if leave, wait := turns.Take(t.Context(), a, 1); leave != nil || wait < 10*time.Second {
		t.Errorf("a call in a paused bucket waits %s", wait)
	}
	if leave, _ := turns.Take(t.Context(), other, 1); leave == nil {
		t.Error("another bucket pauses, too")
	}
	turns.Answered(a)
	if leave, _ := turns.Take(t.Context(), a, 1); leave == nil {
		t.Error("the bucket pauses after an answer")
	}
	turns.Throttled(other, nil)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if leave, _ := turns.Take(ended, other, 1); leave != nil {
		t.Error("a call whose attempt is over goes on")
	}
}
