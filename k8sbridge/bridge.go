package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// pokeTimeout bounds one signal; the queue retries a failed one.
const pokeTimeout = 10 * time.Second

// pokers is the number of objects that are woken in parallel.
const pokers = 256

// bridge watches one cluster and wakes the workflows of its objects.
type bridge struct {
	temporal client.Client
	client   dynamic.Interface
	outlines metadata.Interface
	settings level.Settings
	log      *slog.Logger

	watches *watches
	// Every informer runs independently. An object that no informer holds is read live, so that the
	// API server gives the reason.
	objects    map[string]cache.SharedIndexInformer // by kind
	namespaces cache.SharedIndexInformer
	known      cache.SharedIndexInformer // the definitions of all kinds, metadata only
	roleMaps   cache.SharedIndexInformer
	selectors  atomic.Pointer[selectorWatch] // nil while the cluster has no role selectors
	live       kubeapi.Reader
	host       *kube.Activities // of this cluster, in this process

	wakings wakings
	queue   workqueue.TypedRateLimitingInterface[item]
	alarms  *alarms
	every   time.Duration // between scans that search for objects without a run
	targets *watches      // of the ConfigMaps and Secrets that FieldExports write
	secrets bool          // FieldExports may write Secrets
	working sync.WaitGroup
}

// item is a request to wake an object.
type item struct {
	ref    resource.Ref
	reason string
	// check marks an event that alone proves nothing. The object is woken only if its status is not
	// about its present inputs.
	check bool
	// role, with check, means that the object's role may have changed. Work that AWS refused for
	// the earlier role is retried, even before it is due.
	role bool
	// own marks an event that looks like our write to the spec. No run is woken if the inputs are
	// exactly those after that write.
	own bool
	// since, with check, holds the object's own inputs at the event. If they changed later, that
	// change already woke the object, and a poke would make its run read twice.
	since string
	// force requires an observation of AWS, even if the status is settled or a run waits. Somebody
	// changed the claim, or another resource freed something. With check, it applies only to
	// objects that are not settled.
	force bool
	// crowd is set if the change concerns many objects. Objects that wait are not poked; their
	// waits end with what the crowd reads.
	crowd *kubeapi.Crowd
	gone  types.UID // of an object that no longer exists: no run is started for it
}

func newBridge(ctx context.Context, temporal client.Client, dynamicClient dynamic.Interface, outlines metadata.Interface, s level.Settings, log *slog.Logger) (*bridge, error) {
	b := &bridge{
		temporal: temporal, client: dynamicClient, outlines: outlines, settings: s, log: log,
		watches: newWatches(log), targets: newWatches(log),
		objects: map[string]cache.SharedIndexInformer{},
		live:    kubeapi.Live{Client: dynamicClient},
		queue: workqueue.NewTypedRateLimitingQueue(
			workqueue.NewTypedItemExponentialFailureRateLimiter[item](200*time.Millisecond, 5*time.Second)),
	}
	b.alarms = newAlarms(b.queue.Add)
	done := ctx.Done()
	for _, kind := range apis.Kinds() {
		if err := b.watchKind(kind, b.informer(done, kubeapi.GVR(kind), "")); err != nil {
			return nil, err
		}
	}
	b.namespaces = b.informer(done, kubeapi.Namespaces, "")
	b.roleMaps = b.informer(done, kubeapi.ConfigMaps, s.SystemNamespace)
	// Only the name of a definition is needed: the schemas of a thousand definitions take some
	// hundred megabytes.
	b.known = cache.NewSharedIndexInformerWithOptions(b.source(done, definitions, outline{outlines.Resource(definitions), outlines}),
		&metav1.PartialObjectMetadata{}, cache.SharedIndexInformerOptions{})
	return b, errors.Join(
		b.handle("namespaces", kubeapi.Namespaces, b.namespaces, stripManagedFields, b.onNamespace()),
		b.handle("role maps", kubeapi.ConfigMaps, b.roleMaps, stripManagedFields, b.onRoleMap()),
		b.handle("definitions", definitions, b.known, nameOnly, b.onDefinition(ctx)),
	)
}

// informer holds the objects of one resource, of all namespaces if none is named. It runs until
// done is closed.
func (b *bridge) informer(done <-chan struct{}, gvr schema.GroupVersionResource, namespace string) cache.SharedIndexInformer {
	var objects dynamic.ResourceInterface = b.client.Resource(gvr)
	if namespace != "" {
		objects = b.client.Resource(gvr).Namespace(namespace)
	}
	return cache.NewSharedIndexInformerWithOptions(b.source(done, gvr, whole{objects, b.client}), &unstructured.Unstructured{},
		cache.SharedIndexInformerOptions{Indexers: cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc}})
}

