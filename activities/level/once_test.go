package level

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// asked names an object.
type asked struct {
	gvr             schema.GroupVersionResource
	namespace, name string
}

// counting counts the reads of each object.
type counting struct {
	kubeapi.Reader
	mu    sync.Mutex
	reads map[asked]int
}

func (c *counting) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	c.mu.Lock()
	c.reads[asked{gvr, namespace, name}]++
	c.mu.Unlock()
	return c.Reader.Get(ctx, gvr, namespace, name)
}

// A level reads each object once, however often the spec names it.
func TestEachObjectIsReadOnce(t *testing.T) {
	c := complete()
	var pairs []any
	for i := range 1000 {
		pairs = append(pairs, map[string]any{"groupRef": map[string]any{"from": map[string]any{"name": fmt.Sprintf("peer-%d", i%2)}}})
	}
	c.Set([]any{map[string]any{"ipProtocol": "-1", "userIDGroupPairs": pairs}}, "spec", "ingressRules")
	reads := &counting{Reader: c, reads: map[asked]int{}}
	kind, _ := apis.ByName("ec2.SecurityGroup")
	level, err := Read(t.Context(), reads, settings, kind, resource.Ref{Kind: kind.Name(), Cluster: "dev", Namespace: "team-a", Name: "web"})
	if err != nil {
		t.Fatal(err)
	}
	if len(level.Unresolved) != 1000 {
		t.Errorf("%d references are not resolved, want all: %+v", len(level.Unresolved), level.Wait)
	}
	for what, n := range reads.reads {
		if n != 1 {
			t.Errorf("%s/%s is read %d times, want 1", what.namespace, what.name, n)
		}
	}
	if len(reads.reads) < 3 {
		t.Errorf("the level reads %d objects, want the group and its two peers at least", len(reads.reads))
	}
}
