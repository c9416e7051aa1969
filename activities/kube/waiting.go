package kube

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"go.temporal.io/sdk/activity"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// Completer ends activities from without, as Temporal's client does.
type Completer interface {
	CompleteActivityByID(ctx context.Context, namespace, workflowID, runID, activityID string, result any, err error) error
}

// waiting are the waits that this process has seen, by object. An attempt begins
// by putting itself in, before it reads: whoever knows of a change after that may
// end the wait, and a wait that began later has seen the change itself.
type waiting struct {
	mu sync.Mutex
	by map[resource.Ref]waiter
}

// waiter is an Await that goes on between its attempts.
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

// Forget drops what is known of an object that is gone, or waits no more.
func (a *Activities) Forget(ref resource.Ref) {
	a.waiting.mu.Lock()
	defer a.waiting.mu.Unlock()
	delete(a.waiting.by, local(ref))
}

// local is a reference as it is within one cluster.
func local(ref resource.Ref) resource.Ref {
	ref.ClusterUID = ""
	return ref
}

// EndWait ends the wait of an object with its level as r gives it, or leaves it be
// if that is the one it waits on. It says whether that is all to be done about a
// change that r has seen; else the object is to be poked.
func (a *Activities) EndWait(ctx context.Context, to Completer, r Reader, ref resource.Ref) bool {
	w, ok := a.waiting.of(ref)
	if !ok {
		return false
	}
	kind, ok := apis.ByName(ref.Kind)
	if !ok {
		return false
	}
	level, err := a.levelBy(ctx, r, kind, w.in.Ref)
	if err != nil {
		return false // the object's run finds out why
	}
	if waitOf(level, w.in) != nil {
		return true
	}
	if to.CompleteActivityByID(ctx, w.namespace, ref.WorkflowID(), w.runID, w.activityID, level, nil) != nil {
		return false
	}
	a.Forget(ref)
	return true
}

// Crowd reads for many objects that one change concerns: all of a kind that is
// served in one request, which begins when the first of them is asked for.
type Crowd struct {
	Reader
	live Reader
	mu   sync.Mutex
	by   map[schema.GroupVersionResource]func() (map[string]*unstructured.Unstructured, error)
}

// NewCrowd makes a reader for a change that was seen before.
func (a *Activities) NewCrowd() *Crowd { return a.newCrowd(Live{a.client}) }

func (a *Activities) newCrowd(live Reader) *Crowd {
	return &Crowd{Reader: a.live, live: live, by: map[schema.GroupVersionResource]func() (map[string]*unstructured.Unstructured, error){}}
}

// Get reads one object.
func (c *Crowd) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	served := func(kind apis.Kind) bool { return GVR(kind) == gvr }
	if !slices.ContainsFunc(apis.Kinds(), served) {
		return c.Reader.Get(ctx, gvr, namespace, name)
	}
	all, err := c.all(ctx, gvr)
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", gvr.Resource, err)
	}
	if u := all[namespace+"/"+name]; u != nil {
		return u.DeepCopy(), nil
	}
	return c.Reader.Get(ctx, gvr, namespace, name) // made since
}

func (c *Crowd) all(ctx context.Context, gvr schema.GroupVersionResource) (map[string]*unstructured.Unstructured, error) {
	c.mu.Lock()
	list := c.by[gvr]
	if list == nil {
		list = sync.OnceValues(func() (map[string]*unstructured.Unstructured, error) {
			within, cancel := context.WithTimeout(context.WithoutCancel(ctx), joinedTimeout)
			defer cancel()
			found, err := c.live.List(within, gvr)
			all := map[string]*unstructured.Unstructured{}
			for _, u := range found {
				all[u.GetNamespace()+"/"+u.GetName()] = u
			}
			return all, err
		})
		c.by[gvr] = list
	}
	c.mu.Unlock()
	return list()
}
