package main

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
)

// sightings records what a watch sees of a team's objects: when each was done, and what it waited
// for.
type sightings struct {
	mu    sync.Mutex
	began time.Time
	of    map[string]*sighting
}

type sighting struct {
	who    string
	done   time.Duration // 0: not yet
	how    string
	waited []string
}

// watch follows a team's objects until ctx ends.
func (s *story) watch(ctx context.Context, t team) (*sightings, error) {
	seen := &sightings{}
	seen.startAgain()
	return seen, s.Watch(ctx, t.Namespace, func(kind apis.Kind, u *unstructured.Unstructured, gone bool) {
		seen.note(kind.Kind+" "+u.GetName(), u, gone)
	})
}

// startAgain forgets everything and restarts the clock.
func (s *sightings) startAgain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.began, s.of = time.Now(), map[string]*sighting{}
}

func (s *sightings) note(who string, u *unstructured.Unstructured, gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[who] == nil {
		s.of[who] = &sighting{who: who}
	}
	o := s.of[who]
	c := scenario.Condition(u, corev1alpha1.ConditionTypeResourceSynced)
	going := u.GetDeletionTimestamp() != nil
	switch {
	case gone:
		o.done, o.how = time.Since(s.began), "gone"
	case c["status"] == "True" && !going:
		o.done, o.how = time.Since(s.began), "synced"
	case c["status"] == "False":
		if reason, _ := c["reason"].(string); !slices.Contains(o.waited, waitedFor(reason, scenario.Message(c))) {
			o.waited = append(o.waited, waitedFor(reason, scenario.Message(c)))
		}
	}
}

// waitedFor describes a wait in a few words: the objects, or the state, that it waited for.
func waitedFor(reason, text string) string {
	if reason == "ReferencesNotReady" {
		var names []string
		for part := range strings.SplitSeq(text, "; ") {
			_, rest, _ := strings.Cut(part, ": ")
			words := strings.Fields(rest)
			if len(words) < 2 {
				continue
			}
			_, name, _ := strings.Cut(words[1], "/")
			if who := words[0] + " " + name; !slices.Contains(names, who) {
				names = append(names, who)
			}
		}
		return strings.Join(names, ", ")
	}
	if _, names, ok := strings.Cut(text, "still there: "); ok {
		var short []string
		for name := range strings.SplitSeq(names, ", ") {
			kind, path, _ := strings.Cut(name, " ")
			_, object, _ := strings.Cut(path, "/")
			short = append(short, kind+" "+object)
		}
		return strings.Join(short, ", ")
	}
	return text
}

// table returns the records in the order in which the objects were done.
func (s *sightings) table() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*sighting
	for _, o := range s.of {
		all = append(all, o)
	}
	slices.SortFunc(all, func(x, y *sighting) int { return int(x.done - y.done) })
	rows := [][]string{}
	for _, o := range all {
		last := ""
		if n := len(o.waited); n > 0 {
			last = "having waited for " + o.waited[n-1]
		}
		rows = append(rows, []string{seconds(o.done), o.who, o.how, last})
	}
	return columns(rows)
}
