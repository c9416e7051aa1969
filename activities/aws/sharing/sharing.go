// Package sharing makes one call of the reads that several callers ask for at about the same time.
// A shared call begins after each of its callers has asked. So nobody sees less than alone, and a
// read that follows a write shows no less than before: this is no cache.
package sharing

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Most is how many values AWS accepts in the filters of one call: it answers more with
// FilterLimitExceeded.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
const Most = 200

// Hub joins the reads of a process.
type Hub struct {
	mu    sync.Mutex // guards all lines
	lines map[any]interface{ over() bool }
}

// NewHub returns a hub without reads.
func NewHub() *Hub { return &Hub{lines: map[any]interface{ over() bool }{}} }

// Scope bounds who shares: only reads of one scope are joined. The zero scope shares nothing.
type Scope struct {
	hub *Hub
	of  any
}

// Scope returns the scope of all reads that the same person could make: of names credentials and
// place, and is comparable.
func (h *Hub) Scope(of any) Scope { return Scope{h, of} }

// Shared reports whether reads of the scope are joined.
func (s Scope) Shared() bool { return s.hub != nil }

// ScopeOf returns the scope that credentials tell. Those of a role session tell one; all others
// share nothing.
func ScopeOf(credentials any) Scope {
	if of, ok := credentials.(interface{ Scope() Scope }); ok {
		return of.Scope()
	}
	return Scope{}
}

// Read is what one caller asks for: the items that show a value.
type Read[T any] struct {
	// Key names the list and all conditions but the value. Reads with equal keys call and show alike.
	Key   any
	Value string
	Room  int // the number of values that fit into a call, at least 1
	// Call reads the items that show one of the values, to the last page.
	Call func(ctx context.Context, values []string) ([]T, error)
	// Shows returns the value that an item shows, in the form of Value.
	Shows func(T) string
}

// Ask returns what a call for the read's value alone returns. Its error is AWS's, or the context's.
// Nothing that it returns is shared with another caller.
func Ask[T any](ctx context.Context, s Scope, r Read[T]) ([]T, error) {
	a := &ask[T]{ctx: ctx, Read: r, answered: make(chan struct{})}
	s.hub.mu.Lock()
	lineOf[T](s, r.Key).add(a)
	s.hub.mu.Unlock()
	select {
	case <-a.answered:
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for AWS's answer to several reads: %w", ctx.Err())
	}
	if bug, ok := errors.AsType[panicked](a.err); ok {
		panic(bug.value) // Temporal reports it as the caller's
	}
	return a.found, a.err
}

// place identifies a line. The type of its items is part of the key's type.
type place[T any] struct{ of, key any }

// lineOf returns the line of a key, and drops lines that nobody needs. Its caller holds the lock.
func lineOf[T any](s Scope, key any) *line[T] {
	at := place[T]{s.of, key}
	if l, ok := s.hub.lines[at]; ok {
		return l.(*line[T])
	}
	for old, l := range s.hub.lines {
		if l.over() {
			delete(s.hub.lines, old)
		}
	}
	l := &line[T]{mu: &s.hub.mu, recent: map[string]time.Time{}, enough: make(chan struct{}, 1)}
	s.hub.lines[at] = l
	return l
}
