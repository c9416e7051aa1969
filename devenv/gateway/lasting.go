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
	// FaultInvisible hides what a create has made, for Milliseconds from its
	// acceptance on, from the kinds of call in By.
	FaultInvisible Fault = "invisible"
	// FaultStale makes reads show what a mutation is about as it was before,
	// for Milliseconds from its acceptance on.
	FaultStale Fault = "stale"
)

// By is a way in which a call can find a resource. Each way lags independently, so each may have
// its own rule and delay.
type By string

// The ways. A rule without any means all of them.
const (
	// ByID are reads that name it: a Describe by its id (NotFound) or by a
	// filter on its id (left out), a Get or List of IAM (NoSuchEntity).
	ByID By = "id"
	// ByFilter are the reads of lists that don't name it.
	ByFilter By = "filter"
	// ByTags is DescribeTags.
	ByTags By = "tags"
	// ByReference are mutations that name it: an attachment, a role as a
	// principal, an instance profile of a new instance.
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

// lasts says whether rules of the fault come on top of the one that is taken for
// the call itself.
func (f Fault) lasts() bool { return f == FaultInvisible || f == FaultStale || f == FaultPages }

// concerns says whether a call can have the fault at all, so that Skip and
// Times count the right ones.
func (f Fault) concerns(c *call) bool {
	switch f {
	case FaultInvisible:
		return makesResource(c.action)
	case FaultStale:
		return c.mutates()
	case FaultPages:
		return c.paged()
	default:
		return true
	}
}

// lag is a delay that began with the acceptance of a call and ends with its
// time, or with its rule.
type lag struct {
	rule  *activeRule
	since time.Time
}

func (l lag) over() bool {
	select {
	case <-l.rule.released:
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

// accepted notes what an accepted call leaves behind.
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

// shown gives the answer as its reader sees it.
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
