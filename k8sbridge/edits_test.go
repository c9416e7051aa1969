package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/tack-dev/tack/activities/kubeapi"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const ofEdits = "111111111111"

// synced returns an object whose resource matches its spec.
func synced(t *testing.T, kindName, name string, spec fields) *unstructured.Unstructured {
	t.Helper()
	kind := kindNamed(t, kindName)
	claim, err := json.Marshal(resource.Claim{Install: "dev", UID: "ns/" + name, Incarnation: 1, ID: "x-" + name, Target: resource.Target{AccountID: ofEdits, Region: "r"}})
	if err != nil {
		t.Fatal(err)
	}
	u := thing(kind.Service+".services.k8s.aws/v1alpha1", kind.Kind, "ns", name, fields{"generation": int64(1), "annotations": fields{level.AnnotationClaim: string(claim)}})
	u.Object["spec"] = spec
	u.Object["status"] = fields{
		kind.IDField: "x-" + name, resource.StatusSyncedID: "x-" + name, resource.StatusObservedGeneration: int64(1), resource.StatusInputsDigest: "1",
		"conditions": []any{fields{"type": string(corev1alpha1.ConditionTypeResourceSynced), "status": "True"}},
	}
	return u
}

// edit gives an object another spec, as the API server does.
func (w watched) edit(t *testing.T, kindName, name string, generation int, spec fields) {
	t.Helper()
	w.patch(t, kubeapi.GVR(kindNamed(t, kindName)), "ns", name, fields{"metadata": fields{"generation": generation}, "spec": spec})
	w.awaitSeen(t, kindName, name, int64(generation), "metadata", "generation")
}

// awaitSeen waits until the watch has that value.
func (w watched) awaitSeen(t *testing.T, kindName, name string, want int64, path ...string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		_, u := w.objectOf(resource.Ref{Kind: kindName, Namespace: "ns", Name: name})
		if got, _, _ := unstructured.NestedInt64(u.Object, path...); got == want {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the watch does not see %v of %s", path, name)
		}
	}
}

// carryOut reports that AWS matches the newest spec.
func (w watched) carryOut(t *testing.T, kindName, name string, generation int) {
	t.Helper()
	w.patch(t, kubeapi.GVR(kindNamed(t, kindName)), "ns", name, fields{"status": fields{
		resource.StatusObservedGeneration: generation, resource.StatusInputsDigest: fmt.Sprint(generation),
		"conditions": []any{fields{"type": string(corev1alpha1.ConditionTypeResourceSynced), "status": "True"}},
	}})
	w.awaitSeen(t, kindName, name, int64(generation), "status", resource.StatusObservedGeneration)
}

func from(name string) fields { return fields{"from": fields{"name": name}} }

func waits(kind, name, reason string, spec fields) *unstructured.Unstructured {
	return refused(kind, "ns", name, reason, spec)
}

// deleting returns a VPC, group or table with a deletion that waits.
func deleting(kind, name string) *unstructured.Unstructured {
	return thing("ec2.services.k8s.aws/v1alpha1", kind, "ns", name, fields{"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": []any{"a"}})
}

