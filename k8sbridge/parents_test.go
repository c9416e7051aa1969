package main

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// After a bad edit of a VPC, none of the 500 made subnets in it gets a run.
func TestBadEditOfAParentWakesNobody(t *testing.T) {
	const (
		account  = "111111111111"
		children = 500
	)
	synced := func(status string) []any {
		return []any{fields{"type": string(corev1alpha1.ConditionTypeResourceSynced), "status": status}}
	}
	claim := func(name, id string) fields {
		raw, err := json.Marshal(resource.Claim{Install: "dev", UID: "ns/" + name, Incarnation: 1, ID: id, Target: resource.Target{AccountID: account, Region: "r"}})
		if err != nil {
			t.Fatal(err)
		}
		return fields{level.AnnotationClaim: string(raw)}
	}
	roles := thing("v1", "ConfigMap", "ack-system", corev1alpha1.ConfigMapRoleAccountMap, nil)
	roles.Object["data"] = fields{account: "arn:aws:iam::" + account + ":role/tack"}
	vpc := thing("ec2.services.k8s.aws/v1alpha1", "VPC", "ns", "main", fields{"annotations": claim("main", "vpc-1")})
	vpc.Object["spec"], vpc.Object["status"] = fields{}, fields{"vpcID": "vpc-1", "conditions": synced("True")}
	w := newWatched(t, roles, namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: account}), vpc)
	sent := &pokes{}
	w.temporal = sent

	subnets, _ := apis.ByName("ec2.Subnet")
	var refs []resource.Ref
	for n := range children {
		name := fmt.Sprintf("s-%d", n)
		u := thing("ec2.services.k8s.aws/v1alpha1", "Subnet", "ns", name, fields{
			"annotations": claim(name, "x-1"), "finalizers": []any{subnets.Finalizer()},
		})
		u.Object["spec"] = fields{"vpcRef": fields{"from": fields{"name": "main"}}}
		if err := w.client.Tracker().Create(kubeapi.GVR(subnets), u, "ns"); err != nil {
			t.Fatal(err)
		}
		ref := resource.Ref{Kind: subnets.Name(), Cluster: "dev", Namespace: "ns", Name: name}
		for deadline := time.Now().Add(10 * time.Second); w.level(t, ref).Gone; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the watch does not see %s", ref)
			}
		}
		w.patch(t, kubeapi.GVR(subnets), "ns", name, fields{"status": fields{
			subnets.IDField: "x-1", resource.StatusInputsDigest: w.level(t, ref).Digest, "conditions": synced("True"),
			resource.StatusMetadata: fields{"ownerAccountID": account},
		}})
		refs = append(refs, ref)
	}
	for _, ref := range refs {
		w.await(t, ref, resource.Synced)
	}
	w.drain()
	kind, _ := apis.ByName("ec2.VPC")
	w.patch(t, kubeapi.GVR(kind), "ns", "main", fields{"status": fields{"conditions": append(synced("False"), fields{"type": "ACK.Terminal", "status": "True"})}})
	for looked := 0; looked < children; {
		it, _ := w.queue.Get()
		if it.reason == "reference changed" {
			looked++
			if err := w.wake(t.Context(), it); err != nil {
				t.Fatal(err)
			}
		}
		w.queue.Done(it)
	}
	if len(sent.sent) > 0 {
		t.Errorf("%d of %d got a run, as %+v", len(sent.sent), children, sent.sent[0])
	}
}
