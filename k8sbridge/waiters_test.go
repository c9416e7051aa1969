package main

import (
	"encoding/json"
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// made returns a subnet with a resource.
func made(t *testing.T, namespace, name, account string) *unstructured.Unstructured {
	t.Helper()
	claim, err := json.Marshal(resource.Claim{Install: "dev", UID: namespace + "/" + name, Incarnation: 1, ID: "subnet-" + name, Target: resource.Target{AccountID: account, Region: "r"}})
	if err != nil {
		t.Fatal(err)
	}
	u := thing("ec2.services.k8s.aws/v1alpha1", "Subnet", namespace, name, fields{"annotations": fields{level.AnnotationClaim: string(claim)}})
	u.Object["spec"] = fields{"vpcRef": fields{"from": fields{"name": "vpc"}}}
	u.Object["status"] = fields{"subnetID": "subnet-" + name}
	return u
}

// refused returns an object that rests because of AWS's answer.
func refused(kind, namespace, name, reason string, spec fields) *unstructured.Unstructured {
	u := thing("ec2.services.k8s.aws/v1alpha1", kind, namespace, name, nil)
	u.Object["spec"] = spec
	u.Object["status"] = fields{
		resource.StatusNextTry: "2099-01-01T00:00:00Z",
		"conditions":           []any{fields{"type": string(corev1alpha1.ConditionTypeRecoverable), "status": "True", "reason": reason}},
	}
	return u
}

// A released resource wakes exactly the objects that AWS refused because of it.
func TestWhatAFreedResourceWakes(t *testing.T) {
	const a, b = "111111111111", "222222222222"
	ofVPC := fields{"vpcRef": fields{"from": fields{"name": "vpc"}}}
	all := []runtime.Object{
		namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: a}), namespaceOf("other", fields{corev1alpha1.AnnotationOwnerAccountID: b}),
		made(t, "ns", "old", a), made(t, "ns", "stays", a),
		refused("Subnet", "ns", "conflict", "InvalidSubnet.Conflict", fields{}),
		refused("Subnet", "ns", "quota", "SubnetLimitExceeded", fields{}),
		refused("Subnet", "ns", "another's", resource.ReasonOwnedByAnother, fields{}),
		refused("Subnet", "ns", "denied", "UnauthorizedOperation", fields{}),
		refused("Subnet", "other", "conflict", "InvalidSubnet.Conflict", fields{}),
		refused("SecurityGroup", "ns", "of-the-vpc", "InvalidGroup.Duplicate", ofVPC),
		refused("SecurityGroup", "ns", "of-another", "InvalidGroup.Duplicate", fields{}),
	}
	kind, _ := apis.ByName("ec2.Subnet")
	t.Run("by its object's end", func(t *testing.T) {
		w := newWatched(t, all...)
		if err := w.client.Resource(kubeapi.GVR(kind)).Namespace("ns").Delete(t.Context(), "old", metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		w.wantWoken(t, "a subnet that is gone", "ns/another's", "ns/conflict", "ns/of-the-vpc", "ns/quota")
	})
	t.Run("by its claim", func(t *testing.T) {
		w := newWatched(t, all...)
		w.patch(t, kubeapi.GVR(kind), "ns", "old", fields{"metadata": fields{"annotations": fields{level.AnnotationClaim: `{"install":"dev","void":true}`}}, "status": fields{"subnetID": nil}})
		w.wantWoken(t, "a subnet that was released", "ns/another's", "ns/conflict", "ns/of-the-vpc", "ns/quota")
	})
	t.Run("not by an edit that AWS has not carried out", func(t *testing.T) {
		w := newWatched(t, all...)
		w.patch(t, kubeapi.GVR(kind), "ns", "old", fields{"metadata": fields{"generation": 7}, "spec": fields{"vpcRef": nil}})
		w.wantWoken(t, "an edit")
	})
}

// However many objects wait, one resource wakes only a few: AWS gives its place to one.
func TestAFreedResourceWakesAFew(t *testing.T) {
	const a = "111111111111"
	all := []runtime.Object{namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: a})}
	for i := range 100 {
		all = append(all, refused("Subnet", "ns", fmt.Sprint("s", i), "InvalidSubnet.Conflict", fields{}))
	}
	w := newWatched(t, all...)
	kind, _ := apis.ByName("ec2.Subnet")
	if n := len(w.waiters(kind, made(t, "ns", "old", a), nil)); n != wokenPerFreed {
		t.Errorf("%d are woken, want %d", n, wokenPerFreed)
	}
}
