package main

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// A spec may hold the id of a resource in place of a reference. If the resource is that of another
// object, the two are related as by a reference: one may wait for the other.

const (
	// byName indexes objects by the values that name their resource in specs.
	byName = "name"
	// byLiteral indexes objects by the ids and names that their specs hold.
	byLiteral = "literal"
)

func indexNames(kind apis.Kind) func(any) ([]string, error) {
	return func(obj any) ([]string, error) {
		if u, ok := obj.(*unstructured.Unstructured); ok {
			return level.Names(kind, u), nil
		}
		return nil, nil
	}
}

func indexLiterals(kind apis.Kind) func(any) ([]string, error) {
	return func(obj any) (keys []string, _ error) {
		if u, ok := obj.(*unstructured.Unstructured); ok {
			for _, l := range level.Literals(kind, u) {
				keys = append(keys, keyOf(l))
			}
		}
		return keys, nil
	}
}

func keyOf(l level.Literal) string { return l.Kind + "=" + l.Value }

// targetsOf returns the objects to which an object refers, and those with a resource that its spec
// names by id.
func (b *bridge) targetsOf(kind apis.Kind, u *unstructured.Unstructured) []resource.Ref {
	targets := level.Targets(kind, b.refOf(kind, u), u)
	for _, l := range level.Literals(kind, u) {
		of, _ := apis.ByName(l.Kind)
		b.each(of, byName, l.Value, func(target *unstructured.Unstructured) {
			if ref := b.refOf(of, target); b.sameAccount(kind, u, of, target) && !slices.Contains(targets, ref) {
				targets = append(targets, ref)
			}
		})
	}
	return targets
}

// eachRelated calls do for each object that refers to u, or has a spec that names its resource by
// id.
func (b *bridge) eachRelated(kind apis.Kind, u *unstructured.Unstructured, do func(apis.Kind, *unstructured.Unstructured)) {
	b.eachReferrer(b.refOf(kind, u), do)
	for _, name := range level.Names(kind, u) {
		for _, of := range apis.Kinds() {
			b.each(of, byLiteral, keyOf(level.Literal{Kind: kind.Name(), Value: name}), func(holder *unstructured.Unstructured) {
				if b.sameAccount(kind, u, of, holder) {
					do(of, holder)
				}
			})
		}
	}
}

// eachRelatedTo is eachRelated for an object that may be gone: then it only has referrers.
func (b *bridge) eachRelatedTo(of resource.Ref, do func(apis.Kind, *unstructured.Unstructured)) {
	if kind, u := b.objectOf(of); u != nil {
		b.eachRelated(kind, u, do)
		return
	}
	b.eachReferrer(of, do)
}

// each calls do for each object of a kind that an index finds.
func (b *bridge) each(kind apis.Kind, index, key string, do func(*unstructured.Unstructured)) {
	informer, served := b.objects[kind.Name()]
	if !served {
		return
	}
	found, _ := informer.GetIndexer().ByIndex(index, key) // the index exists
	for _, obj := range found {
		if u := unwrap(obj); u != nil {
			do(u)
		}
	}
}

// sameAccount reports whether two objects may have resources in one account. Two accounts may have
// roles with the same name.
func (b *bridge) sameAccount(kind apis.Kind, u *unstructured.Unstructured, of apis.Kind, other *unstructured.Unstructured) bool {
	one, two := b.knownOf(kind, u).Account, b.knownOf(of, other).Account
	return one == two || one == "" || two == ""
}
