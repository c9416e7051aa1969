package sharing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// thing is what the stand-in for AWS lists.
type thing struct {
	ID   string
	At   int64 // the state of AWS when the call began
	Tags map[string]*string
}

// cloud stands in for AWS. It knows every value but those that begin with "unknown".
type cloud struct {
	takes  time.Duration
	refuse func(values []string) error
	state  atomic.Int64

	mu    sync.Mutex
	calls [][]string
	began []time.Time
}

func (c *cloud) call(ctx context.Context, values []string) (found []thing, err error) {
	at := c.state.Load()
	c.mu.Lock()
	c.calls, c.began = append(c.calls, slices.Clone(values)), append(c.began, time.Now())
	c.mu.Unlock()
	select {
	case <-time.After(c.takes):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c.refuse != nil {
		if err := c.refuse(values); err != nil {
			return nil, err
		}
	}
	for _, value := range values {
		if !strings.HasPrefix(value, "unknown") {
			found = append(found, thing{ID: value, At: at, Tags: map[string]*string{"name": &value}})
		}
	}
	return found, nil
}

func (c *cloud) read(value string) Read[thing] {
	return Read[thing]{Key: "things", Value: value, Room: Most, Call: c.call, Shows: func(t thing) string { return t.ID }}
}

// sizes returns the number of values in each call.
func (c *cloud) sizes() (sizes []int) {
	for _, values := range c.calls {
		sizes = append(sizes, len(values))
	}
	return sizes
}

// each asks for n values at the same moment, after one call has begun. Its result has the ids or the
// error for each value.
func (c *cloud) each(ctx context.Context, s Scope, n int, named func(int) string) []string {
	got := make([]string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			found, err := Ask(ctx, s, c.read(named(i)))
			for _, t := range found {
				got[i] += t.ID
			}
			if err != nil {
				got[i] = err.Error()
			}
		})
		if i == 0 {
			synctest.Wait() // the first call has begun
		}
	}
	all.Wait()
	return got
}

func numbered(i int) string { return fmt.Sprintf("sg-%03d", i) }

func refusal(code string) error { return &smithy.GenericAPIError{Code: code, Message: "no"} }

// A caller who is alone calls at once, however often it reads, and AWS gets its value alone.
func TestAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s, began := &cloud{}, NewHub().Scope("a"), time.Now()
		for range 50 {
			if found, err := Ask(t.Context(), s, c.read("sg-1")); err != nil || len(found) != 1 {
				t.Fatalf("got %v, %v", found, err)
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("50 reads waited %s", took)
		}
		if len(c.calls) != 50 {
			t.Errorf("%d calls for 50 reads one after the other: an answer was kept", len(c.calls))
		}
	})
}

// What AWS matches for one value is not looked at: a filter may match more than the same text.
func TestAloneIsNotDivided(t *testing.T) {
	c, s := &cloud{}, NewHub().Scope("a")
	r := c.read("sg-1")
	r.Shows = func(thing) string { return "something else" }
	if found, err := Ask(t.Context(), s, r); err != nil || len(found) != 1 {
		t.Errorf("got %v, %v", found, err)
	}
}

// Who asks during a call shares the next one. Each gets what it asked for, and an unknown value is absent for
// its caller alone.
func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := &cloud{takes: 50 * time.Millisecond}, NewHub().Scope("a")
		name := func(i int) string {
			if i == 7 {
				return "unknown"
			}
			return numbered(i)
		}
		for i, got := range c.each(t.Context(), s, 201, name) {
			if want := name(i); got != want && (i != 7 || got != "") {
				t.Errorf("%s: got %q", want, got)
			}
		}
		if diff := cmp.Diff([]int{1, 200}, c.sizes()); diff != "" {
			t.Errorf("values of the calls (-want +got):\n%s", diff)
		}
	})
}

// AWS accepts so many values, less those of other filters.
func TestRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := &cloud{takes: time.Millisecond}, NewHub().Scope("a")
		var all sync.WaitGroup
		for i := range 300 {
			r := c.read(numbered(i))
			r.Room = 120
			all.Go(func() {
				if found, err := Ask(t.Context(), s, r); err != nil || len(found) != 1 || found[0].ID != r.Value {
					t.Errorf("%s: %v, %v", r.Value, found, err)
				}
			})
		}
		all.Wait()
		if largest := slices.Max(c.sizes()); largest != 120 {
			t.Errorf("the calls have %v values, want at most 120", c.sizes())
		}
	})
}

// A read sees what was written before it asked, in whatever call it shares.
func TestSeesWhatWasWrittenBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := &cloud{takes: 30 * time.Millisecond}, NewHub().Scope("a")
		var all sync.WaitGroup
		for i := range 400 {
			all.Go(func() {
				time.Sleep(time.Duration(i*i%977) * time.Millisecond)
				wrote := c.state.Add(1)
				found, err := Ask(t.Context(), s, c.read(numbered(i%90)))
				if err != nil || len(found) != 1 || found[0].At < wrote {
					t.Errorf("wrote %d and got %v, %v", wrote, found, err)
				}
			})
		}
		all.Wait()
		if len(c.calls) > 100 {
			t.Errorf("%d calls for 400 reads", len(c.calls))
		}
	})
}

// The objects of a burst read one after the other. Their reads wait a little, and share calls.
func TestBurst(t *testing.T) {
	for pause, most := range map[time.Duration]int{5 * time.Millisecond: 20, 50 * time.Millisecond: 30, 100 * time.Millisecond: 40} {
		synctest.Test(t, func(t *testing.T) {
			c, s := &cloud{takes: 10 * time.Millisecond}, NewHub().Scope("a")
			var all sync.WaitGroup
			for i := range 200 {
				all.Go(func() {
					began := time.Now()
					if _, err := Ask(t.Context(), s, c.read(numbered(i))); err != nil {
						t.Error(err)
					}
					if took := time.Since(began); took > longest+2*c.takes {
						t.Errorf("read %d took %s", i, took)
					}
				})
				time.Sleep(pause)
			}
			all.Wait()
			if len(c.calls) > most {
				t.Errorf("200 reads, one each %s: %d calls, want at most %d", pause, len(c.calls), most)
			}
		})
	}
}

// A few objects do not wait for more, and a burst that is over delays nobody.
func TestFewDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := &cloud{}, NewHub().Scope("a")
		c.each(t.Context(), s, 100, numbered)
		time.Sleep(lately + time.Millisecond)
		began := time.Now()
		for i := range 40 {
			if _, err := Ask(t.Context(), s, c.read(numbered(i%(few-1)))); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("the reads of %d objects waited %s", few-1, took)
		}
	})
}
