package kube

import (
	"context"
	"sync"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
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
// object needs a poke. That includes a level equal to the awaited one: a poke may have canceled an
// old wait, and the object has settled since.
func (a *Activities) EndWait(ctx context.Context, to Completer, c *kubeapi.Crowd, ref resource.Ref) bool {
	w, ok := a.waiting.of(ref)
	if !ok || c.Over() {
		return false
	}
	kind, ok := apis.ByName(ref.Kind)
	if !ok {
		return false
	}
	l, err := a.levelBy(ctx, c, kind, w.in)
	if err != nil || level.Awaited(l, w.in) != nil {
		return false // the object's run finds the cause
	}
	l.Run = w.runID
	if to.CompleteActivityByID(ctx, w.namespace, ref.WorkflowID(), w.runID, w.activityID, l, nil) != nil {
		return false
	}
	a.Forget(ref)
	return true
}
