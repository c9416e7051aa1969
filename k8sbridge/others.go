package main

import (
	"context"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/apis"
)

var definitions = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// onDefinition watches the kinds of other controllers that references may name,
// and the role selectors, each for as long as the cluster knows it.
func (b *bridge) onDefinition(ctx context.Context) cache.ResourceEventHandler {
	watched := map[string]context.CancelFunc{}
	watch := func(obj any) {
		definition := unwrap(obj)
		if definition == nil || watched[definition.GetName()] != nil || !established(definition) {
			return
		}
		if definition.GetName() == selectorCRD {
			within, stop := context.WithCancel(ctx)
			watched[selectorCRD] = stop
			b.watchSelectors(within)
		}
		for _, kind := range apis.Others() {
			if _, served := b.objects[kind.Name()]; !served && kind.CRD() == definition.GetName() {
				within, stop := context.WithCancel(ctx)
				watched[kind.CRD()] = stop
				b.watchOther(within, kind)
			}
		}
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    watch,
		UpdateFunc: func(_, obj any) { watch(obj) },
		DeleteFunc: func(obj any) {
			definition := unwrap(obj)
			if definition == nil || watched[definition.GetName()] == nil {
				return
			}
			watched[definition.GetName()]()
			delete(watched, definition.GetName())
		},
	}
}

func established(definition *unstructured.Unstructured) bool {
	conditions, _, _ := unstructured.NestedSlice(definition.Object, "status", "conditions")
	for _, c := range conditions {
		if c, _ := c.(map[string]any); c["type"] == "Established" && c["status"] == "True" {
			return true
		}
	}
	return false
}

// watchOther wakes what refers to objects of a kind that Tack does not serve.
func (b *bridge) watchOther(ctx context.Context, kind apis.Kind) {
	informer := dynamicinformer.NewFilteredDynamicInformer(b.client, kube.GVR(kind), "", 0, nil, nil).Informer()
	wake := func(obj any) {
		if u := unwrap(obj); u != nil {
			b.wakeReferrers(b.refOf(kind, u))
		}
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    wake,
		DeleteFunc: wake,
		UpdateFunc: func(before, after any) {
			was, is := unwrap(before), unwrap(after)
			if was == nil || is == nil || kube.ReadyFor(was, kind) != kube.ReadyFor(is, kind) {
				wake(after)
			}
		},
	})
	if err != nil { // of an informer that was stopped: this one has not begun
		b.log.Error("watching", "kind", kind.Name(), "error", err)
		return
	}
	b.working.Go(func() { informer.Run(ctx.Done()) })
}
