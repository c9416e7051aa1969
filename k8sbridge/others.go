package main

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
)

var definitions = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// onDefinition watches the kinds of other controllers that references may name, the role selectors
// and the FieldExports, while the cluster has them. A definition that is not established yet cannot be listed
// yet.
func (b *bridge) onDefinition(ctx context.Context) cache.ResourceEventHandler {
	watched := map[string]context.CancelFunc{}
	return cache.ResourceEventHandlerFuncs{
		AddFunc: func(obj any) {
			name := definitionOf(obj)
			begin := b.watchFor(name)
			if begin == nil || watched[name] != nil {
				return
			}
			within, stop := context.WithCancel(ctx)
			watched[name] = stop
			begin(within)
		},
		DeleteFunc: func(obj any) {
			name := definitionOf(obj)
			if watched[name] != nil {
				watched[name]()
				delete(watched, name)
			}
		},
	}
}

// watchFor returns the watch to start when the cluster has a definition, or nil.
func (b *bridge) watchFor(definition string) func(context.Context) {
	switch definition {
	case selectorCRD:
		return b.watchSelectors
	case exportCRD:
		return b.watchExports
	}
	for _, kind := range apis.Others() {
		if _, served := b.objects[kind.Name()]; !served && kind.CRD() == definition {
			return func(ctx context.Context) { b.watchOther(ctx, kind) }
		}
	}
	return nil
}

func definitionOf(obj any) string {
	if missed, ok := obj.(cache.DeletedFinalStateUnknown); ok {
		return missed.Key
	}
	m, ok := obj.(*metav1.PartialObjectMetadata)
	if !ok {
		return ""
	}
	return m.Name
}

// watchWhile watches a resource until ctx ends.
func (b *bridge) watchWhile(ctx context.Context, name string, gvr schema.GroupVersionResource, handler cache.ResourceEventHandler) (cache.SharedIndexInformer, error) {
	informer := b.informer(ctx.Done(), gvr, "")
	if err := b.handle(name, gvr, informer, stripManagedFields, handler); err != nil {
		return nil, err
	}
	b.runWhile(ctx, informer, b.watches, gvr)
	return informer, nil
}

// runWhile runs an informer until ctx ends. Its watch is then no longer among those of the list.
func (b *bridge) runWhile(ctx context.Context, informer cache.SharedIndexInformer, list *watches, gvr schema.GroupVersionResource) {
	b.working.Go(func() {
		informer.RunWithContext(ctx)
		list.drop(gvr)
	})
}

// watchOther wakes the objects that refer to objects of a kind that Tack does not serve.
func (b *bridge) watchOther(ctx context.Context, kind apis.Kind) {
	wake := func(obj any) {
		if u := unwrap(obj); u != nil {
			b.wakeReferrers(b.refOf(kind, u))
		}
	}
	_, err := b.watchWhile(ctx, kind.Name(), kubeapi.GVR(kind), cache.ResourceEventHandlerFuncs{
		AddFunc:    wake,
		DeleteFunc: wake,
		UpdateFunc: func(before, after any) {
			was, is := unwrap(before), unwrap(after)
			if was == nil || is == nil || level.ReadyFor(was, kind) != level.ReadyFor(is, kind) {
				wake(after)
			}
		},
	})
	if err != nil { // the informer was stopped; this one has not started
		b.log.Error("watching", "kind", kind.Name(), "error", err)
	}
}
