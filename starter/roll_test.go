package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// A list that is late shows a run only after some empty ones, and Temporal's own
// count is later still: the old version's workers may go after both.
func TestQuietWaitsForLateLists(t *testing.T) {
	lists := []int{0, 0, 3, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	drains := []int{1, 1, 0}
	listed, counted := 0, 0
	q := quiet{
		pause: time.Millisecond, inARow: 4,
		left: func() (int, error) {
			n := 0
			if listed < len(lists) {
				n = lists[listed]
			}
			listed++
			return n, nil
		},
		draining: func() ([]string, error) {
			counted++
			if drains[counted-1] == 0 {
				return nil, nil
			}
			return []string{"old"}, nil
		},
	}
	if err := q.await(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Four in a row end at the eleventh; then one list before each count.
	if listed != 13 || counted != 3 {
		t.Errorf("returned after %d lists and %d counts, want 13 and 3", listed, counted)
	}
}

// A version that is never counted as drained is named, and a list that fails ends
// the wait.
func TestQuietSaysWhatIsLeft(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	none := func() (int, error) { return 0, nil }
	err := quiet{pause: time.Millisecond, inARow: 2, left: none, draining: func() ([]string, error) { return []string{"old-1"}, nil }}.await(ctx)
	if err == nil || !strings.Contains(err.Error(), "old-1") {
		t.Errorf("got %v, want it to name old-1", err)
	}
	down := errors.New("down")
	err = quiet{pause: time.Millisecond, inARow: 2, left: func() (int, error) { return 0, down }}.await(t.Context())
	if !errors.Is(err, down) {
		t.Errorf("got %v, want %v", err, down)
	}
}
