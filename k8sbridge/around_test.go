package main

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/kubeapi"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// The last public address in a subnet keeps an internet gateway attached to the VPC. When its
// object goes, the deletions of the gateway and the VPC are woken, and no others.
func TestADeletionBehindASubnetIsWoken(t *testing.T) {
	named := func(field, name string) fields { return fields{field: fields{"from": fields{"name": name}}} }
	deleting := func(kind, name string, spec fields) *unstructured.Unstructured {
		u := deletingMade(t, kind, name)
		u.Object["spec"] = spec
		return u
	}
	for name, c := range map[string]struct {
		holder         string
		spec           fields
		subnet, attach fields
	}{
		"a NAT gateway":      {"ec2.NATGateway", named("subnetRef", "subnet"), named("vpcRef", "vpc"), named("vpcRef", "vpc")},
		"an instance":        {"ec2.Instance", named("subnetRef", "subnet"), named("vpcRef", "vpc"), named("vpcRef", "vpc")},
		"by ids":             {"ec2.Instance", fields{"subnetID": "x-subnet"}, fields{"vpcID": "x-vpc"}, fields{"vpc": "x-vpc"}},
		"one beside the VPC": {"ec2.NATGateway", named("vpcRef", "vpc"), named("vpcRef", "vpc"), named("vpcRef", "vpc")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWatched(t, namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: ofEdits}),
				deleting("ec2.VPC", "vpc", fields{}), synced(t, "ec2.Subnet", "subnet", c.subnet),
				deleting("ec2.InternetGateway", "gateway", c.attach), synced(t, "ec2.InternetGateway", "stays", c.attach),
				deleting("ec2.InternetGateway", "elsewhere", fields{"vpc": "x-other"}),
				deleting("ec2.SecurityGroup", "group", named("vpcRef", "vpc")),
				synced(t, c.holder, "holder", c.spec))
			w.drainAll()
			if err := w.client.Tracker().Delete(kubeapi.GVR(kindNamed(t, c.holder)), "ns", "holder"); err != nil {
				t.Fatal(err)
			}
			want := []string{"ec2.InternetGateway gateway", "ec2.VPC vpc"}
			var got []string
			enough := time.Now().Add(4 * goneFor)
			for deadline := time.Now().Add(5 * time.Second); time.Now().Before(enough) || !slices.Equal(got, want) && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
				for _, ref := range w.drainAll() {
					if ref.Kind != c.holder {
						got = append(got, ref.Kind+" "+ref.Name)
					}
				}
				slices.Sort(got)
				got = slices.Compact(got)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("woken (-want +got):\n%s", diff)
			}
		})
	}
}

// Of many objects that go at once, each waiting deletion is woken a few times only.
func TestManyNeighborsWakeAFewTimes(t *testing.T) {
	gateway := deletingMade(t, "ec2.InternetGateway", "gateway")
	gateway.Object["spec"] = fields{"vpc": "x-vpc"}
	w := newWatched(t, namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: ofEdits}), synced(t, "ec2.VPC", "vpc", fields{}), gateway)
	w.drainAll()
	woken := make(chan item, 1000)
	w.alarms.ring = func(it item) { woken <- it }
	for range 500 {
		w.wakeAround(resource.Ref{Kind: "ec2.VPC", Cluster: "dev", Namespace: "ns", Name: "vpc"})
	}
	time.Sleep(2 * goneFor)
	if n := len(woken); n == 0 || n > 3 {
		t.Errorf("the gateway is woken %d times", n)
	}
}
