package main

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/cache"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

func (b *bridge) watchKind(kind apis.Kind, informer cache.SharedIndexInformer) error {
	b.objects[kind.Name()] = informer
	err := informer.AddIndexers(cache.Indexers{
		byTarget: b.indexReferences(kind), byHeld: indexHeld, byName: indexNames(kind), byLiteral: indexLiterals(kind),
	})
	if err != nil {
		return err
	}
	open := edits{}
	return b.handle(kind.Name(), kubeapi.GVR(kind), informer, keepWriters, cache.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(obj any, initial bool) {
			u := unwrap(obj)
			if u == nil {
				return
			}
			ref := b.refOf(kind, u)
			// After a start, only unsettled objects are woken; a new object always is.
			b.queue.Add(item{ref: ref, reason: "added", check: initial})
			open.found(ref, u)
			b.wakeReferrers(ref)
			b.remindAt(ref, u)
		},
		UpdateFunc: func(before, after any) {
			was, is := unwrap(before), unwrap(after)
			if was == nil || is == nil {
				return
			}
			ref := b.refOf(kind, is)
			if reason := changed(kind, was, is); reason != "" {
				b.queue.Add(item{ref: ref, reason: reason, own: level.FilledBetween(was, is, kind)})
			} else if !maps.Equal(was.GetLabels(), is.GetLabels()) {
				b.queue.Add(item{ref: ref, reason: "labels changed", check: true, role: true}) // a selector may ask for them
			}
			if level.ClaimTouched(was, is, kind) {
				b.queue.Add(item{ref: ref, reason: "claim changed", force: true})
			}
			if level.ShownTouched(was, is, kind) {
				// The check comes later: when we release a resource, the claim follows the status.
				b.alarms.after(item{ref: ref, reason: "id in the status changed", check: true}, settling)
			}
			if level.ReportsOtherInputs(was, is) {
				// An input may have been undone while its run was in progress. The status was still
				// right at that moment, so no run was woken.
				b.alarms.after(item{ref: ref, reason: "status of earlier inputs", check: true, since: ownInputs(is)}, settling)
			}
			if level.ReadyFor(was, kind) != level.ReadyFor(is, kind) {
				b.wakeReferrers(ref)
			}
			b.wakeTargets(kind, was, is)
			b.follow(open, kind, was, is)
			b.remindAt(ref, is)
		},
		DeleteFunc: func(obj any) {
			if u := unwrap(obj); u != nil {
				ref := b.refOf(kind, u)
				b.host.Forget(ref)
				b.alarms.clear(reminder(ref))
				b.queue.Add(item{ref: ref, reason: "deleted", gone: u.GetUID()})
				b.wakeReferrers(ref)
				b.wakeTargets(kind, u, nil)
				ended, _ := open.end(ref, nil)
				b.wakeWaiters(kind, u, nil, ended)
			}
		},
	})
}

// settling is the delay before a new status is compared with what the other watches have seen,
// because they may be behind.
const settling = time.Second

// changed returns the input of an object that changed, if one did. Our own writes, to the status
// and the claim, change none.
func changed(kind apis.Kind, was, is *unstructured.Unstructured) string {
	switch {
	case was.GetUID() != is.GetUID():
		return "another object"
	case was.GetGeneration() != is.GetGeneration():
		return "spec changed"
	case (was.GetDeletionTimestamp() == nil) != (is.GetDeletionTimestamp() == nil):
		return "being deleted"
	case slices.Contains(was.GetFinalizers(), kind.Finalizer()) && !slices.Contains(is.GetFinalizers(), kind.Finalizer()):
		return "finalizer removed"
	case !maps.Equal(level.Annotations(was), level.Annotations(is)):
		return "annotation changed"
	}
	return ""
}

// ownInputs returns all inputs that an object holds itself, as one string: each change of them
// wakes its run.
func ownInputs(u *unstructured.Unstructured) string {
	return fmt.Sprint(u.GetUID(), u.GetGeneration(), u.GetDeletionTimestamp() != nil, level.Annotations(u))
}

// reminder returns the item that wakes an object when its next try is due.
func reminder(ref resource.Ref) item { return item{ref: ref, reason: "next try", check: true} }

// remindAt wakes an object when the next try in its status is due.
func (b *bridge) remindAt(ref resource.Ref, u *unstructured.Unstructured) {
	at, tries := level.NextTry(u)
	if !tries {
		b.alarms.clear(reminder(ref))
		return
	}
	b.alarms.after(reminder(ref), at.Sub(b.settings.Clock.Now())+time.Second)
}

func (b *bridge) refOf(kind apis.Kind, u *unstructured.Unstructured) resource.Ref {
	return resource.Ref{Kind: kind.Name(), Cluster: b.settings.Cluster, Namespace: u.GetNamespace(), Name: u.GetName()}
}

// unwrap returns the object of an event. After a missed deletion, the informer gives the last state
// that it has.
func unwrap(obj any) *unstructured.Unstructured {
	if missed, ok := obj.(cache.DeletedFinalStateUnknown); ok {
		obj = missed.Obj
	}
	u, _ := obj.(*unstructured.Unstructured)
	return u
}
