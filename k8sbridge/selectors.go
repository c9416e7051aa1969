package main

import (
	"context"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// selectorCRD is the definition of the role selectors.
var selectorCRD = kubeapi.RoleSelectors.GroupResource().String()

// selectorWatch is the watch of the role selectors while the cluster has them.
type selectorWatch struct{ informer cache.SharedIndexInformer }

// watchSelectors wakes the objects that a selector matches or matched, when the selector is added,
// changed or deleted.
func (b *bridge) watchSelectors(ctx context.Context) {
	informer, err := b.watchWhile(ctx, "role selectors", kubeapi.RoleSelectors, cache.ResourceEventHandlerFuncs{
		AddFunc:    func(obj any) { b.wakeSelected(obj) },
		DeleteFunc: func(obj any) { b.wakeSelected(obj) },
		UpdateFunc: func(before, after any) {
			was, is := unwrap(before), unwrap(after)
			if was == nil || is == nil || was.GetGeneration() != is.GetGeneration() {
				b.wakeSelected(before, after)
			}
		},
	})
	if err != nil { // the informer was stopped; this one has not started
		b.log.Error("watching", "resource", kubeapi.RoleSelectors.Resource, "error", err)
		return
	}
	watch := &selectorWatch{informer}
	b.selectors.Store(watch)
	context.AfterFunc(ctx, func() { b.selectors.CompareAndSwap(watch, nil) })
}

func (b *bridge) wakeSelected(objs ...any) {
	var selectors []corev1alpha1.IAMRoleSelector
	for _, obj := range objs {
		u := unwrap(obj)
		if u == nil {
			continue
		}
		s, err := level.SelectorOf(u)
		if err != nil {
			b.log.Error("watching", "error", err) // the API server checks the schema
			continue
		}
		selectors = append(selectors, s)
	}
	b.wakeWhere("selector changed", func(kind apis.Kind, u, ns *unstructured.Unstructured) concern {
		for _, s := range selectors {
			if level.Selects(s, kind, u, ns) {
				return surely
			}
		}
		return unconcerned
	})
}

// List reads from the informer of the selectors, once it holds all of them, and everything else
// from the API server.
func (b *bridge) List(ctx context.Context, gvr schema.GroupVersionResource) ([]*unstructured.Unstructured, error) {
	watch := b.selectors.Load()
	if gvr != kubeapi.RoleSelectors || watch == nil || !watch.informer.HasSynced() {
		return b.live.List(ctx, gvr)
	}
	var all []*unstructured.Unstructured
	for _, obj := range watch.informer.GetIndexer().List() {
		if u := unwrap(obj); u != nil {
			all = append(all, u)
		}
	}
	return all, nil
}
