package gateway

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// stateTime is how long a resource stays in a state that AWS leaves by itself,
// unless something else is set: long enough that a client which takes the first
// answer for the last one is found out.
const stateTime = time.Second

// transient are those states, by type of resource. Moto has the state after
// them at once.
var transient = map[string][]string{
	"natgateway": {"pending", "deleting"},
	"instance":   {"pending", "stopping", "shutting-down"},
}

// StateTime says how long resources stay in a state that AWS leaves by itself.
// It also holds for those that are in the state already.
type StateTime struct {
	// Account, where it is set, confines it; it goes before a time for all.
	Account string `json:"account,omitempty"`
	// Type is "natgateway" or "instance", State such as "pending".
	Type         string `json:"type"`
	State        string `json:"state"`
	Milliseconds int64  `json:"milliseconds"`
}

func (t StateTime) validate() error {
	known, ok := transient[t.Type]
	switch {
	case !ok:
		return fmt.Errorf("reading a state's time: type %q: want one of %s", t.Type, strings.Join(slices.Sorted(maps.Keys(transient)), ", "))
	case !slices.Contains(known, t.State):
		return fmt.Errorf("reading a state's time: state %q of type %s: want one of %s", t.State, t.Type, strings.Join(known, ", "))
	case t.Milliseconds < 0:
		return fmt.Errorf("reading a state's time: milliseconds can't be negative, got %d", t.Milliseconds)
	}
	return nil
}

// states knows which resources are on the way to the state that moto gives
// them. It is kept in memory: after a restart all have arrived.
type states struct {
	mu      sync.Mutex
	times   map[stateKey]time.Duration
	entered map[string]entered // by scoped id
}

type stateKey struct{ account, kind, state string }

// entered is the last state that AWS leaves by itself which a resource entered.
type entered struct {
	stateKey
	at      time.Time
	failing *failing
}

// failing is what a create that was accepted ends in.
type failing struct{ code, message string }

func newStates() *states {
	return &states{times: map[stateKey]time.Duration{}, entered: map[string]entered{}}
}

func (s *states) setTime(t StateTime) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.times[stateKey{t.Account, t.Type, t.State}] = time.Duration(t.Milliseconds) * time.Millisecond
}

// time is how long that state lasts.
func (s *states) time(k stateKey) time.Duration {
	for _, account := range []string{k.account, ""} {
		k.account = account
		if d, set := s.times[k]; set {
			return d
		}
	}
	return stateTime
}

// enters notes that a resource of the type enters a state of transient now.
// What a rule lets fail, stays so.
func (x *exchange) enters(kind, id, state string) {
	x.states.mu.Lock()
	defer x.states.mu.Unlock()
	old := x.states.entered[x.scoped(id)]
	e := entered{stateKey: stateKey{x.identity.account(), kind, state}, at: time.Now(), failing: old.failing}
	if x.failing != nil {
		e.failing = x.failing
	}
	x.states.entered[x.scoped(id)] = e
}

// stateOf is the state to show for a resource of which moto says settled. The
// state that it entered last, as long as that lasts; arrived is when it ended.
// A resource that entered none, or before a restart, is as moto says.
func (x *exchange) stateOf(id, settled string) (state string, arrived time.Time) {
	x.states.mu.Lock()
	defer x.states.mu.Unlock()
	e, known := x.states.entered[x.scoped(id)]
	if !known {
		return settled, time.Time{}
	}
	arrived = e.at.Add(x.states.time(e.stateKey))
	if time.Now().Before(arrived) {
		return e.state, time.Time{}
	}
	return settled, arrived
}

// failureOf is what a rule lets the resource end in, or nil.
func (x *exchange) failureOf(id string) *failing {
	x.states.mu.Lock()
	defer x.states.mu.Unlock()
	return x.states.entered[x.scoped(id)].failing
}