// An edit that removes something from a spec wakes the objects that may have waited for it. It does
// so when AWS has carried out the edit, and not before.
func TestWhomAnEditWakes(t *testing.T) {
	for name, c := range map[string]struct {
		kind        string
		spec, after fields
		others      []runtime.Object
		want        []string
	}{
		"a VPC drops a block": {
			"ec2.VPC", fields{"cidrBlocks": []any{"10.0.0.0/16", "10.1.0.0/16"}}, fields{"cidrBlocks": []any{"10.0.0.0/16"}},
			[]runtime.Object{
				waits("RouteTable", "route", "RouteAlreadyExists", fields{"vpcRef": from("gives")}),
				waits("VPC", "quota", "VpcLimitExceeded", fields{}),
				waits("RouteTable", "elsewhere", "RouteAlreadyExists", fields{"vpcRef": from("another")}),
				waits("RouteTable", "denied", "UnauthorizedOperation", fields{"vpcRef": from("gives")}),
			},
			[]string{"ns/quota", "ns/route"},
		},
		"a subnet drops its IPv6 block": {
			"ec2.Subnet", fields{"vpcRef": from("main"), "ipv6CIDRBlock": "2001:db8::/64"}, fields{"ipv6CIDRBlock": nil},
			[]runtime.Object{
				waits("Subnet", "conflict", "InvalidSubnet.Conflict", fields{"vpcRef": from("main")}),
				waits("VPC", "main", "DependencyViolation", fields{}), // which should drop the block as well
			},
			[]string{"ns/conflict", "ns/main"},
		},
		"a table drops a route": {
			"ec2.RouteTable", fields{"routes": []any{fields{"destinationCIDRBlock": "0.0.0.0/0", "gatewayRef": from("out")}}}, fields{"routes": []any{}},
			[]runtime.Object{deleting("InternetGateway", "out"), deleting("InternetGateway", "another")},
			[]string{"ns/out"},
		},
		"an instance leaves a group and a subnet": {
			"ec2.Instance", fields{"subnetRef": from("old"), "securityGroupRefs": []any{from("web"), from("db")}},
			fields{"subnetRef": from("new"), "securityGroupRefs": []any{from("web")}},
			[]runtime.Object{
				deleting("SecurityGroup", "db"), deleting("SecurityGroup", "web"),
				waits("Subnet", "old", "DependencyViolation", fields{}),
				waits("NATGateway", "in-old", "InsufficientFreeAddressesInSubnet", fields{"subnetRef": from("old")}),
			},
			[]string{"ns/db", "ns/in-old", "ns/old"},
		},
		"an address is moved": {
			"ec2.NATGateway", fields{"allocationRef": from("first")}, fields{"allocationRef": from("second")},
			[]runtime.Object{
				waits("NATGateway", "wants-first", "InvalidIPAddress.InUse", fields{"allocationRef": from("first")}),
				deleting("ElasticIPAddress", "first"),
			},
			[]string{"ns/first", "ns/wants-first"},
		},
		"a gateway goes to another VPC": {
			"ec2.InternetGateway", fields{"vpcRef": from("a")}, fields{"vpcRef": from("b")},
			[]runtime.Object{waits("InternetGateway", "wants-a", "Resource.AlreadyAssociated", fields{"vpcRef": from("a")})},
			[]string{"ns/wants-a"},
		},
		"a role drops a policy": {
			"iam.Role", fields{"policyRefs": []any{from("p")}}, fields{"policyRefs": []any{}},
			[]runtime.Object{thing("iam.services.k8s.aws/v1alpha1", "Policy", "ns", "p", fields{"deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": []any{"a"}})},
			[]string{"ns/p"},
		},
		"a VPC gets a block": {
			"ec2.VPC", fields{"cidrBlocks": []any{"10.0.0.0/16"}}, fields{"cidrBlocks": []any{"10.0.0.0/16", "10.1.0.0/16"}},
			[]runtime.Object{
				waits("Subnet", "in-it", "InvalidSubnet.Range", fields{"vpcRef": from("gives")}),
				waits("Subnet", "in-it-by-id", "InvalidSubnet.Range", fields{"vpcID": "x-gives"}),
				waits("Subnet", "elsewhere", "InvalidSubnet.Range", fields{"vpcID": "x-another"}),
				waits("Subnet", "conflict", "InvalidSubnet.Conflict", fields{"vpcRef": from("gives")}),
				waits("Subnet", "denied", "UnauthorizedOperation", fields{"vpcRef": from("gives")}),
			},
			[]string{"ns/in-it", "ns/in-it-by-id"},
		},
		"a gateway gets a VPC": {
			"ec2.InternetGateway", fields{}, fields{"vpc": "x-main"},
			[]runtime.Object{waits("RouteTable", "out", "InvalidGatewayID.NotFound", fields{"routes": []any{fields{"gatewayID": "x-gives"}}})},
			[]string{"ns/out"},
		},
		"an instance leaves what it names by id": {
			"ec2.Instance", fields{"subnetID": "x-old", "securityGroupIDs": []any{"x-web", "x-db"}}, fields{"subnetID": "x-new", "securityGroupIDs": []any{"x-web"}},
			[]runtime.Object{
				deletingMade(t, "ec2.SecurityGroup", "db"), deletingMade(t, "ec2.SecurityGroup", "web"), synced(t, "ec2.Subnet", "old", fields{}),
				waits("NATGateway", "in-old", "InsufficientFreeAddressesInSubnet", fields{"subnetID": "x-old"}),
			},
			[]string{"ns/db", "ns/in-old"},
		},
		"tags alone, and a subnet waits": {
			"ec2.VPC", fields{"tags": []any{}}, fields{"tags": []any{fields{"key": "a", "value": "b"}}},
			[]runtime.Object{waits("Subnet", "in-it", "InvalidSubnet.Range", fields{"vpcRef": from("gives")})}, nil,
		},
		"tags alone": {
			"ec2.VPC", fields{"tags": []any{fields{"key": "a", "value": "b"}}}, fields{"tags": []any{}},
			[]runtime.Object{waits("VPC", "quota", "VpcLimitExceeded", fields{})}, nil,
		},
		"a block is added": {
			"ec2.VPC", fields{"cidrBlocks": []any{"10.0.0.0/16"}}, fields{"cidrBlocks": []any{"10.1.0.0/16", "10.0.0.0/16"}},
			[]runtime.Object{waits("VPC", "quota", "VpcLimitExceeded", fields{})}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := append([]runtime.Object{namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: ofEdits}), synced(t, c.kind, "gives", c.spec)}, c.others...)
			w := newWatched(t, all...)
			w.edit(t, c.kind, "gives", 2, c.after)
			time.Sleep(20 * time.Millisecond)
			w.gaveWay() // the objects that the edit itself woke
			time.Sleep(givenWay + 100*time.Millisecond)
			if woken := w.gaveWay(); len(woken) > 0 {
				t.Errorf("before it is carried out it wakes %v", woken)
			}
			w.carryOut(t, c.kind, "gives", 2)
			w.wantGaveWay(t, c.want...)
		})
	}
}

