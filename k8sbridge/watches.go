package main

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"
)

// patience is how long the start of the bridge waits for a list that brings no answer at all.
const patience = 15 * time.Second

// watches holds the state of the watches of a cluster. A failing or silent watch does not delay the
// others; the log and the health page name it.
type watches struct {
	log      *slog.Logger
	patience time.Duration

	mu  sync.Mutex
	all map[schema.GroupVersionResource]*watchState
}

type watchState struct {
	name   string
	synced cache.InformerSynced
	began  time.Time
	why    error // of the last request, if it failed
}

func newWatches(log *slog.Logger) *watches {
	return &watches{log: log, patience: patience, all: map[schema.GroupVersionResource]*watchState{}}
}

// add adds a watch under the name of what it shows, such as "ec2.VPC".
func (w *watches) add(gvr schema.GroupVersionResource, name string, synced cache.InformerSynced) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all[gvr] = &watchState{name: name, synced: synced, began: time.Now()}
}

// begin marks the time of the first requests.
func (w *watches) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, state := range w.all {
		state.began = time.Now()
	}
}

// drop removes a watch that is no longer needed.
func (w *watches) drop(gvr schema.GroupVersionResource) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.all, gvr)
}

// report keeps the outcome of a watch's request, and logs a change.
func (w *watches) report(gvr schema.GroupVersionResource, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	state, ok := w.all[gvr]
	if !ok {
		return
	}
	if err != nil {
		err = remedy(gvr, err)
	}
	switch {
	case err != nil && (state.why == nil || state.why.Error() != err.Error()):
		w.log.Warn("not watching", "what", state.name, "error", err)
	case err == nil && state.why != nil:
		w.log.Info("watching again", "what", state.name)
	}
	state.why = err
}

// tried reports whether each watch has listed everything, has said why it cannot, or is silent.
func (w *watches) tried() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, state := range w.all {
		if !state.synced() && state.why == nil && !w.silent(state) {
			return false
		}
	}
	return true
}

// silent reports whether a watch has neither listed everything nor failed for too long. A request
// may hang without an end: the client sets no timeout, because a watch lasts.
func (w *watches) silent(state *watchState) bool {
	return state.why == nil && time.Since(state.began) > w.patience && !state.synced()
}

// logSilent logs the watches without which the bridge starts.
func (w *watches) logSilent() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for gvr, state := range w.all {
		if w.silent(state) {
			w.log.Warn("not watching", "what", state.name, "error", noList(gvr))
		}
	}
}

func noList(gvr schema.GroupVersionResource) error {
	return fmt.Errorf("the API server has sent no complete list of %s yet", gvr.GroupResource())
}

// failing returns the watches that fail or are silent, each with its reason.
func (w *watches) failing() (lines []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for gvr, state := range w.all {
		why := state.why
		if w.silent(state) {
			why = noList(gvr)
		}
		if why != nil {
			lines = append(lines, fmt.Sprintf("not watching %s: %s", state.name, why))
		}
	}
	slices.Sort(lines)
	return lines
}
