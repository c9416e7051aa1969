package main

import (
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/aws/awserror/codes"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// byHeld indexes the objects that rest because another resource holds what they require: a
// block, a name, a place in a quota.
const byHeld = "held-by-another"

// wokenPerFreed limits the resting objects that one released resource wakes. Each wake costs a
// call that AWS may refuse; the other objects continue when their rest ends.
const wokenPerFreed = 16

// goneFor is the delay before waiting objects are woken after a resource is gone. When many
// resources go at once, each waiting object is woken only a few times.
const goneFor = 250 * time.Millisecond

func indexHeld(obj any) ([]string, error) {
	if u, ok := obj.(*unstructured.Unstructured); ok && heldByAnother(u) {
		return []string{byHeld}, nil
	}
	return nil, nil
}

// heldByAnother reports whether AWS refused an object because of another resource. The object rests
// until its next try, or waits with its run open. What holds a waiting deletion wakes it: see
// wakeTargets.
func heldByAnother(u *unstructured.Unstructured) bool {
	return refusedFor(u, func(reason string) bool { return resource.Taken(reason) || codes.HeldByAnother(reason) })
}

// tooEarly reports whether AWS refused an object because the resource of another one lacks
// something, or is not there. More of the other's spec may lift that.
func tooEarly(u *unstructured.Unstructured) bool {
	return refusedFor(u, func(reason string) bool {
		class := codes.Class(reason)
		return class == resource.Dependent || class == resource.NotFound
	})
}

// refusedFor reports whether an object rests or waits for such a reason. The reason of a refusal is
// AWS's code.
func refusedFor(u *unstructured.Unstructured, is func(reason string) bool) bool {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		c, _ := c.(map[string]any)
		rests := c["type"] == string(corev1alpha1.ConditionTypeRecoverable) && c["status"] == "True"
		waits := c["type"] == string(corev1alpha1.ConditionTypeResourceSynced) && c["status"] == "False" && u.GetDeletionTimestamp() == nil
		reason, _ := c["reason"].(string)
		if (rests || waits) && is(reason) {
			return true
		}
	}
	return false
}

// wakeWaiters wakes the objects that may have waited for the resource of an object that is gone,
// or that now has another resource. They are retried before they are due.
func (b *bridge) wakeWaiters(kind apis.Kind, was, is *unstructured.Unstructured, e edit) {
	freed := level.Known(was, kind).ID
	if freed == "" || is != nil && level.Known(is, kind).ID == freed {
		return
	}
	for _, it := range b.waiters(kind, was, e.left) {
		b.alarms.within(it, goneFor)
	}
}

// waiters returns items for the objects that may wait for a part of an object's resource. These
// are such objects of its kind and account, and objects that are related to it or to its targets.
// Its targets themselves belong to them, from before and after an edit.
func (b *bridge) waiters(kind apis.Kind, gave *unstructured.Unstructured, left []resource.Ref) (woken []item) {
	due := map[resource.Ref]time.Time{}
	add := func(kind apis.Kind, u *unstructured.Unstructured) {
		if u.GetUID() != gave.GetUID() && heldByAnother(u) {
			due[b.refOf(kind, u)] = nextTry(u)
		}
	}
	found, _ := b.objects[kind.Name()].GetIndexer().ByIndex(byHeld, byHeld) // the index exists
	for _, obj := range found {
		if u := unwrap(obj); u != nil && b.knownOf(kind, u).Account == b.knownOf(kind, gave).Account {
			add(kind, u)
		}
	}
	b.eachRelated(kind, gave, add)
	for _, target := range append(b.targetsOf(kind, gave), left...) {
		b.eachRelatedTo(target, add)
		if kind, u := b.objectOf(target); u != nil {
			add(kind, u)
		}
	}
	refs := make([]resource.Ref, 0, len(due))
	for ref := range due {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b resource.Ref) int {
		if order := due[a].Compare(due[b]); order != 0 {
			return order
		}
		return strings.Compare(a.WorkflowID(), b.WorkflowID())
	})
	for _, ref := range refs[:min(len(refs), wokenPerFreed)] {
		woken = append(woken, item{ref: ref, reason: "another resource freed something", check: true, role: true, force: true})
	}
	return woken
}

// objectOf returns an object of a served kind, as its watch holds it.
func (b *bridge) objectOf(ref resource.Ref) (apis.Kind, *unstructured.Unstructured) {
	kind, _ := apis.ByName(ref.Kind)
	informer, served := b.objects[ref.Kind]
	if !served {
		return kind, nil
	}
	obj, _, _ := informer.GetIndexer().GetByKey(ref.Namespace + "/" + ref.Name) // keys never fail
	return kind, unwrap(obj)
}

// nextTry returns the time when a resting object is due. An object without a time comes first.
func nextTry(u *unstructured.Unstructured) time.Time {
	at, _ := level.NextTry(u)
	return at
}