// gaveWay removes from the queue the objects that a freed resource wakes.
func (w watched) gaveWay() map[string]int {
	woken := map[string]int{}
	for w.queue.Len() > 0 {
		it, _ := w.queue.Get()
		w.queue.Done(it)
		if it.force {
			woken[it.ref.Namespace+"/"+it.ref.Name]++
		}
	}
	return woken
}

func (w watched) wantGaveWay(t *testing.T, want ...string) {
	t.Helper()
	time.Sleep(givenWay + 500*time.Millisecond)
	got := w.gaveWay()
	wanted := map[string]int{}
	for _, name := range want {
		wanted[name] = 1
	}
	if !maps.Equal(got, wanted) {
		t.Errorf("woken: %v, want %v", got, wanted)
	}
}

// An edit that was in progress when the bridge started also wakes the objects that wait. An object
// that was Synced then wakes none, whatever its status says next.
func TestAnEditOutlivesTheBridge(t *testing.T) {
	gives := synced(t, "ec2.VPC", "gives", fields{"cidrBlocks": []any{"10.0.0.0/16"}})
	gives.SetGeneration(2)
	w := newWatched(t, namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: ofEdits}), gives,
		synced(t, "ec2.VPC", "rests", fields{}), waits("VPC", "quota", "VpcLimitExceeded", fields{}))
	w.carryOut(t, "ec2.VPC", "rests", 1)
	w.wantGaveWay(t)
	w.carryOut(t, "ec2.VPC", "gives", 2)
	w.wantGaveWay(t, "ns/quota")
}

