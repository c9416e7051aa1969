package bench

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/tools/cache"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/resource"
)

type fields = scenario.Fields

// limit is how long any operation may take before the benchmark gives up.
const limit = 10 * time.Minute

var securityGroup, _ = apis.ByName("ec2.SecurityGroup")

// groups follows the groups of one namespace by a single watch: polling 200 objects would distort
// the measurement.
type groups struct {
	mu      sync.Mutex
	objects map[string]*unstructured.Unstructured
	changed chan struct{}
}

// watchGroups continues when the API server ends a watch. The API server does so for a watcher that
// cannot keep up with a thousand objects.
func watchGroups(b *testing.B, namespace string) *groups {
	b.Helper()
	g := &groups{objects: map[string]*unstructured.Unstructured{}, changed: make(chan struct{})}
	informer := dynamicinformer.NewFilteredDynamicInformer(w.Kube, kubeapi.GVR(securityGroup), namespace, 0, nil, nil).Informer()
	registration, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    g.put,
		UpdateFunc: func(_, obj any) { g.put(obj) },
		DeleteFunc: g.drop,
	})
	if err != nil {
		b.Fatalf("watching the groups of %s: %v", namespace, err)
	}
	go informer.Run(b.Context().Done())
	if !cache.WaitForCacheSync(within(b, limit).Done(), registration.HasSynced) {
		b.Fatalf("watching the groups of %s: they are not listed", namespace)
	}
	return g
}

func (g *groups) put(obj any) {
	if u, ok := obj.(*unstructured.Unstructured); ok {
		g.change(func() { g.objects[u.GetName()] = u })
	}
}

func (g *groups) drop(obj any) {
	if key, err := cache.DeletionHandlingMetaNamespaceKeyFunc(obj); err == nil {
		_, name, _ := cache.SplitMetaNamespaceKey(key) // the group was just created
		g.change(func() { delete(g.objects, name) })
	}
}

func (g *groups) change(do func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	do()
	close(g.changed)
	g.changed = make(chan struct{})
}

// await returns when every named group meets the condition; a missing group is nil.
func (g *groups) await(ctx context.Context, names []string, wanted func(*unstructured.Unstructured) bool) error {
	left := names
	for {
		g.mu.Lock()
		for len(left) > 0 && wanted(g.objects[left[0]]) {
			left = left[1:]
		}
		changed := g.changed
		g.mu.Unlock()
		if len(left) == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s and %d more: %w", left[0], len(left)-1, ctx.Err())
		}
	}
}

// synced matches a group whose newest spec AWS matches.
func synced(u *unstructured.Unstructured) bool { return u != nil && scenario.Synced(u) }

// editedTo matches a synced group with at least that generation: the watch may lag behind the edit.
func editedTo(generation int64) func(*unstructured.Unstructured) bool {
	return func(u *unstructured.Unstructured) bool { return synced(u) && u.GetGeneration() >= generation }
}

func absent(u *unstructured.Unstructured) bool { return u == nil }

func (t *team) group(name string) scenario.Object {
	return w.Object(securityGroup, t.Namespace, name)
}

func (t *team) ref(name string) resource.Ref { return t.group(name).Ref }

// each calls do for every name, eight at a time, like several users.
func each(b *testing.B, names []string, do func(context.Context, string) error) {
	b.Helper()
	g, ctx := errgroup.WithContext(b.Context())
	g.SetLimit(8)
	for _, name := range names {
		g.Go(func() error { return do(ctx, name) })
	}
	if err := g.Wait(); err != nil {
		b.Fatal(err)
	}
}

func (t *team) await(b *testing.B, names []string, wanted func(*unstructured.Unstructured) bool) {
	b.Helper()
	if err := t.groups.await(within(b, limit), names, wanted); err != nil {
		b.Fatal(err)
	}
}

// createAll returns when all are synced.
func (t *team) createAll(b *testing.B, names []string) {
	b.Helper()
	each(b, names, t.create)
	t.await(b, names, synced)
}

func (t *team) create(ctx context.Context, name string) error {
	return t.group(name).Create(ctx, fields{
		"name": name, "description": "created by a benchmark", "ingressRules": rules(80, 81, 82, 83, 84),
	})
}

func rules(ports ...int64) (all []any) {
	for _, port := range ports {
		all = append(all, fields{"ipProtocol": "tcp", "fromPort": port, "toPort": port, "ipRanges": []any{fields{"cidrIP": "10.0.0.0/8"}}})
	}
	return all
}

// editAll changes one rule of each group and returns when all are synced again.
func (t *team) editAll(b *testing.B, names []string) {
	b.Helper()
	each(b, names, t.edit)
	t.await(b, names, editedTo(2))
}

func (t *team) edit(ctx context.Context, name string) error {
	return t.group(name).Merge(ctx, fields{"spec": fields{"ingressRules": rules(80, 81, 82, 83, 8443)}})
}

// deleteAll returns when all are gone.
func (t *team) deleteAll(b *testing.B, names []string) {
	b.Helper()
	each(b, names, func(ctx context.Context, name string) error { return t.group(name).Delete(ctx) })
	t.await(b, names, absent)
}

func namesOf(prefix string, n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("%s-%03d", prefix, i))
	}
	return names
}
