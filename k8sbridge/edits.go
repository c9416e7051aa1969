package main

import (
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// An object may free something without losing its resource: an edit removes a block, a route or a
// reference from its spec. AWS has carried that out only when the object is Synced with that spec.
// Objects that wait for it are woken then.

// givenWay is the delay before waiting objects are woken after AWS carried out another object's
// edit. Of 500 such edits within it, each waiting object is woken once.
const givenWay = time.Second

// edit is the part that edits removed from an object and that AWS has not carried out yet.
type edit struct {
	uid  types.UID
	more bool           // changed something other than tags
	took bool           // removed something other than tags
	left []resource.Ref // earlier references of the spec that are gone now
	part bool           // AWS refused a part of it, and may have carried out another
}

// An edit may also add what another object lacks: a subnet is refused until its VPC has the block.
// Such objects are woken at the same moment.

// edits holds the edits of one kind's objects. Only the goroutine of its watch uses it.
type edits map[resource.Ref]edit

// begin keeps what an edit changes. targets returns the objects to which one is related.
func (e edits) begin(ref resource.Ref, was, is *unstructured.Unstructured, targets func(*unstructured.Unstructured) []resource.Ref) {
	if was.GetGeneration() == is.GetGeneration() {
		return
	}
	open := e[ref]
	if open.uid != is.GetUID() {
		open = edit{uid: is.GetUID()}
	}
	open.more, open.took, open.part = open.more || edited(was, is), open.took || takesAway(was, is), false
	kept := targets(is)
	for _, target := range targets(was) {
		if !slices.Contains(kept, target) && !slices.Contains(open.left, target) {
			open.left = append(open.left, target)
		}
	}
	e[ref] = open
}

// found keeps an edit that was in progress when the bridge started. It is unknown what that edit
// changes.
func (e edits) found(ref resource.Ref, u *unstructured.Unstructured) {
	if syncedID, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusSyncedID); syncedID != "" && !carriedOut(u) {
		e[ref] = edit{uid: u.GetUID(), more: true, took: true}
	}
}

// end removes an edit when AWS has carried it out, or when the object is gone.
func (e edits) end(ref resource.Ref, is *unstructured.Unstructured) (ended edit, ok bool) {
	open, ok := e[ref]
	if !ok || is != nil && open.uid == is.GetUID() && !carriedOut(is) {
		return edit{}, false
	}
	delete(e, ref)
	return open, is == nil || open.uid == is.GetUID()
}

// inPart reports, once, that AWS refused a part of an edit. Without it, two objects that swap
// values would wait for each other: each has given up its own value and is not Synced.
func (e edits) inPart(ref resource.Ref, is *unstructured.Unstructured) (open edit, ok bool) {
	open, ok = e[ref]
	if !ok || open.part || open.uid != is.GetUID() || !observed(is) || !level.Holds(is, corev1alpha1.ConditionTypeRecoverable) {
		return edit{}, false
	}
	open.part = true
	e[ref] = open
	return open, true
}

// carriedOut reports whether AWS matches the newest spec of an object.
func carriedOut(u *unstructured.Unstructured) bool {
	return observed(u) && level.Holds(u, corev1alpha1.ConditionTypeResourceSynced)
}

// observed reports whether the status is about the newest spec.
func observed(u *unstructured.Unstructured) bool {
	seen, found, _ := unstructured.NestedInt64(u.Object, "status", resource.StatusObservedGeneration)
	return found && seen == u.GetGeneration()
}

// follow tracks the edits of an object, and wakes the objects that may have waited for what it
// gives up or gains.
func (b *bridge) follow(open edits, kind apis.Kind, was, is *unstructured.Unstructured) {
	ref := b.refOf(kind, is)
	open.begin(ref, was, is, func(u *unstructured.Unstructured) []resource.Ref { return b.targetsOf(kind, u) })
	e, now := open.end(ref, is)
	b.wakeWaiters(kind, was, is, e)
	if now && e.more || !now && carriedOut(is) && !carriedOut(was) {
		b.wakeTooEarly(kind, is)
	}
	if !now {
		e, now = open.inPart(ref, is)
	}
	if now {
		b.wakeGivenWay(kind, is, e)
	}
}

// wakeGivenWay wakes the objects that may have waited for what an edit removed. These are objects
// that AWS refused, and deleted objects to which this one no longer refers.
func (b *bridge) wakeGivenWay(kind apis.Kind, is *unstructured.Unstructured, e edit) {
	if !e.took {
		return
	}
	for _, it := range b.waiters(kind, is, e.left) {
		b.alarms.within(it, givenWay)
	}
	for _, target := range e.left {
		if _, u := b.objectOf(target); u != nil && u.GetDeletionTimestamp() != nil {
			b.alarms.within(item{ref: target, reason: "dependent freed something", force: true}, givenWay)
		}
	}
}

// wakeTooEarly wakes the related objects that AWS refused before it carried out the spec of u. All
// of them are woken, because none takes anything from another.
func (b *bridge) wakeTooEarly(kind apis.Kind, u *unstructured.Unstructured) {
	b.eachRelated(kind, u, func(kind apis.Kind, related *unstructured.Unstructured) {
		if related.GetUID() != u.GetUID() && tooEarly(related) {
			b.alarms.within(item{ref: b.refOf(kind, related), reason: "referenced object applied", check: true, role: true, force: true}, givenWay)
		}
	})
}

// edited reports whether an edit changes anything but tags in a spec.
func edited(was, is *unstructured.Unstructured) bool {
	before, _, _ := unstructured.NestedMap(was.Object, "spec")
	after, _, _ := unstructured.NestedMap(is.Object, "spec")
	delete(before, "tags")
	delete(after, "tags")
	return !reflect.DeepEqual(before, after)
}

// takesAway reports whether an edit removes or replaces something in a spec. Tags hold nothing that
// another resource could require.
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

// stillIn reports whether a value is unchanged, or a list that has grown.
func stillIn(after, before any) bool {
	old, listed := before.([]any)
	grown, still := after.([]any)
	if !listed || !still {
		return reflect.DeepEqual(before, after)
	}
	has := map[string]bool{}
	for _, item := range grown {
		raw, _ := json.Marshal(item) // it was decoded from JSON
		has[string(raw)] = true
	}
	return !slices.ContainsFunc(old, func(item any) bool {
		raw, _ := json.Marshal(item)
		return !has[string(raw)]
	})
}
