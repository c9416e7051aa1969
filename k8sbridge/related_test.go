package main

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/tack-dev/tack/activities/kubeapi"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// deletingMade returns an object with a resource and a deletion that waits.
func deletingMade(t *testing.T, kindName, name string) *unstructured.Unstructured {
	t.Helper()
	u := synced(t, kindName, name, fields{})
	u.SetDeletionTimestamp(&metav1.Time{Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
	u.SetFinalizers([]string{kindNamed(t, kindName).Finalizer()})
	return u
}

// relations have, for each kind, a spec that names another object's resource by id or name.
var relations = map[string]struct {
	holder string
	spec   fields
}{
	"ec2.VPC":              {"ec2.Subnet", fields{"vpcID": "x-held"}},
	"ec2.Subnet":           {"ec2.NATGateway", fields{"subnetID": "x-held"}},
	"ec2.SecurityGroup":    {"ec2.SecurityGroup", fields{"ingressRules": []any{fields{"userIDGroupPairs": []any{fields{"groupID": "x-held"}}}}}},
	"ec2.RouteTable":       {"ec2.Subnet", fields{"routeTables": []any{"x-held"}}},
	"ec2.InternetGateway":  {"ec2.RouteTable", fields{"routes": []any{fields{"gatewayID": "x-held"}}}},
	"ec2.ElasticIPAddress": {"ec2.NATGateway", fields{"allocationID": "x-held"}},
	"iam.Policy":           {"iam.Role", fields{"policies": []any{"x-held"}}},
	"iam.Role":             {"iam.InstanceProfile", fields{"role": "x-held"}},
}

// An object whose deletion waits shows the objects that name its resource by id, and is woken when
// one of them goes or names another.
func TestWhatHoldsByID(t *testing.T) {
	account := namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: ofEdits})
	for held, c := range relations {
		for name, release := range map[string]func(t *testing.T, w watched){
			"is gone": func(t *testing.T, w watched) {
				if err := w.client.Tracker().Delete(kubeapi.GVR(kindNamed(t, c.holder)), "ns", "holder"); err != nil {
					t.Fatal(err)
				}
			},
			"names another": func(t *testing.T, w watched) {
				none := fields{}
				for field := range c.spec {
					none[field] = nil
				}
				w.edit(t, c.holder, "holder", 2, none)
			},
		} {
			t.Run(held+": "+c.holder+" "+name, func(t *testing.T) {
				t.Parallel()
				w := newWatched(t, account, deletingMade(t, held, "held"), synced(t, c.holder, "holder", c.spec))
				ref := resource.Ref{Kind: held, Cluster: "dev", Namespace: "ns", Name: "held"}
				if diff := cmp.Diff([]resource.Ref{w.refOf(kindNamed(t, c.holder), synced(t, c.holder, "holder", nil))}, w.referrers(ref)); diff != "" {
					t.Errorf("what still holds it (-want +got):\n%s", diff)
				}
				w.drainAll()
				release(t, w)
				for deadline := time.Now().Add(10 * time.Second); !slices.Contains(w.drainAll(), ref); time.Sleep(time.Millisecond) {
					if time.Now().After(deadline) {
						t.Fatal("the waiting deletion is not woken")
					}
				}
				if got := w.referrers(ref); len(got) > 0 {
					t.Errorf("it is still held by %v", got)
				}
			})
		}
	}
}

// The same name in another account is another resource.
func TestANameOfAnotherAccountHoldsNothing(t *testing.T) {
	const other = "222222222222"
	profile := thing("iam.services.k8s.aws/v1alpha1", "InstanceProfile", "other", "holder", nil)
	profile.Object["spec"] = fields{"role": "x-held"}
	profile.Object["status"] = fields{"ackResourceMetadata": fields{"arn": "arn:aws:iam::" + other + ":instance-profile/p"}}
	w := newWatched(t, namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: ofEdits}), namespaceOf("other", fields{corev1alpha1.AnnotationOwnerAccountID: other}),
		deletingMade(t, "iam.Role", "held"), profile)
	if got := w.referrers(resource.Ref{Kind: "iam.Role", Cluster: "dev", Namespace: "ns", Name: "held"}); len(got) > 0 {
		t.Errorf("it is held by %v", got)
	}
}

// A resource that becomes available wakes the objects that AWS refused without it, even if no edit
// preceded.
func TestWhatAReadyResourceWakes(t *testing.T) {
	for name, c := range map[string]struct {
		kind   string
		others []runtime.Object
		want   []string
	}{
		"a policy": {"iam.Policy", []runtime.Object{
			thingOf("iam.services.k8s.aws/v1alpha1", "Role", "by-arn", "NoSuchEntity", fields{"policies": []any{"x-ready"}}),
			thingOf("iam.services.k8s.aws/v1alpha1", "Role", "of-another", "NoSuchEntity", fields{"policies": []any{"x-other"}}),
			thingOf("iam.services.k8s.aws/v1alpha1", "Role", "full", "LimitExceeded", fields{"policies": []any{"x-ready"}}),
		}, []string{"ns/by-arn"}},
		"a VPC": {"ec2.VPC", []runtime.Object{
			waits("Subnet", "by-id", "InvalidSubnet.Range", fields{"vpcID": "x-ready"}),
			waits("Subnet", "denied", "UnauthorizedOperation", fields{"vpcID": "x-ready"}),
		}, []string{"ns/by-id"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ready := synced(t, c.kind, "ready", fields{})
			status := ready.Object["status"].(fields)
			status["conditions"], status[resource.StatusSyncedID] = []any{}, nil
			w := newWatched(t, append(c.others, namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: ofEdits}), ready)...)
			w.wantGaveWay(t)
			w.carryOut(t, c.kind, "ready", 1)
			w.wantGaveWay(t, c.want...)
			w.carryOut(t, c.kind, "ready", 1)
			w.wantGaveWay(t)
		})
	}
}

// thingOf returns an object of any service that AWS refused.
func thingOf(apiVersion, kind, name, reason string, spec fields) *unstructured.Unstructured {
	u := waits(kind, name, reason, spec)
	u.SetAPIVersion(apiVersion)
	return u
}
