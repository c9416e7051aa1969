// Package export serves FieldExports: it copies a field of an object into a key of a ConfigMap or
// Secret. A copy is level-triggered and idempotent, so it needs no workflow. Every event about a
// FieldExport, its source or its target leads to one comparison, and to a write if they differ.
package export

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
)

// copiers is the number of targets that are compared in parallel.
const copiers = 4

// Config is what the bridge gives to an exporter.
type Config struct {
	Settings level.Settings
	Secrets  bool // FieldExports may write Secrets
	Client   dynamic.Interface
	Objects  kubeapi.Reader            // of the sources
	Informer cache.SharedIndexInformer // of the FieldExports
	// Watch watches all objects of a resource, metadata only, until ctx ends.
	Watch func(ctx context.Context, gvr schema.GroupVersionResource, handler cache.ResourceEventHandler) (cache.SharedIndexInformer, error)
	Log   *slog.Logger
}

// Exporter serves the FieldExports of one cluster.
type Exporter struct {
	Config
	allowed settings
	// The queue holds targets: one comparison serves all FieldExports of a target, with one read.
	queue workqueue.TypedRateLimitingInterface[target]

	mu      sync.Mutex
	targets map[schema.GroupVersionResource]cache.SharedIndexInformer // metadata; only those that FieldExports need
	copies  map[string]copied                                         // by id
}

// copied describes the last comparison of a FieldExport that left nothing to do. While it holds, an
// event costs no request.
type copied struct {
	uid        string
	generation int64
	value      string
	version    string // of the target
}

// New returns an exporter that begins with Run. The informer of the FieldExports does not run yet.
func New(c Config) (*Exporter, error) {
	e := &Exporter{
		Config:  c,
		allowed: settings{c.Settings.OwnNamespaceOnly, c.Settings.SystemNamespace, c.Secrets},
		queue: workqueue.NewTypedRateLimitingQueue(
			workqueue.NewTypedItemExponentialFailureRateLimiter[target](100*time.Millisecond, 10*time.Second)),
		targets: map[schema.GroupVersionResource]cache.SharedIndexInformer{},
		copies:  map[string]copied{},
	}
	if err := c.Informer.AddIndexers(cache.Indexers{bySource: indexSource, byTarget: indexTarget}); err != nil {
		return nil, fmt.Errorf("indexing the FieldExports: %w", err)
	}
	return e, nil
}

// Run copies until ctx ends. It begins when every FieldExport is known, because an unknown one may
// own a key.
func (e *Exporter) Run(ctx context.Context) {
	defer context.AfterFunc(ctx, e.queue.ShutDown)()
	if !cache.WaitForCacheSync(ctx.Done(), e.Informer.HasSynced) {
		return
	}
	var working sync.WaitGroup
	for range copiers {
		working.Go(func() {
			for e.next(ctx) {
			}
		})
	}
	working.Wait()
}

// next handles one target. It retries a failed one without a limit.
func (e *Exporter) next(ctx context.Context) bool {
	t, shutdown := e.queue.Get()
	if shutdown {
		return false
	}
	defer e.queue.Done(t)
	again, err := e.serve(ctx, t)
	switch {
	case err != nil && ctx.Err() == nil:
		e.Log.Warn("trying again", "fieldExportsTo", t.String(), "error", err)
		e.queue.AddRateLimited(t)
		return true
	case again > 0:
		e.queue.AddAfter(t, again)
	}
	e.queue.Forget(t)
	return true
}
