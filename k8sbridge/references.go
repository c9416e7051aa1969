package main

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/cache"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// byTarget indexes objects by the objects that they refer to.
const byTarget = "target"

func (b *bridge) indexReferences(kind apis.Kind) cache.IndexFunc {
	return func(obj any) ([]string, error) {
		u, ok := obj.(*unstructured.Unstructured)
		if !ok {
			return nil, nil
		}
		var targets []string
		for _, target := range level.Targets(kind, b.refOf(kind, u), u) {
			targets = append(targets, target.WorkflowID())
		}
		return targets, nil
	}
}

// eachReferrer calls do for each object that refers to one.
func (b *bridge) eachReferrer(of resource.Ref, do func(apis.Kind, *unstructured.Unstructured)) {
	for name, informer := range b.objects {
		kind, _ := apis.ByName(name)
		found, _ := informer.GetIndexer().ByIndex(byTarget, of.WorkflowID()) // the index exists
		for _, obj := range found {
			if u := unwrap(obj); u != nil {
				do(kind, u)
			}
		}
	}
}

// wakeReferrers wakes the objects that refer to an object whose readiness changed.
func (b *bridge) wakeReferrers(of resource.Ref) {
	b.eachReferrer(of, func(kind apis.Kind, u *unstructured.Unstructured) {
		b.queue.Add(item{ref: b.refOf(kind, u), reason: "reference changed", check: true})
	})
}

// referrers returns the objects that are related to one and may have a resource that depends on its
// resource, sorted.
func (b *bridge) referrers(of resource.Ref) (refs []resource.Ref) {
	b.eachRelatedTo(of, func(kind apis.Kind, u *unstructured.Unstructured) {
		ref := b.refOf(kind, u)
		if ref.WorkflowID() != of.WorkflowID() && !level.NothingMade(u, kind) {
			refs = append(refs, ref)
		}
	})
	slices.SortFunc(refs, func(x, y resource.Ref) int { return strings.Compare(x.String(), y.String()) })
	return slices.Compact(refs)
}

// wakeTargets wakes the deleted objects to which one is no longer related: AWS may delete their
// resources now.
func (b *bridge) wakeTargets(kind apis.Kind, was, is *unstructured.Unstructured) {
	var kept []resource.Ref
	if is != nil {
		kept = b.targetsOf(kind, is)
	}
	for _, target := range b.targetsOf(kind, was) {
		if slices.Contains(kept, target) {
			continue
		}
		if b.isDeleted(target) {
			b.queue.Add(item{ref: target, reason: "dependant gone"})
		}
		b.wakeAround(target)
	}
}

func (b *bridge) isDeleted(ref resource.Ref) bool {
	_, u := b.objectOf(ref)
	return u != nil && u.GetDeletionTimestamp() != nil
}

// wakeAround wakes deleted objects that may have waited for something inside a target, although
// neither refers to the other. They are the targets of the target, and what is attached to it or
// to its targets. For example, AWS detaches an internet gateway from a VPC only after the last
// public address in its subnets is gone. But a NAT gateway refers to its subnet alone.
func (b *bridge) wakeAround(target resource.Ref) {
	around := []resource.Ref{target}
	if kind, u := b.objectOf(target); u != nil {
		around = append(around, b.targetsOf(kind, u)...)
	}
	wake := func(ref resource.Ref) {
		if ref != target && b.isDeleted(ref) {
			b.alarms.within(item{ref: ref, reason: "neighbor gone"}, goneFor)
		}
	}
	for _, ref := range around {
		wake(ref)
		b.eachRelatedTo(ref, func(kind apis.Kind, u *unstructured.Unstructured) {
			if attaches(kind, ref.Kind) {
				wake(b.refOf(kind, u))
			}
		})
	}
}

// attaches reports whether resources of a kind are attached to those of another, and not made in
// them: only steps need the references.
func attaches(kind apis.Kind, to string) (attached bool) {
	for _, reference := range apis.References(kind.Name()) {
		if reference.Kind == to {
			if !reference.Step {
				return false
			}
			attached = true
		}
	}
	return attached
}
