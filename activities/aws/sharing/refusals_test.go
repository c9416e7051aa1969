package sharing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A refusal that concerns the caller reaches all, as AWS said it, after one call.
func TestRefusedTogether(t *testing.T) {
	for _, code := range []string{"UnauthorizedOperation", "RequestLimitExceeded", "RequestExpired", "InternalError"} {
		synctest.Test(t, func(t *testing.T) {
			c, s := &cloud{takes: time.Millisecond, refuse: func([]string) error { return refusal(code) }}, NewHub().Scope("a")
			for i, got := range c.each(t.Context(), s, 21, numbered) {
				if got != refusal(code).Error() {
					t.Errorf("%s: read %d got %q", code, i, got)
				}
			}
			if len(c.calls) != 2 {
				t.Errorf("%s: %d calls, want 2", code, len(c.calls))
			}
		})
	}
}

// A bad value fails only for its caller, with AWS's answer to it alone.
func TestOneBadValue(t *testing.T) {
	for _, code := range []string{"InvalidParameterValue", "InvalidGroupId.Malformed", "InvalidGroup.NotFound"} {
		synctest.Test(t, func(t *testing.T) {
			c, s := &cloud{takes: time.Millisecond}, NewHub().Scope("a")
			c.refuse = func(values []string) error {
				if slices.Contains(values, numbered(77)) {
					return refusal(code)
				}
				return nil
			}
			for i, got := range c.each(t.Context(), s, 201, numbered) {
				if want := numbered(i); i != 77 && got != want || i == 77 && got != refusal(code).Error() {
					t.Errorf("%s: %s got %q", code, want, got)
				}
			}
			if len(c.calls) > 18 {
				t.Errorf("%s: %d calls to halve 200 values", code, len(c.calls))
			}
		})
	}
}

// AWS accepts fewer values than expected.
func TestTooManyValues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := &cloud{takes: time.Millisecond}, NewHub().Scope("a")
		c.refuse = func(values []string) error {
			if len(values) > 50 {
				return refusal("FilterLimitExceeded")
			}
			return nil
		}
		for i, got := range c.each(t.Context(), s, 201, numbered) {
			if got != numbered(i) {
				t.Errorf("%s got %q", numbered(i), got)
			}
		}
		if diff := cmp.Diff([]int{1, 200, 100, 50, 50, 100, 50, 50}, c.sizes()); diff != "" {
			t.Errorf("values of the calls (-want +got):\n%s", diff)
		}
	})
}

// A caller who gives up ends no call of others, and AWS is not asked for a caller who gave up before.
func TestCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := &cloud{takes: 500 * time.Millisecond}, NewHub().Scope("a")
		ask := func(ctx context.Context, value string) <-chan error {
			result := make(chan error, 1)
			go func() {
				_, err := Ask(ctx, s, c.read(value))
				result <- err
			}()
			synctest.Wait()
			return result
		}
		leaves, leave := context.WithCancel(t.Context())
		first, waits := ask(leaves, "sg-1"), ask(leaves, "sg-2")
		second, gone := ask(t.Context(), "sg-3"), ask(leaves, "sg-4")
		leave()
		for _, left := range []<-chan error{first, waits, gone} {
			if err := <-left; !errors.Is(err, context.Canceled) {
				t.Errorf("who left got %v", err)
			}
		}
		if err := <-second; err != nil {
			t.Errorf("who stayed got %v", err)
		}
		if diff := cmp.Diff([][]string{{"sg-1"}, {"sg-3"}}, c.calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})
}

