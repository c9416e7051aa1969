package kube

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Completer completes activities from outside, as Temporal's client does.
type Completer interface {
	CompleteActivityByID(ctx context.Context, namespace, workflowID, runID, activityID string, result any, err error) error
}

// waiting holds the waits that this process has seen, by object. An attempt adds itself before it
// reads. Whoever learns of a later change may therefore end the wait, and a wait that starts later
// sees the change itself.
type waiting struct {
	mu sync.Mutex
	by map[resource.Ref]waiter
}

// waiter is an Await that continues between its attempts.
type waiter struct {
	namespace, runID, activityID string
	in                           resource.LevelInput
}

func (w *waiting) begin(ctx context.Context, in resource.LevelInput) {
	if !activity.IsActivity(ctx) {
		return
	}
	info := activity.GetInfo(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.by == nil {
		w.by = map[resource.Ref]waiter{}
	}
	w.by[local(in.Ref)] = waiter{info.Namespace, info.WorkflowExecution.RunID, info.ActivityID, in}
}

func (w *waiting) of(ref resource.Ref) (waiter, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	found, ok := w.by[local(ref)]
	return found, ok
}

// Forget removes the entry of an object that is gone or no longer waits.
func (a *Activities) Forget(ref resource.Ref) {
	a.waiting.mu.Lock()
	defer a.waiting.mu.Unlock()
	delete(a.waiting.by, local(ref))
}

// local returns a reference without its cluster.
func local(ref resource.Ref) resource.Ref {
	ref.ClusterUID = ""
	return ref
}

// EndWait ends the wait of an object with the level that the crowd reads. If it returns false, the
// object needs a poke. That includes a level equal to the awaited one: the wait may be an old one
// that a poke canceled, and the object has settled since.
func (a *Activities) EndWait(ctx context.Context, to Completer, c *Crowd, ref resource.Ref) bool {
	w, ok := a.waiting.of(ref)
	if !ok || c.over() {
		return false
	}
	kind, ok := apis.ByName(ref.Kind)
	if !ok {
		return false
	}
	level, err := a.levelBy(ctx, c, kind, w.in.Ref)
	if err != nil || waitOf(level, w.in) != nil {
		return false // the object's run finds the cause
	}
	if to.CompleteActivityByID(ctx, w.namespace, ref.WorkflowID(), w.runID, w.activityID, level, nil) != nil {
		return false
	}
	a.Forget(ref)
	return true
}

// Crowd reads for many objects that one change concerns, and reads once what they share. That is
// all objects of a served kind, namespaces, role maps and selectors. No part of it is older than
// the crowd, so it serves that one change only.
type Crowd struct {
	live  Reader
	mu    sync.Mutex
	began time.Time // start of the first request
	read  map[asked]func() (map[string]*unstructured.Unstructured, error)
}

// crowdLasts bounds how long waits are ended with what a crowd read. Objects that come later are
// poked, because a level must be read live.
const crowdLasts = 5 * time.Second

func (c *Crowd) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.began.IsZero() && time.Since(c.began) > crowdLasts
}

// NewCrowd returns a reader for a change that the bridge has already seen.
func (a *Activities) NewCrowd() *Crowd { return newCrowd(Live{a.client}) }

func newCrowd(live Reader) *Crowd {
	return &Crowd{live: live, read: map[asked]func() (map[string]*unstructured.Unstructured, error){}}
}

// Get reads one object.
func (c *Crowd) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	served := func(kind apis.Kind) bool { return GVR(kind) == gvr }
	if !slices.ContainsFunc(apis.Kinds(), served) {
		found, err := c.once(ctx, asked{gvr, namespace, name}, func(ctx context.Context) ([]*unstructured.Unstructured, error) {
			u, err := c.live.Get(ctx, gvr, namespace, name)
			return []*unstructured.Unstructured{u}, err
		})
		for _, u := range found {
			return u.DeepCopy(), nil
		}
		return nil, err
	}
	all, err := c.all(ctx, gvr)
	if err != nil {
		return nil, err
	}
	if u := all[namespace+"/"+name]; u != nil {
		return u.DeepCopy(), nil
	}
	return c.live.Get(ctx, gvr, namespace, name) // made since then
}

// List reads all objects of a resource.
func (c *Crowd) List(ctx context.Context, gvr schema.GroupVersionResource) (all []*unstructured.Unstructured, err error) {
	found, err := c.all(ctx, gvr)
	for _, u := range found {
		all = append(all, u.DeepCopy())
	}
	return all, err
}

func (c *Crowd) all(ctx context.Context, gvr schema.GroupVersionResource) (map[string]*unstructured.Unstructured, error) {
	return c.once(ctx, asked{gvr: gvr}, func(ctx context.Context) ([]*unstructured.Unstructured, error) { return c.live.List(ctx, gvr) })
}

// once returns the result of one request, by namespace and name.
func (c *Crowd) once(ctx context.Context, what asked, request func(context.Context) ([]*unstructured.Unstructured, error)) (map[string]*unstructured.Unstructured, error) {
	c.mu.Lock()
	if c.began.IsZero() {
		c.began = time.Now()
	}
	read := c.read[what]
	if read == nil {
		read = sync.OnceValues(func() (map[string]*unstructured.Unstructured, error) {
			within, cancel := context.WithTimeout(context.WithoutCancel(ctx), joinedTimeout)
			defer cancel()
			found, err := request(within)
			if err != nil {
				return nil, err
			}
			by := map[string]*unstructured.Unstructured{}
			for _, u := range found {
				by[u.GetNamespace()+"/"+u.GetName()] = u
			}
			return by, nil
		})
		c.read[what] = read
	}
	c.mu.Unlock()
	return read()
}
