package main

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/client"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// pokes keeps what is sent to Temporal.
type pokes struct {
	client.Client
	sent []resource.Poke
}

func (p *pokes) SignalWithStartWorkflow(_ context.Context, _, _ string, arg any, _ client.StartWorkflowOptions, _ any, _ ...any) (client.WorkflowRun, error) {
	p.sent = append(p.sent, arg.(resource.Poke))
	return nil, nil
}

// newBlocked returns a bridge that watches a VPC with a status about its present inputs. AWS
// refused it, and the next try is in half an hour.
func newBlocked(t *testing.T) (w watched, ref resource.Ref, sent *pokes) {
	t.Helper()
	const account = "111111111111"
	roles := thing("v1", "ConfigMap", "ack-system", corev1alpha1.ConfigMapRoleAccountMap, nil)
	roles.Object["data"] = fields{account: "arn:aws:iam::" + account + ":role/tack"}
	vpc := thing("ec2.services.k8s.aws/v1alpha1", "VPC", "ns", "vpc", nil)
	vpc.Object["spec"] = fields{}
	w = newWatched(t, roles, namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: account}), vpc)
	sent = &pokes{}
	w.temporal = sent
	ref = resource.Ref{Kind: "ec2.VPC", Cluster: "dev", Namespace: "ns", Name: "vpc"}
	w.tell(t, ref, w.level(t, ref).Digest)
	w.await(t, ref, resource.Blocked)
	return w, ref, sent
}

func (w watched) level(t *testing.T, ref resource.Ref) resource.Level {
	t.Helper()
	kind, _ := apis.ByName(ref.Kind)
	l, err := level.Read(t.Context(), w, w.settings, kind, ref)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// tell writes the status of a run that AWS refused.
func (w watched) tell(t *testing.T, ref resource.Ref, digest string) {
	t.Helper()
	kind, _ := apis.ByName(ref.Kind)
	w.patch(t, kubeapi.GVR(kind), ref.Namespace, ref.Name, fields{"status": fields{
		resource.StatusInputsDigest: digest, resource.StatusNextTry: time.Now().Add(30 * time.Minute).UTC().Format(time.RFC3339),
	}})
}

// await waits until the watches see the object settled in that state.
func (w watched) await(t *testing.T, ref resource.Ref, state resource.State) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); w.level(t, ref).ReportedState != state; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("settled as %q, want %q", w.level(t, ref).ReportedState, state)
		}
	}
}

// A refused object is retried as soon as its role may have changed, and for no other reason before
// it is due.
func TestBlockedIsTriedWithAnotherRole(t *testing.T) {
	w, ref, sent := newBlocked(t)
	if err := w.wake(t.Context(), item{ref: ref, reason: "reference changed", check: true}); err != nil || len(sent.sent) > 0 {
		t.Errorf("another change: %v, %+v", err, sent.sent)
	}
	w.drain()
	w.patch(t, kubeapi.ConfigMaps, "ack-system", corev1alpha1.ConfigMapRoleAccountMap, fields{"data": fields{"111111111111": "arn:aws:iam::111111111111:role/better"}})
	it, _ := w.queue.Get()
	for !it.role {
		it, _ = w.queue.Get()
	}
	if err := w.wake(t.Context(), it); err != nil {
		t.Fatal(err)
	}
	if len(sent.sent) != 1 || !sent.sent[0].Force || sent.sent[0].Reason != "role map changed" {
		t.Errorf("another role: poked with %+v, want once, so that AWS is asked", sent.sent)
	}
}

// An input changes, a run begins to report that, and the input is undone before the report.
// Afterwards, only the status shows that.
func TestAnInputIsTakenBack(t *testing.T) {
	w, ref, sent := newBlocked(t)
	right := w.level(t, ref).Digest
	time.Sleep(settling + 100*time.Millisecond) // what newBlocked wrote
	w.drain()
	w.tell(t, ref, "of the input that was taken back")
	w.wantWoken(t, "a status of earlier inputs", "ns/vpc")
	it := item{ref: ref, reason: "status of earlier inputs", check: true}
	if err := w.wake(t.Context(), it); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]resource.Poke{{UID: "ns/vpc", Reason: it.reason}}, sent.sent); diff != "" {
		t.Errorf("pokes (-want +got):\n%s", diff)
	}
	w.tell(t, ref, right)
	w.await(t, ref, resource.Blocked)
	if err := w.wake(t.Context(), it); err != nil || len(sent.sent) != 1 {
		t.Errorf("a status of these inputs: %v, poked %d times, want not again", err, len(sent.sent)-1)
	}
}

// An object that changes right after its status was written is woken by that change. The check of
// the status finds it unsettled and does not wake it again, because its run would read the object
// twice.
func TestAStatusIsNotCheckedOfAnObjectThatChangedSince(t *testing.T) {
	kind, _ := apis.ByName("ec2.VPC")
	for name, change := range map[string]fields{
		"deleted":         {"metadata": fields{"deletionTimestamp": "2026-01-02T03:04:05Z", "finalizers": []any{kind.Finalizer()}}},
		"another spec":    {"metadata": fields{"generation": 7}},
		"an annotation":   {"metadata": fields{"annotations": fields{corev1alpha1.AnnotationRegion: "elsewhere"}}},
		"nothing, at all": {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, ref, sent := newBlocked(t)
			time.Sleep(settling + 100*time.Millisecond) // what newBlocked wrote
			w.drain()
			w.tell(t, ref, "of other inputs")
			w.patch(t, kubeapi.GVR(kind), ref.Namespace, ref.Name, change)
			// The last item in the queue is the check of the status: handle all items.
			checked := false
			for !checked {
				it, _ := w.queue.Get()
				checked = it.reason == "status of earlier inputs"
				if err := w.wake(t.Context(), it); err != nil {
					t.Fatal(err)
				}
				w.queue.Done(it)
			}
			if len(sent.sent) != 1 {
				t.Errorf("poked with %+v, want one poke", sent.sent)
			}
		})
	}
}
