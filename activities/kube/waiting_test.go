package kube

import (
	"context"
	"errors"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/resource"
)

// ended is the result with which a wait was ended.
type ended struct {
	activity string
	level    resource.Level
	err      error // for the caller that ends it
}

func (e *ended) CompleteActivityByID(_ context.Context, namespace, workflowID, runID, activityID string, result any, err error) error {
	e.activity = namespace + " " + workflowID + " " + runID + " " + activityID
	e.level, _ = result.(resource.Level)
	return errors.Join(e.err, err)
}

// A wait ends with the present level. A wait that is unknown, over, or would continue needs a poke,
// because the known state of it may be out of date.
func TestEndWait(t *testing.T) {
	c := complete()
	delete(c, "configmaps/ack-system/ack-role-account-map")
	a := &Activities{live: c, settings: settings, events: record.NewFakeRecorder(1)}
	to := &ended{}
	now := func() *Crowd { return newCrowd(&counted{cluster: c}) }
	if a.EndWait(t.Context(), to, now(), group) {
		t.Error("nobody is known to wait, and nobody is to be told")
	}
	level, err := a.Level(t.Context(), resource.LevelInput{Ref: group})
	if err != nil {
		t.Fatal(err)
	}
	in := resource.LevelInput{Ref: group, Digest: level.Digest, Wait: level.Wait}
	in.Ref.ClusterUID = settings.ClusterUID
	a.waiting.by = map[resource.Ref]waiter{group: {"default", "run-1", "27", in}}
	if a.EndWait(t.Context(), to, now(), group) || to.activity != "" {
		t.Errorf("as when it waited: ended %q, or nobody is to be told", to.activity)
	}
	roleMap(fields{account: role})(c)
	to.err = errors.New("no such activity")
	if a.EndWait(t.Context(), to, now(), group) {
		t.Error("it could not be ended, and nobody is to be told")
	}
	to.err = nil
	old := now()
	old.began = time.Now().Add(-2 * crowdLasts)
	if a.EndWait(t.Context(), to, old, group) {
		t.Error("what was read long ago, and nobody is to be told")
	}
	if !a.EndWait(t.Context(), to, now(), group) || to.activity != "default "+group.WorkflowID()+" run-1 27" || to.level.Target != here {
		t.Errorf("ended %q with %+v, want the wait with the role", to.activity, to.level)
	}
	if a.EndWait(t.Context(), to, now(), group) {
		t.Error("it is over, and nobody is to be told")
	}
}

// counted counts reads.
type counted struct {
	cluster
	gets, lists int
}

func (c *counted) Get(ctx context.Context, gvr schema.GroupVersionResource, namespace, name string) (*unstructured.Unstructured, error) {
	c.gets++
	return c.cluster.Get(ctx, gvr, namespace, name)
}

func (c *counted) List(_ context.Context, gvr schema.GroupVersionResource) ([]*unstructured.Unstructured, error) {
	if gvr == RoleSelectors {
		return nil, nil
	}
	c.lists++
	u := &unstructured.Unstructured{Object: c.group()}
	return []*unstructured.Unstructured{u}, nil
}

// One request reads a crowd, except for what came after it.
func TestCrowd(t *testing.T) {
	live := &counted{cluster: complete()}
	crowd := newCrowd(live)
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
