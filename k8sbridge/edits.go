package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// An object may give way without losing its resource: an edit takes a block, a route or
// a reference out of its spec. AWS has carried that out when the object is Synced with
// that spec, and not before: what waits for it is woken then.

// givenWay is how long those who wait are let be after an edit of another object was
// carried out. Of 500 such edits within it each of them hears once.
const givenWay = time.Second

// edit is what the edits of an object took away that AWS has not carried out yet.
type edit struct {
	uid  types.UID
	took bool           // something other than tags
	left []resource.Ref // what the spec referred to before, and no longer does
	part bool           // AWS refused a part of it, and may have carried out another
}

// edits are those of one kind's objects. One goroutine, that of its watch, uses them.
type edits map[resource.Ref]edit

// begin keeps what an edit takes away.
func (e edits) begin(kind apis.Kind, ref resource.Ref, was, is *unstructured.Unstructured) {
	if was.GetGeneration() == is.GetGeneration() {
		return
	}
	open := e[ref]
	if open.uid != is.GetUID() {
		open = edit{uid: is.GetUID()}
	}
	open.took, open.part = open.took || takesAway(was, is), false
	kept := kube.Targets(kind, ref, is)
	for _, target := range kube.Targets(kind, ref, was) {
		if !slices.Contains(kept, target) && !slices.Contains(open.left, target) {
			open.left = append(open.left, target)
		}
	}
	e[ref] = open
}

// found keeps an edit that was under way when the bridge started: what it takes away
// nobody knows any more.
func (e edits) found(ref resource.Ref, u *unstructured.Unstructured) {
	if syncedID, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusSyncedID); syncedID != "" && !carriedOut(u) {
		e[ref] = edit{uid: u.GetUID(), took: true}
	}
}

// end takes an edit out when AWS has carried it out, or when the object is gone.
func (e edits) end(ref resource.Ref, is *unstructured.Unstructured) (ended edit, ok bool) {
	open, ok := e[ref]
	if !ok || is != nil && open.uid == is.GetUID() && !carriedOut(is) {
		return edit{}, false
	}
	delete(e, ref)
	return open, is == nil || open.uid == is.GetUID()
}

// inPart says, once, that AWS refused a part of an edit. Two objects that change places
// would wait for each other otherwise: each has left its own, and is not Synced.
func (e edits) inPart(ref resource.Ref, is *unstructured.Unstructured) (open edit, ok bool) {
	open, ok = e[ref]
	if !ok || open.part || open.uid != is.GetUID() || !observed(is) || !kube.Holds(is, corev1alpha1.ConditionTypeRecoverable) {
		return edit{}, false
	}
	open.part = true
	e[ref] = open
	return open, true
}

// carriedOut says whether AWS is as the newest spec of an object says.
func carriedOut(u *unstructured.Unstructured) bool {
	return observed(u) && kube.Holds(u, corev1alpha1.ConditionTypeResourceSynced)
}

// observed says whether the status speaks of the newest spec.
func observed(u *unstructured.Unstructured) bool {
	seen, told, _ := unstructured.NestedInt64(u.Object, "status", resource.StatusObservedGeneration)
	return told && seen == u.GetGeneration()
}

// follow keeps up with the edits of an object, and wakes whoever may have waited for what
// it gives up.
func (b *bridge) follow(open edits, kind apis.Kind, was, is *unstructured.Unstructured) {
	ref := b.refOf(kind, is)
	open.begin(kind, ref, was, is)
	e, now := open.end(ref, is)
	b.wakeContenders(kind, was, is, e)
	if !now {
		e, now = open.inPart(ref, is)
	}
	if now {
		b.wakeGivenWay(kind, is, e)
	}
}

// wakeGivenWay wakes what may have waited for what an edit took away: those whom AWS
// refused, and what the object refers to no longer and is to be deleted.
func (b *bridge) wakeGivenWay(kind apis.Kind, is *unstructured.Unstructured, e edit) {
	if !e.took {
		return
	}
	for _, it := range b.contenders(kind, is, e.left) {
		b.alarms.within(it, givenWay)
	}
	for _, target := range e.left {
		if _, u := b.objectOf(target); u != nil && u.GetDeletionTimestamp() != nil {
			b.alarms.within(item{ref: target, reason: "dependant gave way", force: true}, givenWay)
		}
	}
}

// takesAway says whether an edit takes something out of a spec, or puts something else
// in its place. Tags hold nothing that another resource could want.
func takesAway(was, is *unstructured.Unstructured) bool {
	before, _, _ := unstructured.NestedMap(was.Object, "spec")
	after, _, _ := unstructured.NestedMap(is.Object, "spec")
	for field, value := range before {
		if field != "tags" && !stillIn(after[field], value) {
			return true
		}
	}
	return false
}

// stillIn says whether a value is what it was, or a list that has grown.
func stillIn(after, before any) bool {
	old, listed := before.([]any)
	grown, still := after.([]any)
	if !listed || !still {
		return reflect.DeepEqual(before, after)
	}
	has := map[string]bool{}
	for _, item := range grown {
		raw, _ := json.Marshal(item) // came from JSON
		has[string(raw)] = true
	}
	return !slices.ContainsFunc(old, func(item any) bool {
		raw, _ := json.Marshal(item)
		return !has[string(raw)]
	})
}