// Two objects swap values: each gives up its own and is refused the other's. A waiting object is
// woken once for that, and again when the edit is carried out.
func TestAnEditIsCarriedOutInPart(t *testing.T) {
	w := newWatched(t, namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: ofEdits}),
		synced(t, "ec2.InternetGateway", "gives", fields{"vpcRef": from("a")}),
		waits("InternetGateway", "wants-a", "Resource.AlreadyAssociated", fields{"vpcRef": from("a")}))
	refuse := func(generation, retries int) {
		w.patch(t, kubeapi.GVR(kindNamed(t, "ec2.InternetGateway")), "ns", "gives", fields{"status": fields{
			resource.StatusObservedGeneration: generation, resource.StatusRetries: retries,
			"conditions": []any{fields{"type": string(corev1alpha1.ConditionTypeRecoverable), "status": "True", "reason": "Resource.AlreadyAssociated"}},
		}})
		w.awaitSeen(t, "ec2.InternetGateway", "gives", int64(retries), "status", resource.StatusRetries)
	}
	w.edit(t, "ec2.InternetGateway", "gives", 2, fields{"vpcRef": from("b")})
	refuse(2, 1)
	w.wantGaveWay(t, "ns/wants-a")
	refuse(2, 2)
	w.wantGaveWay(t)
	w.edit(t, "ec2.InternetGateway", "gives", 3, fields{"vpcRef": from("c")})
	refuse(3, 3)
	w.wantGaveWay(t, "ns/wants-a")
	w.carryOut(t, "ec2.InternetGateway", "gives", 3)
	w.wantGaveWay(t, "ns/wants-a")
}

// 500 objects free something at about the same time. Each waiting object is woken once or twice,
// and each freed resource wakes only a few.
func TestManyEditsMakeNoStorm(t *testing.T) {
	const many = 500
	objects := []runtime.Object{namespaceOf("ns", fields{corev1alpha1.AnnotationOwnerAccountID: ofEdits})}
	for n := range many {
		objects = append(objects, synced(t, "ec2.Subnet", fmt.Sprint("gives-", n), fields{"vpcRef": from("main"), "ipv6CIDRBlock": fmt.Sprint("2001:db8:", n, "::/64")}))
	}
	for n := range 100 {
		objects = append(objects, waits("Subnet", fmt.Sprint("waits-", n), "InvalidSubnet.Conflict", fields{"vpcRef": from("main")}))
	}
	w := newWatched(t, objects...)
	began := time.Now()
	for n := range many {
		w.edit(t, "ec2.Subnet", fmt.Sprint("gives-", n), 2, fields{"ipv6CIDRBlock": nil})
	}
	woken := map[string]int{}
	for n := range many {
		w.carryOut(t, "ec2.Subnet", fmt.Sprint("gives-", n), 2)
		for name, times := range w.gaveWay() {
			woken[name] += times
		}
	}
	time.Sleep(givenWay + 500*time.Millisecond)
	for name, times := range w.gaveWay() {
		woken[name] += times
	}
	most := int(time.Since(began)/givenWay) + 1
	for name, times := range woken {
		if times > most {
			t.Errorf("%s is woken %d times, want at most %d", name, times, most)
		}
	}
	if len(woken) != wokenPerFreed {
		t.Errorf("%d are woken, want %d", len(woken), wokenPerFreed)
	}
}

// An object that waits with its run open is woken with an observation of AWS. An object that
// settled since is left alone.
func TestWakeOfWhatWaits(t *testing.T) {
	w, ref, sent := newBlocked(t)
	kind, _ := apis.ByName(ref.Kind)
	again := item{ref: ref, reason: "another resource freed something", check: true, role: true, force: true}
	w.patch(t, kubeapi.GVR(kind), ref.Namespace, ref.Name, fields{"status": fields{resource.StatusInputsDigest: nil, resource.StatusNextTry: nil}})
	w.await(t, ref, "")
	if err := w.wake(t.Context(), again); err != nil || len(sent.sent) != 1 || !sent.sent[0].Force {
		t.Errorf("what waits: %v, %+v", err, sent.sent)
	}
	w.patch(t, kubeapi.GVR(kind), ref.Namespace, ref.Name, fields{"status": fields{
		resource.StatusInputsDigest: w.level(t, ref).Digest, "conditions": []any{fields{"type": string(corev1alpha1.ConditionTypeTerminal), "status": "True"}},
	}})
	w.await(t, ref, resource.Terminal)
	if err := w.wake(t.Context(), again); err != nil || len(sent.sent) != 1 {
		t.Errorf("what is settled: %v, %+v", err, sent.sent)
	}
}
