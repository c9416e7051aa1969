package export

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/cache"

	"github.com/tack-dev/tack/apis"
)

// Indexes of the FieldExports.
const (
	bySource = "source"
	byTarget = "target"
)

func indexSource(obj any) ([]string, error) {
	return indexOf(obj, func(w wish) string { return w.source.index() }), nil
}

func indexTarget(obj any) ([]string, error) {
	return indexOf(obj, func(w wish) string { return w.target.index() }), nil
}

func (s source) index() string {
	return fmt.Sprint(s.group, "/", s.kind, "/", s.namespace, "/", s.name)
}

func (t target) index() string { return fmt.Sprint(t.kind, "/", t.namespace, "/", t.name) }

// indexOf returns the index of a FieldExport. One that cannot be read is in no index: the API server
// checks the schema.
func indexOf(obj any, index func(wish) string) []string {
	w, ok := readable(obj)
	if !ok {
		return nil
	}
	return []string{index(w)}
}

// Handler receives the events of the FieldExports. The earlier target is compared as well: its key is
// free for another FieldExport.
func (e *Exporter) Handler() cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc: e.wake,
		UpdateFunc: func(before, after any) {
			e.wake(before)
			e.wake(after)
		},
		DeleteFunc: func(obj any) {
			if w, ok := readable(obj); ok {
				e.forget(w.id())
			}
			e.wake(obj)
		},
	}
}

func (e *Exporter) wake(obj any) {
	if w, ok := readable(obj); ok {
		e.queue.Add(w.target)
	}
}

// readable returns what the FieldExport of an event or an informer asks for.
func readable(obj any) (wish, bool) {
	if missed, ok := obj.(cache.DeletedFinalStateUnknown); ok {
		obj = missed.Obj
	}
	u, ok := obj.(*unstructured.Unstructured)
	if !ok {
		return wish{}, false
	}
	w, err := wishOf(u)
	return w, err == nil
}

// indexed returns the FieldExports with that value of an index.
func (e *Exporter) indexed(index, value string) []any {
	found, err := e.Informer.GetIndexer().ByIndex(index, value)
	if err != nil { // there is no such index
		e.Log.Error("finding FieldExports", "error", err)
	}
	return found
}

// Sources receives the events of a kind's objects.
func (e *Exporter) Sources(kind apis.Kind) cache.ResourceEventHandler {
	return ofEach(func(id cache.ObjectName) {
		for _, w := range e.indexed(bySource, source{kind.Group, kind.Kind, id.Namespace, id.Name}.index()) {
			e.wake(w)
		}
	})
}

// ofEach handles all events of an object alike, by its name.
func ofEach(do func(cache.ObjectName)) cache.ResourceEventHandler {
	handle := func(obj any) {
		if id, err := cache.DeletionHandlingObjectToName(obj); err == nil {
			do(id)
		}
	}
	return cache.ResourceEventHandlerFuncs{AddFunc: handle, UpdateFunc: func(_, after any) { handle(after) }, DeleteFunc: handle}
}

// watchTargets begins to watch the resource of a target, unless that has begun. Without
// FieldExports, nothing is watched. When the whole list is known, all FieldExports are compared once
// more: a target may have been deleted before the watch began.
func (e *Exporter) watchTargets(ctx context.Context, t target) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.targets[t.gvr()] != nil {
		return nil
	}
	informer, err := e.Watch(ctx, t.gvr(), ofEach(func(id cache.ObjectName) {
		if to := (target{t.kind, id.Namespace, id.Name}); len(e.indexed(byTarget, to.index())) > 0 {
			e.queue.Add(to)
		}
	}))
	if err != nil {
		return err
	}
	e.targets[t.gvr()] = informer
	go func() {
		if cache.WaitForCacheSync(ctx.Done(), informer.HasSynced) {
			for _, obj := range e.Informer.GetIndexer().List() {
				e.wake(obj)
			}
		}
	}()
	return nil
}

// versionOf returns the version of a target that its watch has seen last, or nothing.
func (e *Exporter) versionOf(t target) string {
	e.mu.Lock()
	informer := e.targets[t.gvr()]
	e.mu.Unlock()
	if informer == nil || !informer.HasSynced() {
		return ""
	}
	found, _, _ := informer.GetIndexer().GetByKey(t.namespace + "/" + t.name) // keys never fail
	if m, ok := found.(*metav1.PartialObjectMetadata); ok {
		return m.ResourceVersion
	}
	return ""
}
