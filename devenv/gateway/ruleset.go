package gateway

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// ruleSet is the list of active rules.
type ruleSet struct {
	mu    sync.Mutex
	next  int
	rules []*activeRule
	// changed is closed and replaced whenever a count changes.
	changed chan struct{}
}

type activeRule struct {
	spec  Rule
	state RuleState
	// An end or a deletion closes ended.
	ended chan struct{}
	added time.Time
}

func newRuleSet() *ruleSet { return &ruleSet{changed: make(chan struct{})} }

// fault returns the rule's fault. It is empty for a nil rule, so callers need no check.
func (r *activeRule) fault() Fault {
	if r == nil {
		return ""
	}
	return r.spec.Fault
}

// failing returns the failure that the rule gives to a create, or nil.
func (r *activeRule) failing() *failing {
	if r.fault() != FaultFailed {
		return nil
	}
	return &failing{Code: r.spec.Code, Message: r.spec.Message}
}

func (s *ruleSet) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *ruleSet) add(spec Rule) RuleState {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	spec.ID = fmt.Sprintf("rule-%d", s.next)
	r := &activeRule{spec: spec, state: RuleState{Rule: spec}, ended: make(chan struct{}), added: time.Now()}
	s.rules = append(s.rules, r)
	return r.state
}

// take returns the rule for a call and counts the hit.
func (s *ruleSet) take(c *call, owner string) *activeRule {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rules {
		if !r.spec.Fault.lingers() && s.hits(r, c, owner) {
			return r
		}
	}
	return nil
}

// takeLasting returns all rules that affect reads after the call.
func (s *ruleSet) takeLasting(c *call, owner string) []*activeRule {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*activeRule
	for _, r := range s.rules {
		if r.spec.Fault.lingers() && s.hits(r, c, owner) {
			out = append(out, r)
		}
	}
	return out
}

// hits counts the call if it matches, and reports whether it gets the fault.
func (s *ruleSet) hits(r *activeRule, c *call, owner string) bool {
	if r.state.Ended || !r.spec.matches(c, owner) || (r.spec.Fault == FaultExpire && !c.identity.expires(r.added)) {
		return false
	}
	if r.spec.Times > 0 && r.state.Hit >= r.spec.Times {
		return false
	}
	r.state.Matched++
	s.notify()
	if r.state.Matched <= r.spec.Skip {
		return false
	}
	r.state.Hit++
	return true
}

// hold waits for the end of the rule. It returns false if the client disconnects first.
func (s *ruleSet) hold(ctx context.Context, r *activeRule) bool {
	s.count(r, +1)
	defer s.count(r, -1)
	select {
	case <-r.ended:
		return true
	case <-ctx.Done():
		return false
	}
}

func (s *ruleSet) count(r *activeRule, by int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.state.Holding += by
	s.notify()
}

func (s *ruleSet) list() []RuleState {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []RuleState{}
	for _, r := range s.rules {
		out = append(out, r.state)
	}
	return out
}

// await returns the state of a rule when it is ready, or at the timeout. It returns
// false for an unknown id.
func (s *ruleSet) await(ctx context.Context, id string, timeout time.Duration, ready func(RuleState) bool) (RuleState, bool) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for {
		s.mu.Lock()
		r, changed := s.byID(id), s.changed
		if r == nil {
			s.mu.Unlock()
			return RuleState{}, false
		}
		state := r.state
		s.mu.Unlock()
		if ready(state) {
			return state, true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return state, true
		}
	}
}

func (s *ruleSet) byID(id string) *activeRule {
	for _, r := range s.rules {
		if r.spec.ID == id {
			return r
		}
	}
	return nil
}

// end ends a rule. The calls that it holds continue, and later calls pass.
func (s *ruleSet) end(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.byID(id)
	if r == nil {
		return false
	}
	s.endLocked(r)
	return true
}

func (s *ruleSet) endLocked(r *activeRule) {
	if !r.state.Ended {
		r.state.Ended = true
		close(r.ended)
	}
	s.notify()
}

// remove ends and deletes a rule.
func (s *ruleSet) remove(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, r := range s.rules {
		if r.spec.ID == id {
			s.rules = append(s.rules[:i], s.rules[i+1:]...)
			s.endLocked(r)
			return true
		}
	}
	return false
}
