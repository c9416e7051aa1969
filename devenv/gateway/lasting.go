package gateway

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Faults that last longer than the call that they hit. AWS is eventually consistent, so reads lag
// behind calls that it carried out.
const (
	// FaultInvisible hides the resource of a create from the calls in By, for
	// Milliseconds after AWS accepted the create.
	FaultInvisible Fault = "invisible"
	// FaultStale lets reads show the state before a mutation, for Milliseconds
	// after AWS accepted the mutation.
	FaultStale Fault = "stale"
)

// By is a way in which a call can find a resource. Each way lags independently, so each may have
// its own rule and delay.
type By string

// The ways. A rule without any means all.
const (
	// ByID are reads that name the resource. A Describe by its id answers NotFound,
	// one with a filter on its id leaves it out, IAM answers NoSuchEntity.
	ByID By = "id"
	// ByFilter are reads of lists that do not name the resource.
	ByFilter By = "filter"
	// ByTags is DescribeTags.
	ByTags By = "tags"
	// ByReference are mutations that name the resource: in an attachment, as a
	// principal of a policy, or as the instance profile of a new instance.
	ByReference By = "reference"
)

var ways = []By{ByID, ByFilter, ByTags, ByReference}

func validateBy(by []By) error {
	for _, way := range by {
		if !slices.Contains(ways, way) {
			return fmt.Errorf("reading a rule: by %q is unknown, want one of %v", way, ways)
		}
	}
	return nil
}

// lingers reports whether the fault affects later reads. Its rules apply in addition
// to the rule that is chosen for the call itself.
func (f Fault) lingers() bool { return f == FaultInvisible || f == FaultStale || f == FaultPages }

// concerns reports whether the fault can apply to a call. Skip and Times count
// only such calls.
func (f Fault) concerns(c *call) bool {
	switch f {
	case FaultInvisible:
		return kindMadeBy(c.action) != nil
	case FaultStale:
		return c.mutates()
	case FaultPages:
		return c.paged()
	default:
		return true
	}
}

// lag is a delay that begins when AWS accepts a call. It ends after its time, or
// with its rule.
type lag struct {
	rule  *activeRule
	since time.Time
}

func (l lag) over() bool {
	select {
	case <-l.rule.ended:
		return true
	default:
	}
	ms := time.Duration(l.rule.spec.Milliseconds) * time.Millisecond
	return ms > 0 && time.Since(l.since) >= ms
}

// sight is the part of AWS that reads do not see yet.
type sight struct {
	mu     sync.Mutex
	hidden []*hiding
	stale  []*picture
}

// accepted stores what reads do not see yet after an accepted call.
func (s *sight) accepted(c *call, a *answer, lasting []*activeRule, pictures []*picture) {
	if !a.ok() || a.replayed || len(lasting) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for _, rule := range lasting {
		if rule.fault() != FaultInvisible {
			continue
		}
		for _, h := range newHidings(c, a) {
			h.lag = lag{rule, now}
			s.hidden = append(s.hidden, h)
		}
	}
	for _, p := range pictures {
		p.since = now
		s.stale = append(s.stale, p)
	}
}

// shown returns the answer as its reader sees it during the delays.
func (s *sight) shown(c *call, a *answer) *answer {
	if c.mutates() || c.service == serviceSTS {
		return a
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale = slices.DeleteFunc(s.stale, func(p *picture) bool { return p.over() })
	s.hidden = slices.DeleteFunc(s.hidden, func(h *hiding) bool { return h.over() })
	return s.withoutHidden(c, s.withPictures(c, a))
}
