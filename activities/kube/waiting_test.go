package kube

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/activities/kubeapi"
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

// listed is a cluster whose lists of a kind hold the group.
type listed struct{ cluster }

func (l listed) List(_ context.Context, gvr schema.GroupVersionResource) ([]*unstructured.Unstructured, error) {
	if gvr == kubeapi.RoleSelectors {
		return nil, nil
	}
	return []*unstructured.Unstructured{{Object: l.Group()}}, nil
}

// A wait ends with the present level. A wait that is unknown, over, or would continue needs a poke,
// because the known state of it may be out of date.
func TestEndWait(t *testing.T) { synctest.Test(t, testEndWait) }

func testEndWait(t *testing.T) {
	c := complete()
	delete(c, "configmaps/ack-system/ack-role-account-map")
	a := &Activities{live: c, settings: settings, events: record.NewFakeRecorder(1)}
	to := &ended{}
	now := func() *kubeapi.Crowd { return kubeapi.NewCrowd(listed{c}) }
	if a.EndWait(t.Context(), to, now(), groupRef) {
		t.Error("nobody is known to wait, and no poke follows")
	}
	l, err := a.Level(t.Context(), resource.LevelInput{Ref: groupRef})
	if err != nil {
		t.Fatal(err)
	}
	in := resource.LevelInput{Ref: groupRef, Digest: l.Digest, Wait: l.Wait}
	in.Ref.ClusterUID = settings.ClusterUID
	a.waiting.by = map[resource.Ref]waiter{groupRef: {"default", "run-1", "27", in}}
	if a.EndWait(t.Context(), to, now(), groupRef) || to.activity != "" {
		t.Errorf("as when it waited: ended %q, or no poke follows", to.activity)
	}
	roleMap(fields{account: role})(c)
	to.err = errors.New("no such activity")
	if a.EndWait(t.Context(), to, now(), groupRef) {
		t.Error("it could not be ended, and no poke follows")
	}
	to.err = nil
	old := now()
	if _, err := old.Get(t.Context(), kubeapi.Namespaces, "", "team-a"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Minute)
	if a.EndWait(t.Context(), to, old, groupRef) {
		t.Error("what was read long ago, and no poke follows")
	}
	if !a.EndWait(t.Context(), to, now(), groupRef) || to.activity != "default "+groupRef.WorkflowID()+" run-1 27" || to.level.Target != here || to.level.Run != "run-1" {
		t.Errorf("ended %q with %+v, want the wait with the role", to.activity, to.level)
	}
	if a.EndWait(t.Context(), to, now(), groupRef) {
		t.Error("it is over, and no poke follows")
	}
}
