package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	clienttesting "k8s.io/client-go/testing"

	"github.com/tack-dev/tack/activities/kubeapi"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// settledBefore adds an object that an earlier version made Synced, without the new conditions.
func (w watched) settledBefore(t *testing.T, kindName, name string, spec fields) resource.Ref {
	t.Helper()
	kind := kindNamed(t, kindName)
	u := synced(t, kindName, name, spec)
	u.SetFinalizers([]string{kind.Finalizer()})
	if err := w.client.Tracker().Create(kubeapi.GVR(kind), u, "ns"); err != nil {
		t.Fatal(err)
	}
	ref := resource.Ref{Kind: kindName, Cluster: "dev", Namespace: "ns", Name: name}
	for deadline := time.Now().Add(10 * time.Second); w.level(t, ref).Gone; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the watch does not see %s", ref)
		}
	}
	w.patch(t, kubeapi.GVR(kind), "ns", name, fields{"status": fields{
		resource.StatusInputsDigest: w.level(t, ref).Digest, resource.StatusMetadata: fields{"ownerAccountID": ofEdits},
	}})
	w.await(t, ref, resource.Synced)
	return ref
}

// conditionsOf returns the conditions of an object in the watch.
func (w watched) conditionsOf(ref resource.Ref) (types []string) {
	_, u := w.objectOf(ref)
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		c := c.(fields)
		types = append(types, fmt.Sprint(c["type"], "=", c["status"]))
	}
	return types
}

// statusWrites counts the bridge's writes of a status.
func (w watched) statusWrites() (n int) {
	for _, action := range w.client.Actions() {
		if patch, ok := action.(clienttesting.PatchAction); ok && patch.GetSubresource() == "status" {
			n++
		}
	}
	return n
}

// Objects that were Synced before an upgrade get the new conditions, each by one write and some per
// scan. That needs no run and no request to Temporal.
func TestConditionsAfterAnUpgrade(t *testing.T) {
	const many = 8
	roles := thing("v1", "ConfigMap", "ack-system", corev1alpha1.ConfigMapRoleAccountMap, nil)
	roles.Object["data"] = fields{ofEdits: "arn:aws:iam::" + ofEdits + ":role/tack"}
	w := newWatched(t, roles, namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: ofEdits}))
	want := map[resource.Ref][]string{
		w.settledBefore(t, "ec2.VPC", "main", fields{"enableNetworkAddressUsageMetrics": false}): {"ACK.ResourceSynced=True", "ACK.LateInitialized=True"},
	}
	for n := range many {
		want[w.settledBefore(t, "ec2.Subnet", fmt.Sprint("s-", n), fields{"vpcRef": from("main")})] = []string{"ACK.ResourceSynced=True", "ACK.ReferencesResolved=True"}
	}
	time.Sleep(settling + 100*time.Millisecond)
	w.drain()
	w.client.ClearActions()
	r := &runs{}
	w.temporal, w.every = r, time.Minute
	known := map[resource.Ref]*unsettledObject{}
	w.goRound(t, known)
	for ref, conditions := range want {
		for deadline := time.Now().Add(10 * time.Second); len(w.conditionsOf(ref)) < 2 && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		if diff := cmp.Diff(conditions, w.conditionsOf(ref)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", ref, diff)
		}
		w.await(t, ref, resource.Synced)
	}
	w.goRound(t, known)
	if writes := w.statusWrites(); writes != len(want) || r.lists+r.described > 0 || len(known) > 0 {
		t.Errorf("%d writes, want %d; %d questions to Temporal and %d objects, want none", writes, len(want), r.lists+r.described, len(known))
	}
	time.Sleep(settling + 100*time.Millisecond)
	if woken := w.drain(); len(woken) > 0 {
		t.Errorf("the writes wake %v", woken)
	}
}
