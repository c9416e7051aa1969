package kubeapi

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// slow answers each request after a delay, with the state at its arrival.
type slow struct {
	takes    time.Duration
	mu       sync.Mutex
	requests int
	truth    string
	fails    error
}

func (s *slow) set(truth string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.truth = truth
}

func (s *slow) Get(ctx context.Context, _ schema.GroupVersionResource, _, _ string) (*unstructured.Unstructured, error) {
	s.mu.Lock()
	s.requests++
	u := &unstructured.Unstructured{Object: map[string]any{"truth": s.truth}}
	err := s.fails
	s.mu.Unlock()
	select {
	case <-time.After(s.takes):
		return u, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *slow) List(ctx context.Context, gvr schema.GroupVersionResource) ([]*unstructured.Unstructured, error) {
	u, err := s.Get(ctx, gvr, "", "")
	return []*unstructured.Unstructured{u}, err
}

// A request answers only the callers that asked before it began. A caller that asks after a change
// sees the change.
func TestJoinedIsNoCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live := &slow{truth: "old", takes: time.Second}
		j := NewJoined(live)
		get := func(got *string) {
			u, err := j.Get(t.Context(), ConfigMaps, "ns", "map")
			if err != nil {
				t.Error(err)
				return
			}
			*got = u.Object["truth"].(string)
		}
		var before, during, after [50]string
		for i := range before {
			go get(&before[i])
		}
		synctest.Wait() // the first is in flight, and the others ask after that
		live.set("new")
		for i := range during {
			go get(&during[i])
		}
		time.Sleep(1500 * time.Millisecond)
		live.set("newest")
		for i := range after {
			go get(&after[i])
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		for i := range before {
			if during[i] == "old" || during[i] == "" || after[i] != "newest" {
				t.Fatalf("got %q after new, %q after newest", during[i], after[i])
			}
		}
		if live.requests != 3 {
			t.Errorf("%d requests, want 3", live.requests)
		}
		if len(j.next)+len(j.underway) > 0 {
			t.Errorf("left %v, %v", j.next, j.underway)
		}
	})
}

// Callers that follow closely share a request that begins a moment later. The first caller, or a
// single one, does not wait for it.
func TestJoinedIsPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live := &slow{takes: time.Millisecond}
		j := NewJoined(live)
		began := time.Now()
		get := func(latest time.Duration) {
			if _, err := j.Get(t.Context(), Namespaces, "", "ns"); err != nil {
				t.Error(err)
			}
			if took := time.Since(began); took > latest {
				t.Errorf("the answer came after %s, want %s", took, latest)
			}
		}
		get(live.takes)
		for range 20 {
			time.Sleep(joinedPace / 100)
			go get(joinedPace + live.takes)
		}
		time.Sleep(3 * joinedPace)
		if live.requests != 2 {
			t.Errorf("%d requests, want 2", live.requests)
		}
		began = time.Now()
		get(live.takes)
		time.Sleep(joinedPace) // nothing may be left when the bubble ends
	})
}

// A caller cannot change the answer of another. Different things need different requests. A caller
// that gives up does not take the answer from the rest.
func TestJoinedKeepsApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live := &slow{truth: "old", takes: time.Second}
		j := NewJoined(live)
		impatient, cancel := context.WithCancel(t.Context())
		go func() {
			if _, err := j.List(impatient, RoleSelectors); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}()
		synctest.Wait()
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				all, err := j.List(t.Context(), RoleSelectors)
				if err != nil || all[0].Object["truth"] != "old" {
					t.Errorf("got %v, %v", all, err)
					return
				}
				all[0].Object["truth"] = "mine"
			})
		}
		wg.Go(func() {
			if _, err := j.Get(t.Context(), Namespaces, "", "ns"); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		cancel()
		wg.Wait()
		if live.requests != 3 {
			t.Errorf("%d requests, want 3", live.requests)
		}
	})
}

// A failed request fails for all callers that wait for it, and for no others.
func TestJoinedFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		live := &slow{fails: errors.New("no")}
		j := NewJoined(live)
		if _, err := j.Get(t.Context(), Namespaces, "", "ns"); err == nil {
			t.Error("no error")
		}
		live.fails = nil
		if _, err := j.Get(t.Context(), Namespaces, "", "ns"); err != nil {
			t.Error(err)
		}
		time.Sleep(joinedPace)
	})
}
