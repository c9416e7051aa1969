package main

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"
)

// watches keeps how the watches of a cluster stand. One that fails does not hold
// up the others; it is named in the log and on the health page.
type watches struct {
	log *slog.Logger

	mu  sync.Mutex
	all map[schema.GroupVersionResource]*watchState
}

type watchState struct {
	name   string
	synced cache.InformerSynced
	why    error // of the last request, if that failed
}

func newWatches(log *slog.Logger) *watches {
	return &watches{log: log, all: map[schema.GroupVersionResource]*watchState{}}
}

// add keeps a watch by the name of what it shows, such as "ec2.VPC".
func (w *watches) add(gvr schema.GroupVersionResource, name string, synced cache.InformerSynced) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all[gvr] = &watchState{name: name, synced: synced}
}

// drop forgets a watch that is no longer wanted.
func (w *watches) drop(gvr schema.GroupVersionResource) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.all, gvr)
}

// report keeps how a request of a watch ended, and logs what changed.
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

// tried says whether each watch has listed everything, or has said why it cannot.
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

// failing names the watches that fail, each with its reason.
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
