package main

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// runs is a Temporal with open runs; its lists do not show some of them yet.
type runs struct {
	client.Client
	open, unlisted   map[string]bool
	lists, described int
}

func (r *runs) ListWorkflow(context.Context, *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	r.lists++
	page := &workflowservice.ListWorkflowExecutionsResponse{}
	for id := range r.open {
		if !r.unlisted[id] {
			page.Executions = append(page.Executions, &workflowpb.WorkflowExecutionInfo{Execution: &commonpb.WorkflowExecution{WorkflowId: id}})
		}
	}
	return page, nil
}

func (r *runs) DescribeWorkflowExecution(_ context.Context, id, _ string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	r.described++
	if !r.open[id] {
		return nil, serviceerror.NewNotFound("no such workflow")
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{Status: enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING}}, nil
}

// idle returns a bridge with n VPCs that are not settled.
func idle(t *testing.T, n int) (watched, *runs, []string) {
	t.Helper()
	const account = "111111111111"
	roles := thing("v1", "ConfigMap", "ack-system", corev1alpha1.ConfigMapRoleAccountMap, nil)
	roles.Object["data"] = fields{account: "arn:aws:iam::" + account + ":role/tack"}
	objects := []runtime.Object{roles, namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: account})}
	var ids []string
	for i := range n {
		vpc := thing("ec2.services.k8s.aws/v1alpha1", "VPC", "ns", fmt.Sprintf("vpc-%03d", i), nil)
		vpc.Object["spec"] = fields{}
		objects = append(objects, vpc)
		ids = append(ids, resource.Ref{Kind: "ec2.VPC", Cluster: "dev", Namespace: "ns", Name: vpc.GetName()}.WorkflowID())
	}
	w := newWatched(t, objects...)
	r := &runs{open: map[string]bool{}, unlisted: map[string]bool{}}
	w.temporal, w.every = r, time.Millisecond
	w.drain()
	return w, r, ids
}

func (w watched) goRound(t *testing.T, known map[resource.Ref]*unsettledObject) (woken []string) {
	t.Helper()
	if err := w.scan(t.Context(), known); err != nil {
		t.Fatal(err)
	}
	return w.drain()
}

// An object whose run was ended is woken in the second scan that finds it, and then at growing
// intervals.
func TestObjectWithoutARunIsWoken(t *testing.T) {
	w, r, _ := idle(t, 1)
	known := map[resource.Ref]*unsettledObject{}
	if woken := w.goRound(t, known); len(woken) > 0 || r.described+r.lists > 0 {
		t.Errorf("the first scan wakes %v after %d questions: its run may just begin", woken, r.described+r.lists)
	}
	if diff := cmp.Diff([]string{"ns/vpc-000"}, w.goRound(t, known)); diff != "" {
		t.Errorf("the second scan wakes (-want +got):\n%s", diff)
	}
	w.every = time.Hour
	for _, s := range known {
		s.next = time.Time{}
	}
	w.goRound(t, known)
	for ref, s := range known {
		if rest := time.Until(s.next); rest > longestRest || rest < longestRest-time.Minute || s.tries != 2 {
			t.Errorf("%s is woken again in %s after %d tries", ref, rest, s.tries)
		}
	}
	if woken := w.goRound(t, known); len(woken) > 0 {
		t.Errorf("woken before its time: %v", woken)
	}
}

// An open run is left alone, even if lists do not show it yet.
func TestObjectWithARunIsLeftAlone(t *testing.T) {
	w, r, ids := idle(t, 1)
	r.open[ids[0]], r.unlisted[ids[0]] = true, true
	known := map[resource.Ref]*unsettledObject{}
	for range 3 {
		if woken := w.goRound(t, known); len(woken) > 0 {
			t.Errorf("woken: %v", woken)
		}
	}
}