func (b *bridge) source(done <-chan struct{}, gvr schema.GroupVersionResource, do lister) source {
	return source{do: do, done: done, report: func(err error) { b.watches.report(gvr, err) }}
}

// handle adds handlers to an informer, and reports its state under a name.
func (b *bridge) handle(name string, gvr schema.GroupVersionResource, informer cache.SharedIndexInformer, strip cache.TransformFunc, handler cache.ResourceEventHandler) error {
	if err := informer.SetTransform(strip); err != nil {
		return fmt.Errorf("setting up the watch of %s: %w", name, err)
	}
	// An informer reports that it has synced before its handlers have seen the last item.
	registration, err := informer.AddEventHandler(handler)
	if err != nil {
		return fmt.Errorf("setting up the watch of %s: %w", name, err)
	}
	b.watches.add(gvr, name, registration.HasSynced)
	return nil
}

// stripManagedFields halves the memory of the informers; no code reads those fields of them.
func stripManagedFields(obj any) (any, error) {
	if u, ok := obj.(*unstructured.Unstructured); ok {
		u.SetManagedFields(nil)
	}
	return obj, nil
}

// keepWriters is stripManagedFields for objects of our kinds. What remains says who wrote them, and
// when.
func keepWriters(obj any) (any, error) {
	if u, ok := obj.(*unstructured.Unstructured); ok {
		level.WithoutFields(u)
	}
	return obj, nil
}

// nameOnly keeps only the fields of the metadata that identify the object. One annotation of kubectl
// may hold a whole schema.
func nameOnly(obj any) (any, error) {
	if m, ok := obj.(*metav1.PartialObjectMetadata); ok {
		return &metav1.PartialObjectMetadata{TypeMeta: m.TypeMeta, ObjectMeta: metav1.ObjectMeta{
			Namespace: m.Namespace, Name: m.Name, UID: m.UID, ResourceVersion: m.ResourceVersion, DeletionTimestamp: m.DeletionTimestamp,
		}}, nil
	}
	return obj, nil
}

// start returns when each watch has listed everything once, has reported why it cannot, or has been
// silent for too long. Objects are woken after that, so that few inputs must be read live. A watch
// that cannot list yet keeps trying, and its kind starts when it can.
func (b *bridge) start(ctx context.Context) error {
	ahead := b.ahead() // reminders are set from here on
	b.run(ctx)
	if !cache.WaitForCacheSync(ctx.Done(), b.watches.tried) {
		return fmt.Errorf("listing the cluster: %w", ctx.Err())
	}
	b.watches.logSilent()
	b.working.Go(func() { b.followClock(ctx, ahead) })
	for range pokers {
		b.working.Go(func() {
			for b.next(ctx) {
			}
		})
	}
	if b.every > 0 {
		b.working.Go(func() { b.pokeUnsettled(ctx) })
	}
	return nil
}

// run starts the informers.
func (b *bridge) run(ctx context.Context) {
	b.watches.begin()
	for _, informer := range append(slices.Collect(maps.Values(b.objects)), b.namespaces, b.roleMaps, b.known) {
		b.working.Go(func() { informer.RunWithContext(ctx) })
	}
}

func (b *bridge) stop() {
	b.queue.ShutDown()
	b.working.Wait()
}

// namespaceOf returns an object's namespace, or one without a name while it is not known.
func (b *bridge) namespaceOf(u *unstructured.Unstructured) *unstructured.Unstructured {
	found, _, _ := b.namespaces.GetIndexer().GetByKey(u.GetNamespace()) // keys never fail
	if ns := unwrap(found); ns != nil {
		return ns
	}
	return &unstructured.Unstructured{}
}

// Get reads from the informers where possible, and otherwise from the API server.
func (b *bridge) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	informer := b.informerOf(gvr)
	if informer == nil || !informer.HasSynced() {
		return b.live.Get(ctx, gvr, namespace, name)
	}
	key := name
	if namespace != "" {
		key = namespace + "/" + name
	}
	found, exists, err := informer.GetIndexer().GetByKey(key)
	if err != nil {
		return nil, fmt.Errorf("reading %s from the cache: %w", key, err)
	}
	if !exists {
		return nil, apierrors.NewNotFound(gvr.GroupResource(), key)
	}
	u, ok := found.(*unstructured.Unstructured)
	if !ok {
		return nil, fmt.Errorf("reading %s from the cache: it holds a %T", key, found)
	}
	return u, nil
}

func (b *bridge) informerOf(gvr schema.GroupVersionResource) cache.SharedIndexInformer {
	switch gvr {
	case kubeapi.Namespaces:
		return b.namespaces
	case kubeapi.ConfigMaps:
		return b.roleMaps
	}
	for _, kind := range apis.Kinds() {
		if kubeapi.GVR(kind) == gvr {
			return b.objects[kind.Name()]
		}
	}
	return nil
}
