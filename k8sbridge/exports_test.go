package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	metadatafake "k8s.io/client-go/metadata/fake"
	clienttesting "k8s.io/client-go/testing"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/k8sbridge/export"
	"github.com/tack-dev/tack/resource"
)

// exportOf is a FieldExport of the id of the VPC ns/main into the ConfigMap ns/to.
func exportOf(name string) *unstructured.Unstructured {
	u := thing("services.k8s.aws/v1alpha1", "FieldExport", "ns", name, nil)
	u.Object["spec"] = fields{
		"from": fields{"path": ".status.vpcID", "resource": fields{"group": "ec2.services.k8s.aws", "kind": "VPC", "name": "main"}},
		"to":   fields{"kind": "configmap", "name": "to", "key": "id"},
	}
	return u
}

// requests counts the requests of a verb for ConfigMaps of the namespace ns, or of all namespaces.
func (w watched) requests(verb string) (whole, outlines int) {
	for _, action := range w.client.Actions() {
		if action.Matches(verb, kubeapi.ConfigMaps.Resource) && action.GetNamespace() != "ack-system" {
			whole++
		}
	}
	for _, action := range w.outlines.Actions() {
		if action.Matches(verb, kubeapi.ConfigMaps.Resource) {
			outlines++
		}
	}
	return whole, outlines
}

// await waits until done reports true.
func await(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not %s in time", what)
		}
	}
}

// awaitExport waits until the FieldExport shows that reason, or is Synced if there is none.
func (w watched) awaitExport(t *testing.T, name, reason string) {
	t.Helper()
	await(t, "a FieldExport with reason "+reason, func() bool {
		u, err := w.client.Resource(export.Exports).Namespace("ns").Get(t.Context(), name, metav1.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if reason == "" {
			return level.Holds(u, corev1alpha1.ConditionTypeResourceSynced)
		}
		conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
		return slices.ContainsFunc(conditions, func(c any) bool { return c.(fields)["reason"] == reason })
	})
}

// Without FieldExports, the bridge watches no ConfigMaps outside the system namespace. With them, it
// watches metadata alone, and an event that changes neither value nor target costs no request.
func TestWhatFieldExportsCost(t *testing.T) {
	to := thing("v1", "ConfigMap", "ns", "to", fields{"resourceVersion": "7"})
	to.Object["data"] = fields{"id": "x-main"}
	w := newWatched(t, namespaceOf("ns", nil), synced(t, "ec2.VPC", "main", fields{}), to)
	outline := &metav1.PartialObjectMetadata{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"}, ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "to", ResourceVersion: "7"}}
	if _, err := w.outlines.Resource(kubeapi.ConfigMaps).Namespace("ns").(metadatafake.MetadataClient).CreateFake(outline, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	w.define(t, exportCRD)
	await(t, "watching FieldExports", func() bool {
		return slices.ContainsFunc(w.client.Actions(), func(a clienttesting.Action) bool { return a.Matches("watch", export.Exports.Resource) })
	})
	if whole, outlines := w.requests("list"); whole+outlines > 0 {
		t.Errorf("%d lists of ConfigMaps and %d of their metadata without a FieldExport", whole, outlines)
	}
	if _, err := w.client.Resource(export.Exports).Namespace("ns").Create(t.Context(), exportOf("id"), metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	w.awaitExport(t, "id", "")
	await(t, "watching ConfigMaps", func() bool { _, outlines := w.requests("watch"); return outlines > 0 })
	time.Sleep(100 * time.Millisecond) // until the FieldExport was compared again, with the watch
	lists, _ := w.requests("list")
	before, _ := w.requests("get")
	if lists > 0 || before == 0 || before > 3 {
		t.Errorf("%d lists and %d reads of ConfigMaps, want none and one to three", lists, before)
	}
	vpcs := kubeapi.GVR(kindNamed(t, "ec2.VPC"))
	for n := range 5 {
		w.patch(t, vpcs, "ns", "main", fields{"status": fields{"state": fmt.Sprint(n)}})
		time.Sleep(10 * time.Millisecond)
	}
	if after, _ := w.requests("get"); after != before {
		t.Errorf("%d reads for events that change nothing", after-before)
	}
	w.patch(t, vpcs, "ns", "main", fields{"status": fields{"vpcID": "vpc-2"}})
	w.awaitExport(t, "id", resource.ReasonKeyOwned)
}
