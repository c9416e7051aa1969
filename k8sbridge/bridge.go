package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// pokeTimeout bounds one signal; what fails is tried again by the queue.
const pokeTimeout = 10 * time.Second

// pokers is how many objects are woken at the same time.
const pokers = 256

// bridge watches one cluster and wakes the workflows of its objects.
type bridge struct {
	temporal client.Client
	client   dynamic.Interface
	settings kube.Settings
	log      *slog.Logger

	factories  []dynamicinformer.DynamicSharedInformerFactory
	objects    map[string]cache.SharedIndexInformer // by kind
	namespaces cache.SharedIndexInformer
	known      cache.SharedIndexInformer // the definitions of all kinds
	roleMaps   cache.SharedIndexInformer
	selectors  atomic.Pointer[selectorWatch] // nil while the cluster knows none
	handlers   []cache.InformerSynced
	live       kube.Reader
	host       *kube.Activities // of this cluster, in this process

	queue   workqueue.TypedRateLimitingInterface[item]
	working sync.WaitGroup
}

// item asks to wake an object.
type item struct {
	ref    resource.Ref
	reason string
	// check says that the event alone tells nothing: the object is woken only if
	// its status does not speak of its inputs as they are now.
	check bool
	// role says, with check, that the object's role may be another by now: what
	// AWS refused the one before is tried again, also before it is due.
	role bool
	// own says that the event looks like a write of ours to the spec: nobody is
	// woken if the inputs are what that write made of them.
	own bool
	// since, with check, are the object's own inputs at the event. If they changed
	// after it, that change woke the object, and a poke would make its run read twice.
	since string
	// crowd is set if the change concerns many: those that wait are not poked, but
	// their waits end with what the crowd reads.
	crowd *kube.Crowd
	gone  types.UID // of an object that is no longer there: nothing is started for it
}

func newBridge(temporal client.Client, dynamicClient dynamic.Interface, s kube.Settings, log *slog.Logger) (*bridge, error) {
	b := &bridge{
		temporal: temporal, client: dynamicClient, settings: s, log: log,
		objects: map[string]cache.SharedIndexInformer{},
		live:    kube.Live{Client: dynamicClient},
		queue: workqueue.NewTypedRateLimitingQueue(
			workqueue.NewTypedItemExponentialFailureRateLimiter[item](200*time.Millisecond, 5*time.Second)),
	}
	all := dynamicinformer.NewDynamicSharedInformerFactory(dynamicClient, 0)
	system := dynamicinformer.NewFilteredDynamicSharedInformerFactory(dynamicClient, 0, s.SystemNamespace, nil)
	b.factories = []dynamicinformer.DynamicSharedInformerFactory{all, system}
	for _, kind := range apis.Kinds() {
		informer := all.ForResource(kube.GVR(kind)).Informer()
		if err := b.watchKind(kind, informer); err != nil {
			return nil, err
		}
	}
	b.namespaces = all.ForResource(kube.Namespaces).Informer()
	b.roleMaps = system.ForResource(kube.ConfigMaps).Informer()
	b.known = all.ForResource(definitions).Informer()
	return b, errors.Join(b.handle(b.namespaces, b.onNamespace()), b.handle(b.roleMaps, b.onRoleMap()))
}

// handle adds handlers to an informer, and keeps in mind to wait for them: an
// informer has synced before its handlers have seen the last item.
func (b *bridge) handle(informer cache.SharedIndexInformer, handler cache.ResourceEventHandler) error {
	if err := informer.SetTransform(stripManagedFields); err != nil {
		return fmt.Errorf("setting up a watch: %w", err)
	}
	registration, err := informer.AddEventHandler(handler)
	if err != nil {
		return fmt.Errorf("setting up a watch: %w", err)
	}
	b.handlers = append(b.handlers, registration.HasSynced)
	return nil
}

// stripManagedFields halves what the informers hold; nothing here reads them.
func stripManagedFields(obj any) (any, error) {
	if u, ok := obj.(*unstructured.Unstructured); ok {
		u.SetManagedFields(nil)
	}
	return obj, nil
}

// start returns when everything was listed once. Nobody is woken before that:
// an object would look as if its namespace or its role were missing.
func (b *bridge) start(ctx context.Context) error {
	if err := b.handle(b.known, b.onDefinition(ctx)); err != nil {
		return err
	}
	for _, factory := range b.factories {
		factory.Start(ctx.Done())
	}
	if !cache.WaitForCacheSync(ctx.Done(), b.handlers...) {
		return fmt.Errorf("listing the cluster: %w", ctx.Err())
	}
	for range pokers {
		b.working.Go(func() {
			for b.next(ctx) {
			}
		})
	}
	return nil
}

func (b *bridge) stop() {
	b.queue.ShutDown()
	b.working.Wait()
}

// namespaceOf is an object's namespace, without a name while it is not known.
func (b *bridge) namespaceOf(u *unstructured.Unstructured) *unstructured.Unstructured {
	found, _, _ := b.namespaces.GetIndexer().GetByKey(u.GetNamespace()) // keys never fail
	if ns := unwrap(found); ns != nil {
		return ns
	}
	return &unstructured.Unstructured{}
}

// Get reads from the informers what they hold, and the rest from the API server.
func (b *bridge) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	informer := b.informerOf(gvr)
	if informer == nil {
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
	case kube.Namespaces:
		return b.namespaces
	case kube.ConfigMaps:
		return b.roleMaps
	}
	for _, kind := range apis.Kinds() {
		if kube.GVR(kind) == gvr {
			return b.objects[kind.Name()]
		}
	}
	return nil
}
