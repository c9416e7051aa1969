package main

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"
)

// watches holds the state of the watches of a cluster. A failing watch does not delay the others;
// the log and the health page name it.
type watches struct {
	log *slog.Logger

	mu  sync.Mutex
	all map[schema.GroupVersionResource]*watchState
}

type watchState struct {
	name   string
	synced cache.InformerSynced
	why    error // of the last request, if it failed
}

func newWatches(log *slog.Logger) *watches {
	return &watches{log: log, all: map[schema.GroupVersionResource]*watchState{}}
}

// add adds a watch under the name of what it shows, such as "ec2.VPC".
func (w *watches) add(gvr schema.GroupVersionResource, name string, synced cache.InformerSynced) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all[gvr] = &watchState{name: name, synced: synced}
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

// tried reports whether each watch has listed everything, or has said why it cannot.
func (w *watches) tried() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, state := range w.all {
		if !state.synced() && state.why == nil {
			return false
		}
	}
	return true
}

// failing returns the watches that fail, each with its reason.
func (w *watches) failing() (lines []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, state := range w.all {
		if state.why != nil {
			lines = append(lines, fmt.Sprintf("not watching %s: %s", state.name, state.why))
		}
	}
	slices.Sort(lines)
	return lines
}