// The caller whose client makes the call leaves during the call. The others get its answer.
func TestFirstLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := &cloud{takes: 500 * time.Millisecond}, NewHub().Scope("a")
		var all sync.WaitGroup
		leaves, done := context.WithTimeout(t.Context(), 700*time.Millisecond)
		defer done()
		for i := range 3 { // the first is alone in its call, the second begins the call of two
			ctx := t.Context()
			if i == 1 {
				ctx = leaves
			}
			all.Go(func() {
				found, err := Ask(ctx, s, c.read(numbered(i)))
				if left := errors.Is(err, context.DeadlineExceeded); left != (i == 1) || !left && len(found) != 1 {
					t.Errorf("read %d: %v, %v", i, found, err)
				}
			})
			synctest.Wait()
		}
		all.Wait()
		if diff := cmp.Diff([]int{1, 2}, c.sizes()); diff != "" {
			t.Errorf("values of the calls (-want +got):\n%s", diff)
		}
	})
}

// A call that hangs ends at its limit, and delays others only for a moment.
func TestHung(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, began := &cloud{takes: time.Hour}, NewHub().Scope("a"), time.Now()
		hangs := make(chan error, 1)
		go func() {
			_, err := Ask(t.Context(), s, c.read("sg-1"))
			hangs <- err
		}()
		synctest.Wait()
		second := make(chan error, 1)
		go func() {
			_, err := Ask(t.Context(), s, c.read("sg-2"))
			second <- err
		}()
		if err := <-hangs; !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != limit {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		if err := <-second; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the second call: %v", err)
		}
		if len(c.began) != 2 || c.began[1].Sub(began) != hung {
			t.Errorf("the calls began at %v", c.began)
		}
	})
}

// Two callers who ask for one value may both change what they get.
func TestSameValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := &cloud{takes: time.Millisecond}, NewHub().Scope("a")
		var all sync.WaitGroup
		for i := range 9 {
			all.Go(func() {
				found, err := Ask(t.Context(), s, c.read("sg-1"))
				if err != nil || len(found) != 1 || *found[0].Tags["name"] != "sg-1" {
					t.Errorf("got %v, %v", found, err)
					return
				}
				*found[0].Tags["name"] = fmt.Sprint(i)
				delete(found[0].Tags, "name")
				found[0].ID = ""
			})
		}
		all.Wait()
		for _, values := range c.calls {
			if len(values) != 1 {
				t.Errorf("AWS was asked for %v", values)
			}
		}
	})
}

// Reads of different people, lists or conditions share nothing.
func TestApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, hub := &cloud{takes: time.Second}, NewHub()
		other := c.read("sg-2")
		other.Key = "other things"
		names := Read[string]{Key: "things", Value: "sg-4", Room: 1, Call: func(ctx context.Context, values []string) ([]string, error) {
			_, err := c.call(ctx, values)
			return values, err
		}}
		began := time.Now()
		var all sync.WaitGroup
		all.Go(func() { _, _ = Ask(t.Context(), hub.Scope("a"), c.read("sg-1")) })
		all.Go(func() { _, _ = Ask(t.Context(), hub.Scope("a"), other) })
		all.Go(func() { _, _ = Ask(t.Context(), hub.Scope("b"), c.read("sg-3")) })
		all.Go(func() { _, _ = Ask(t.Context(), hub.Scope("a"), names) })
		all.Wait()
		if took := time.Since(began); len(c.calls) != 4 || took != c.takes {
			t.Errorf("the calls are %v, in %s", c.calls, took)
		}
	})
}

// A panic during a call reaches its callers, where Temporal recovers from it.
func TestPanics(t *testing.T) {
	c, s := &cloud{refuse: func([]string) error { panic("a bug") }}, NewHub().Scope("a")
	defer func() {
		if bug := recover(); bug != "a bug" {
			t.Errorf("recovered %v", bug)
		}
	}()
	_, err := Ask(t.Context(), s, c.read("sg-1"))
	t.Errorf("no panic: %v", err)
}

// A hub keeps nothing of sessions that are over.
func TestForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, hub := &cloud{}, NewHub()
		for i := range 100 {
			if _, err := Ask(t.Context(), hub.Scope(i), c.read("sg-1")); err != nil {
				t.Fatal(err)
			}
			time.Sleep(lately)
		}
		if n := len(hub.lines); n > 2 {
			t.Errorf("the hub keeps %d lines", n)
		}
	})
}
