package main

import (
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/awserror/codes"
	"github.com/tack-dev/tack/activities/kube"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// byContended indexes the objects that rest because AWS gave another resource what they
// ask for: a block, a name, a place in a quota.
const byContended = "contended"

// wokenPerRelease is how many resting objects one released resource wakes. Each wake is
// a call that AWS may refuse; the others come when their pause ends.
const wokenPerRelease = 16

func indexContended(obj any) ([]string, error) {
	if u, ok := obj.(*unstructured.Unstructured); ok && contended(u) {
		return []string{byContended}, nil
	}
	return nil, nil
}

// contended says whether AWS refused an object for the sake of another resource.
func contended(u *unstructured.Unstructured) bool {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		c, _ := c.(map[string]any)
		if c["type"] == string(corev1alpha1.ConditionTypeRecoverable) && c["status"] == "True" {
			reason, _ := c["reason"].(string)
			return reason == resource.ReasonNameTaken || codes.Contended(reason)
		}
	}
	return false
}

// wakeContenders wakes what may have waited for the resource of an object that is gone,
// or has another now: contended objects of its kind and account, and those that refer to
// what it referred to. They are tried before they are due.
func (b *bridge) wakeContenders(kind apis.Kind, was, is *unstructured.Unstructured) {
	had := kube.Known(was, kind).ID
	if had == "" || is != nil && kube.Known(is, kind).ID == had {
		return
	}
	for _, it := range b.contenders(kind, was) {
		b.queue.Add(it)
	}
}

func (b *bridge) contenders(kind apis.Kind, gone *unstructured.Unstructured) (woken []item) {
	due := map[resource.Ref]time.Time{}
	add := func(kind apis.Kind, u *unstructured.Unstructured) {
		if u.GetUID() != gone.GetUID() && contended(u) {
			due[b.refOf(kind, u)] = nextTry(u)
		}
	}
	found, _ := b.objects[kind.Name()].GetIndexer().ByIndex(byContended, byContended) // the index exists
	for _, obj := range found {
		if u := unwrap(obj); u != nil && b.toldOf(kind, u).Account == b.toldOf(kind, gone).Account {
			add(kind, u)
		}
	}
	for _, target := range kube.Targets(kind, b.refOf(kind, gone), gone) {
		b.eachReferrer(target, add)
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
	for _, ref := range refs[:min(len(refs), wokenPerRelease)] {
		woken = append(woken, item{ref: ref, reason: "another resource is gone", check: true, role: true})
	}
	return woken
}

// nextTry is when a resting object is due.
func nextTry(u *unstructured.Unstructured) time.Time {
	text, _, _ := unstructured.NestedString(u.Object, "status", resource.StatusNextTry)
	at, _ := time.Parse(time.RFC3339, text) // without one it is the first
	return at
}
