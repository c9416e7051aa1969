package main

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// inputCase changes one input of the table ns/table, as Kubernetes shows it.
type inputCase struct {
	before func(table *unstructured.Unstructured) // the table before the change
	change func(t *testing.T, w watched)
}

var tables = kubeapi.GVR(kindOf("ec2.RouteTable"))

func patchOf(gvr func(w watched) (string, string), patch fields) inputCase {
	return inputCase{change: func(t *testing.T, w watched) {
		namespace, name := gvr(w)
		switch namespace {
		case "":
			w.patch(t, kubeapi.Namespaces, "", name, patch)
		case "ack-system":
			w.patch(t, kubeapi.ConfigMaps, namespace, name, patch)
		default:
			w.patch(t, tables, namespace, name, patch)
		}
	}}
}

// inputCases has a change for each input of package resource.
func inputCases() map[string]inputCase {
	table := func(watched) (string, string) { return "ns", "table" }
	namespace := func(watched) (string, string) { return "", "ns" }
	roles := func(watched) (string, string) { return "ack-system", corev1alpha1.ConfigMapRoleAccountMap }
	ofNamespace := func(key, value string) inputCase {
		return patchOf(namespace, fields{"metadata": fields{"annotations": fields{key: value}}})
	}
	annotation := func(key, value string) inputCase {
		return patchOf(table, fields{"metadata": fields{"annotations": fields{key: value}}})
	}
	with := func(c inputCase, before func(*unstructured.Unstructured)) inputCase {
		c.before = before
		return c
	}
	deleted := func(u *unstructured.Unstructured) {
		u.SetDeletionTimestamp(new(metav1.Now()))
		u.SetFinalizers([]string{kindOf("ec2.RouteTable").Finalizer()})
		claimTable(u, "rtb-1")
	}
	return map[string]inputCase{
		"uid":                                  patchOf(table, fields{"metadata": fields{"uid": "another"}}),
		"spec, with the ids of its references": patchOf(table, fields{"metadata": fields{"generation": 2}, "spec": fields{"vpcRef": from("other")}}),
		"annotations of the object":            annotation(corev1alpha1.AnnotationDeletionPolicy, "retain"),
		"partition":                            patchOf(roles, fields{"data": fields{ofEdits: "arn:aws-cn:iam::" + ofEdits + ":role/tack"}}),
		"account":                              ofNamespace(corev1alpha1.AnnotationOwnerAccountID, "222222222222"),
		"Region":                               annotation(corev1alpha1.AnnotationRegion, "eu-west-1"),
		"references of steps that are not resolved": {change: func(t *testing.T, w watched) {
			w.patch(t, kubeapi.GVR(kindOf("ec2.InternetGateway")), "ns", "out", fields{"status": fields{"conditions": []any{}, resource.StatusSyncedID: nil}})
		}},
		"an open claim's other place": with(ofNamespace(corev1alpha1.AnnotationOwnerAccountID, "222222222222"), func(u *unstructured.Unstructured) { claimTable(u, "") }),
		"problem":                     annotation(corev1alpha1.AnnotationReadOnly, "yes"),
		"endpoint":                    ofNamespace(corev1alpha1.AnnotationEndpointURL, "https://x.example.com"),
		"retention":                   with(ofNamespace(corev1alpha1.NamespaceDeletionPolicy("ec2"), "retain"), deleted),
		"take-over":                   with(ofNamespace(corev1alpha1.AnnotationTakeOver, "true"), func(u *unstructured.Unstructured) { claimTable(u, "rtb-1", true) }),
		"default tags":                patchOf(table, fields{"metadata": fields{"labels": fields{"app.kubernetes.io/managed-by": "kro"}}}),
		"approval of a replacement": with(ofNamespace(corev1alpha1.AnnotationApprove, "replace"), func(u *unstructured.Unstructured) {
			u.SetAnnotations(map[string]string{corev1alpha1.AnnotationOnImmutableChange: corev1alpha1.ImmutableChangeReplace})
		}),
		"gone": {change: func(t *testing.T, w watched) {
			if err := w.client.Tracker().Delete(tables, "ns", "table"); err != nil {
				t.Fatal(err)
			}
		}},
		"deletion":  patchOf(table, fields{"metadata": fields{"deletionTimestamp": "2026-01-01T00:00:00Z"}}),
		"finalizer": with(patchOf(table, fields{"metadata": fields{"finalizers": []any{}}}), deleted),
		"target, with its role": patchOf(roles, fields{"data": fields{
			ofEdits: "arn:aws:iam::" + ofEdits + ":role/another"}}),
		"dependants": {before: deleted, change: func(t *testing.T, w watched) {
			if err := w.client.Tracker().Delete(kubeapi.GVR(kindOf("ec2.Subnet")), "ns", "in-table"); err != nil {
				t.Fatal(err)
			}
		}},
	}
}

