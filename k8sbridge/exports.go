package main

import (
	"context"
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/k8sbridge/export"
)

// exportCRD is the definition of the FieldExports.
var exportCRD = export.Exports.GroupResource().String()

// watchExports serves the FieldExports while the cluster has them.
func (b *bridge) watchExports(ctx context.Context) {
	informer := b.informer(ctx.Done(), export.Exports, "")
	exporter, err := export.New(export.Config{
		Settings: b.settings, Secrets: b.secrets, Client: b.client, Objects: b, Informer: informer, Watch: b.watchTargets, Log: b.log,
	})
	if err == nil {
		err = errors.Join(
			b.handle("FieldExports", export.Exports, informer, stripManagedFields, exporter.Handler()),
			b.followSources(ctx, exporter))
	}
	if err != nil { // an informer was stopped; the bridge ends
		b.log.Error("watching", "resource", export.Exports.Resource, "error", err)
		return
	}
	b.runWhile(ctx, informer, b.watches, export.Exports)
	b.working.Go(func() { exporter.Run(ctx) })
}

// followSources gives the events of all kinds to an exporter, until ctx ends. The informers are
// those of the bridge.
func (b *bridge) followSources(ctx context.Context, exporter *export.Exporter) error {
	for _, kind := range apis.Kinds() {
		informer := b.objects[kind.Name()]
		registration, err := informer.AddEventHandler(exporter.Sources(kind))
		if err != nil {
			return fmt.Errorf("following %s for FieldExports: %w", kind.Name(), err)
		}
		context.AfterFunc(ctx, func() { _ = informer.RemoveEventHandler(registration) }) // or it has stopped
	}
	return nil
}

// watchTargets watches the metadata of all objects of a resource until ctx ends. The contents of all
// ConfigMaps of a cluster would not fit into the bridge's memory.
func (b *bridge) watchTargets(ctx context.Context, gvr schema.GroupVersionResource, handler cache.ResourceEventHandler) (cache.SharedIndexInformer, error) {
	from := source{do: outline{b.outlines.Resource(gvr), b.outlines}, done: ctx.Done(), report: func(err error) { b.targets.report(gvr, err) }}
	informer := cache.NewSharedIndexInformerWithOptions(from, &metav1.PartialObjectMetadata{}, cache.SharedIndexInformerOptions{})
	if err := informer.SetTransform(nameOnly); err != nil {
		return nil, fmt.Errorf("setting up the watch of %s: %w", gvr.Resource, err)
	}
	if _, err := informer.AddEventHandler(handler); err != nil {
		return nil, fmt.Errorf("setting up the watch of %s: %w", gvr.Resource, err)
	}
	b.targets.add(gvr, gvr.Resource+" for FieldExports", informer.HasSynced)
	b.runWhile(ctx, informer, b.targets, gvr)
	return informer, nil
}
