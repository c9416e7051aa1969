package kubeapi

import (
	"context"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/tack-dev/tack/test/fakecluster"
)

// counted counts reads.
type counted struct {
	fakecluster.Cluster
	gets, lists int
}

func (c *counted) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	c.gets++
	return c.Cluster.Get(ctx, gvr, namespace, name)
}

func (c *counted) List(_ context.Context, gvr schema.GroupVersionResource) ([]*unstructured.Unstructured, error) {
	if gvr == RoleSelectors {
		return nil, nil
	}
	c.lists++
	u := &unstructured.Unstructured{Object: c.Group()}
	return []*unstructured.Unstructured{u}, nil
}

// One request reads a crowd, except for what came after it.
func TestCrowd(t *testing.T) {
	live := &counted{Cluster: fakecluster.Complete()}
	crowd := NewCrowd(live)
	groups := schema.GroupVersionResource{Group: "ec2.services.k8s.aws", Version: "v1alpha1", Resource: "securitygroups"}
	for range 3 {
		u, err := crowd.Get(t.Context(), groups, "team-a", "web")
		if err != nil || u.GetName() != "web" {
			t.Fatalf("got %v, %v", u, err)
		}
		u.SetName("mine") // no other caller sees this change
	}
	if live.lists != 1 || live.gets != 0 {
		t.Errorf("%d lists and %d gets, want one list", live.lists, live.gets)
	}
	for range 2 {
		if ns, err := crowd.Get(t.Context(), Namespaces, "", "team-a"); err != nil || ns.GetName() != "team-a" || live.gets != 1 {
			t.Errorf("the namespace: %v, %v, %d gets, want one", ns, err, live.gets)
		}
		if _, err := crowd.Get(t.Context(), ConfigMaps, "ack-system", "none"); !apierrors.IsNotFound(err) {
			t.Errorf("what is not there: %v", err)
		}
		live.gets = 1
	}
	if _, err := crowd.Get(t.Context(), groups, "team-a", "later"); err == nil || live.gets != 2 {
		t.Errorf("one that was made since: %v, %d gets, want to be asked for alone", err, live.gets)
	}
}