// claimTable gives the table a claim; a claim without an id is open.
func claimTable(u *unstructured.Unstructured, id string, adopted ...bool) {
	claim, _ := json.Marshal(resource.Claim{Install: "dev", UID: "ns/table", Incarnation: 1, ID: id, Adopted: len(adopted) > 0, Target: resource.Target{Partition: "aws", AccountID: ofEdits, Region: "r"}})
	u.SetAnnotations(map[string]string{level.AnnotationClaim: string(claim)})
	if id != "" {
		u.Object["status"] = fields{"routeTableID": id}
	}
}

// Each listed input wakes the object when it changes in the cluster. A new input in the list needs
// a case here, and a watch that wakes the object.
func TestEveryInputWakes(t *testing.T) {
	cases := inputCases()
	for name := range cases {
		if !slices.Contains(resource.Inputs(), name) {
			t.Errorf("no input %q", name)
		}
	}
	for _, name := range resource.Inputs() {
		c, ok := cases[name]
		if !ok {
			t.Errorf("input %q has no case: add one that changes it in the cluster, so that the test sees which objects it wakes", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, ref := newTable(t, c.before)
			was := w.levelWithDependants(t, ref)
			w.drainAll()
			c.change(t, w)
			var is resource.Level
			for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
				is = w.levelWithDependants(t, ref)
				if slices.Contains(is.Differing(was), name) {
					break
				}
				if time.Now().After(deadline) {
					t.Fatalf("the change is one of %q", is.Differing(was))
				}
			}
			for deadline := time.Now().Add(10 * time.Second); !slices.Contains(w.drainAll(), ref); time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatal("nobody is woken")
				}
			}
		})
	}
}

// newTable returns a bridge that watches a table with a route through a gateway, and a subnet that
// refers to the table.
func newTable(t *testing.T, before func(*unstructured.Unstructured)) (watched, resource.Ref) {
	t.Helper()
	roles := thing("v1", "ConfigMap", "ack-system", corev1alpha1.ConfigMapRoleAccountMap, nil)
	roles.Object["data"] = fields{ofEdits: "arn:aws:iam::" + ofEdits + ":role/tack", "222222222222": "arn:aws:iam::222222222222:role/tack"}
	table := thing("ec2.services.k8s.aws/v1alpha1", "RouteTable", "ns", "table", fields{"generation": int64(1)})
	table.Object["spec"] = fields{"vpcRef": from("main"), "routes": []any{fields{"destinationCIDRBlock": "0.0.0.0/0", "gatewayRef": from("out")}}}
	if before != nil {
		before(table)
	}
	objects := []runtime.Object{
		roles, namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: ofEdits}), table,
		synced(t, "ec2.VPC", "main", fields{}), synced(t, "ec2.VPC", "other", fields{}), synced(t, "ec2.InternetGateway", "out", fields{}),
		synced(t, "ec2.Subnet", "in-table", fields{"routeTableRefs": []any{from("table")}}),
	}
	return newWatched(t, objects...), resource.Ref{Kind: "ec2.RouteTable", Cluster: "dev", Namespace: "ns", Name: "table"}
}

// levelWithDependants returns the level as an activity reads it.
func (w watched) levelWithDependants(t *testing.T, ref resource.Ref) resource.Level {
	t.Helper()
	level := w.level(t, ref)
	if level.Object.Deleting || level.Relocating {
		for _, referrer := range w.referrers(ref) {
			level.Dependants = append(level.Dependants, referrer.String())
		}
	}
	return level
}

// drainAll removes everything from the queue.
func (w watched) drainAll() (woken []resource.Ref) {
	for w.queue.Len() > 0 {
		it, _ := w.queue.Get()
		w.queue.Done(it)
		woken = append(woken, it.ref)
	}
	return woken
}

func kindOf(name string) apis.Kind {
	kind, _ := apis.ByName(name)
	return kind
}