// A crowd that waits with open runs costs one list per scan, whatever its size.
func TestCrowdThatWaitsCostsAList(t *testing.T) {
	const many = 3 * listFrom
	w, r, ids := idle(t, many)
	for _, id := range ids {
		r.open[id] = true
	}
	delete(r.open, ids[7])
	r.unlisted[ids[8]] = true
	known := map[resource.Ref]*unsettledObject{}
	w.goRound(t, known)
	if diff := cmp.Diff([]string{"ns/vpc-007"}, w.goRound(t, known)); diff != "" {
		t.Errorf("woken (-want +got):\n%s", diff)
	}
	if r.lists != 1 || r.described != 2 {
		t.Errorf("%d lists and %d questions for one run, want 1 and 2", r.lists, r.described)
	}
}

// If everything is settled or belongs to others, no request goes to Temporal.
func TestSettledCostsNothing(t *testing.T) {
	w, ref, _ := newBlocked(t)
	r := &runs{}
	w.temporal, w.every = r, time.Millisecond
	deleted := thing("ec2.services.k8s.aws/v1alpha1", "VPC", "ns", "deleted", fields{"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": []any{"another/finalizer"}})
	deleted.Object["spec"] = fields{}
	if err := w.objects[ref.Kind].GetIndexer().Add(deleted); err != nil {
		t.Fatal(err)
	}
	known := map[resource.Ref]*unsettledObject{}
	for range 3 {
		w.goRound(t, known)
	}
	if r.lists+r.described > 0 || len(known) > 0 {
		t.Errorf("%d lists, %d questions, objects: %v", r.lists, r.described, known)
	}
}

// A refused object is retried soon. If it was edited and refused again before that, the later time
// replaces the sooner one.
func TestReminderMovesToALaterTime(t *testing.T) {
	w, ref, _ := newBlocked(t)
	kind, _ := apis.ByName(ref.Kind)
	next := func(in time.Duration) {
		w.patch(t, kubeapi.GVR(kind), ref.Namespace, ref.Name, fields{"status": fields{resource.StatusNextTry: time.Now().Add(in).UTC().Format(time.RFC3339)}})
	}
	sent := &pokes{}
	w.temporal = sent
	next(time.Second)
	time.Sleep(200 * time.Millisecond) // so that the watch has seen it
	next(4 * time.Second)
	for deadline := time.Now().Add(15 * time.Second); len(sent.sent) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the second reminder never comes")
		}
		for w.queue.Len() > 0 {
			it, _ := w.queue.Get()
			w.queue.Done(it)
			if it == reminder(ref) {
				if err := w.wake(t.Context(), it); err != nil {
					t.Fatal(err)
				}
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	if sent.sent[0].Reason != "next try" {
		t.Errorf("poked for %q", sent.sent[0].Reason)
	}
}

// An item has one alarm: the last one that was set, or none.
func TestAlarms(t *testing.T) {
	var mu sync.Mutex
	rung := map[item]int{}
	a := newAlarms(func(it item) {
		mu.Lock()
		defer mu.Unlock()
		rung[it]++
	})
	count := func(it item) int {
		mu.Lock()
		defer mu.Unlock()
		return rung[it]
	}
	later, sooner, never, end := item{reason: "later"}, item{reason: "sooner"}, item{reason: "never"}, item{reason: "end"}
	a.after(later, 150*time.Millisecond)
	a.after(later, time.Hour)
	a.after(sooner, time.Hour)
	a.after(sooner, -time.Hour)
	a.after(never, 50*time.Millisecond)
	a.clear(never)
	a.after(end, 400*time.Millisecond)
	for count(end) == 0 {
		time.Sleep(time.Millisecond)
	}
	if count(sooner) != 1 || count(never) != 0 {
		t.Errorf("sooner rang %d times, want once; cleared rang %d times, want never", count(sooner), count(never))
	}
	if n := count(later); n != 0 {
		t.Errorf("a replaced alarm rang %d times", n)
	}
	a.after(later, 0)
	for count(later) == 0 {
		time.Sleep(time.Millisecond)
	}
}
