package level

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// An object without progress passes its own reason to the objects that refer to it. A reference
// that names nothing is rejected rather than left out.
func TestReferenceToWhatFailed(t *testing.T) {
	for name, test := range map[string]struct {
		status fields
		want   string
	}{
		"failed": {
			fields{"natGatewayID": "nat-1", "conditions": []any{
				fields{"type": "ACK.ResourceSynced", "status": "False", "reason": "Gateway.NotAttached", "message": "Network vpc-1 has no Internet gateway attached"},
				fields{"type": "ACK.Recoverable", "status": "True", "reason": "Gateway.NotAttached", "message": "Network vpc-1 has no Internet gateway attached"},
			}},
			"is not synced yet: Gateway.NotAttached: Network vpc-1 has no Internet gateway attached",
		},
		"refused before it was made": {
			fields{"conditions": []any{fields{"type": "ACK.Terminal", "status": "True", "message": "spec.subnetID: x: MissingParameter: y"}}},
			"has no id yet: spec.subnetID: x: MissingParameter: y",
		},
		"terminal": {
			fields{"natGatewayID": "nat-1", "conditions": []any{fields{"type": "ACK.Terminal", "status": "True", "reason": "InvalidSpec", "message": strings.Repeat("é", 300)}}},
			"is in a terminal state: InvalidSpec: " + strings.Repeat("é", 200) + "…",
		},
		"recovered": {
			fields{"natGatewayID": "nat-1", "conditions": []any{fields{"type": "ACK.Recoverable", "status": "False", "message": "x"}}},
			"is not synced yet",
		},
		"waiting": {fields{"conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "False", "reason": "Pending", "message": "x"}}}, "has no id yet"},
	} {
		c := complete()
		c["routetables/team-a/out"] = fields{"metadata": fields{"name": "out", "namespace": "team-a", "uid": "uid-2"}, "spec": fields{
			"vpcID": "vpc-1", "routes": []any{fields{"natGatewayRef": fields{"from": fields{"name": "nat"}}}},
		}}
		c["natgateways/team-a/nat"] = fields{"status": test.status}
		want := []string{"spec.routes[0].natGatewayRef: NATGateway team-a/nat " + test.want}
		if diff := cmp.Diff(want, levelNamed(t, c.Vouch(), settings, "ec2.RouteTable", "out").Unresolved); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	c := complete()
	c.Set(fields{"from": fields{}}, "spec", "vpcRef")
	if got := levelIn(t, c, settings).Problem; got == nil || got.Message != "spec.vpcRef: names no object: set from.name, or leave it out" {
		t.Errorf("a reference to nothing: %+v", got)
	}
}

// A reference may stand for the name of the other object, once that object is ready. The name in
// AWS counts, not the one in the edited spec.
func TestReferenceToAName(t *testing.T) {
	c := complete()
	c["instanceprofiles/team-a/p"] = fields{
		"metadata": fields{"name": "p", "namespace": "team-a", "uid": "uid-2"},
		"spec":     fields{"name": "p", "roleRef": fields{"from": fields{"name": "r"}}},
	}
	c["roles/team-a/r"] = fields{"metadata": fields{}, "spec": fields{"name": "reader"}}
	got := levelNamed(t, c, settings, "iam.InstanceProfile", "p")
	if diff := cmp.Diff([]string{"spec.roleRef: Role team-a/r has no id yet"}, got.Unresolved); diff != "" {
		t.Errorf("unresolved (-want +got):\n%s", diff)
	}
	c["roles/team-a/r"]["status"] = fields{
		"ackResourceMetadata": fields{"arn": "arn:aws:iam::111111111111:role/path/reader"}, "observedGeneration": int64(1), "syncedID": "arn:aws:iam::111111111111:role/path/reader",
		"conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}},
	}
	c.Vouch()
	for i, name := range []string{"reader", "renamed"} {
		generation := i + 1
		c["roles/team-a/r"]["metadata"].(fields)["generation"] = int64(generation)
		c["roles/team-a/r"]["spec"] = fields{"name": name}
		for _, made := range []bool{false, true} {
			if made {
				c["instanceprofiles/team-a/p"]["status"] = fields{"ackResourceMetadata": fields{"arn": "arn:aws:iam::111111111111:instance-profile/p"}}
				c.Vouch()
			}
			got := levelNamed(t, c, settings, "iam.InstanceProfile", "p")
			if ready := strings.Contains(string(got.Object.Spec), `"role":"reader"`); ready != (generation < 2 || made) || strings.Contains(string(got.Object.Spec), "renamed") {
				t.Errorf("generation %d, made %t: unresolved %q, spec %s", generation, made, got.Unresolved, got.Object.Spec)
			}
		}
		delete(c["instanceprofiles/team-a/p"], "status")
		delete(c["instanceprofiles/team-a/p"]["metadata"].(fields), "annotations")
	}
}

// A create waits until AWS has carried out its parent's newest spec. One apply may give
// a VPC a block, and make a subnet in it. An existing resource uses the recorded id.
func TestCreateWaitsForTheNewestSpecOfItsParent(t *testing.T) {
	for _, made := range []bool{false, true} {
		for observed, want := range map[int64]string{1: "VPC team-a/main is not synced with its newest spec yet", 2: ""} {
			c := complete()
			c.Set(from("main"), "spec", "vpcRef")
			c["vpcs/team-a/main"] = fields{"metadata": fields{"generation": int64(2)}, "status": fields{
				"vpcID": "vpc-1", "observedGeneration": observed, "conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}},
			}}
			if made {
				c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
				want = ""
			}
			got := levelIn(t, c.Vouch(), settings)
			switch {
			case want != "" && (got.Wait == nil || got.Wait.Message != "spec.vpcRef: "+want):
				t.Errorf("made %t, generation %d is observed: wait %+v, want %q", made, observed, got.Wait, want)
			case want == "" && (got.Wait != nil || !strings.Contains(string(got.Object.Spec), `"vpcID":"vpc-1"`)):
				t.Errorf("made %t, generation %d is observed: wait %+v, spec %s", made, observed, got.Wait, got.Object.Spec)
			}
		}
	}
}

// A reference may name an object of another controller, or of a kind that the cluster does not
// have.
func TestReferenceToAnotherControllersObject(t *testing.T) {
	c := complete()
	c["vpcendpointserviceconfigurations/team-a/s"] = fields{"metadata": fields{"name": "s", "namespace": "team-a", "uid": "uid-2"}, "spec": fields{
		"networkLoadBalancerRefs": []any{fields{"from": fields{"name": "hub", "namespace": "network"}}},
	}}
	level := func() resource.Level {
		return levelNamed(t, c.Vouch(), settings, "ec2.VPCEndpointServiceConfiguration", "s")
	}
	if got := level(); got.Wait == nil || got.Wait.Message != "spec.networkLoadBalancerRefs[0]: LoadBalancer network/hub is not there (yet)" {
		t.Errorf("before it exists: %+v", got.Wait)
	}
	c["loadbalancers/network/hub"] = fields{"status": fields{"ackResourceMetadata": fields{"arn": "arn:1"}, "conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}}
	if got := level(); got.Wait != nil || !strings.Contains(string(got.Object.Spec), `"networkLoadBalancerARNs":["arn:1"]`) {
		t.Errorf("wait %+v, spec %s", got.Wait, got.Object.Spec)
	}
}

// A reference may stand for another field of the status, which must belong to the recorded id.
func TestReferenceToAShownField(t *testing.T) {
	c := complete()
	c["vpcendpoints/team-a/e"] = fields{"metadata": fields{"name": "e", "namespace": "team-a", "uid": "uid-2"}, "spec": fields{"vpcID": "vpc-1", "serviceRef": from("s")}}
	status := fields{"serviceID": "vpce-svc-1", "conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}
	c["vpcendpointserviceconfigurations/team-a/s"] = fields{"metadata": fields{"name": "s", "namespace": "team-a"}, "status": status}
	for name, want := range map[string]string{
		"": "spec.serviceRef: the status of VPCEndpointServiceConfiguration team-a/s shows no serviceName of vpce-svc-1",
		"com.amazonaws.vpce.eu-west-1.vpce-svc-2":     "spec.serviceRef: the status of VPCEndpointServiceConfiguration team-a/s shows no serviceName of vpce-svc-1",
		"com.amazonaws.vpce.eu-west-1.vpce-svc-1":     "",
		"com.amazonaws.vpce.eu-west-1.own-vpce-svc-1": "spec.serviceRef: the status of VPCEndpointServiceConfiguration team-a/s shows no serviceName of vpce-svc-1",
	} {
		status["serviceName"] = name
		got := levelNamed(t, c.Vouch(), settings, "ec2.VPCEndpoint", "e")
		switch {
		case want == "" && (got.Wait != nil || !strings.Contains(string(got.Object.Spec), `"serviceName":"`+name+`"`)):
			t.Errorf("%s: wait %+v, spec %s", name, got.Wait, got.Object.Spec)
		case want != "" && (got.Wait == nil || got.Wait.Message != want):
			t.Errorf("%s: wait %+v, want %s", name, got.Wait, want)
		}
	}
}

// The spec of a log group holds the only name that it has. The object of its controller has no status
// that repeats it.
func TestReferenceToANameInASpec(t *testing.T) {
	c := complete()
	c["flowlogs/team-a/f"] = fields{"metadata": fields{"name": "f", "namespace": "team-a", "uid": "uid-2"}, "spec": fields{"logGroupRef": from("g")}}
	level := func() resource.Level { return levelNamed(t, c.Vouch(), settings, "ec2.FlowLog", "f") }
	c["loggroups/team-a/g"] = fields{"spec": fields{"name": "/vpc/flow"}}
	if got := level(); got.Wait == nil || got.Wait.Message != "spec.logGroupRef: LogGroup team-a/g is not synced yet" {
		t.Errorf("before it exists: %+v", got.Wait)
	}
	c["loggroups/team-a/g"]["status"] = fields{"conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}
	if got := level(); got.Wait != nil || !strings.Contains(string(got.Object.Spec), `"logGroupName":"/vpc/flow"`) {
		t.Errorf("wait %+v, spec %s", got.Wait, got.Object.Spec)
	}
}

// A made object keeps the values of its references, whatever happens to the parent. A bad edit of a
// VPC must not unsettle everything in it.
func TestReferencesOfTheMade(t *testing.T) {
	unsynced := []any{fields{"type": "ACK.ResourceSynced", "status": "False"}}
	terminal := append(slices.Clone(unsynced), fields{"type": "ACK.Terminal", "status": "True"})
	for name, test := range map[string]struct {
		kind string
		spec fields
		at   string // state of the parent
		of   fields // the parent, without its id
		path string // of the parent's id, in the status
		open bool   // the record of the object's own create is missing
		want string // what is missing; empty: nothing
	}{
		"the create's parent is edited": {kind: "ec2.SecurityGroup", at: "vpcs/team-a/p", path: "vpcID",
			spec: fields{"vpcRef": from("p")}, of: fields{"status": fields{"conditions": unsynced}}},
		"the create's parent is terminal": {kind: "ec2.SecurityGroup", at: "vpcs/team-a/p", path: "vpcID",
			spec: fields{"vpcRef": from("p")}, of: fields{"status": fields{"conditions": terminal}}},
		"the create's parent is being deleted": {kind: "ec2.SecurityGroup", at: "vpcs/team-a/p", path: "vpcID",
			spec: fields{"vpcRef": from("p")}, of: fields{"metadata": fields{"deletionTimestamp": "2026-01-01T00:00:00Z"}, "status": fields{}}},
		"the create is not recorded": {kind: "ec2.SecurityGroup", at: "vpcs/team-a/p", path: "vpcID", open: true,
			spec: fields{"vpcRef": from("p")}, of: fields{"status": fields{"conditions": unsynced}}, want: "not synced yet"},
		"the step's other was synced once": {kind: "ec2.RouteTable", at: "natgateways/team-a/p", path: "natGatewayID",
			spec: fields{"vpcID": "vpc-1", "routes": []any{fields{"natGatewayRef": from("p")}}},
			of:   fields{"status": fields{"conditions": unsynced, "syncedID": "id-1"}}},
		"the step's other was never synced": {kind: "ec2.RouteTable", at: "natgateways/team-a/p", path: "natGatewayID",
			spec: fields{"vpcID": "vpc-1", "routes": []any{fields{"natGatewayRef": from("p")}}},
			of:   fields{"status": fields{"conditions": unsynced}}, want: "not synced yet"},
		"the step's other is another incarnation": {kind: "ec2.RouteTable", at: "natgateways/team-a/p", path: "natGatewayID",
			spec: fields{"vpcID": "vpc-1", "routes": []any{fields{"natGatewayRef": from("p")}}},
			of:   fields{"status": fields{"conditions": unsynced, "syncedID": "id-0"}}, want: "not synced yet"},
		"the step's other is being deleted": {kind: "ec2.RouteTable", at: "natgateways/team-a/p", path: "natGatewayID",
			spec: fields{"vpcID": "vpc-1", "routes": []any{fields{"natGatewayRef": from("p")}}},
			of:   fields{"metadata": fields{"deletionTimestamp": "2026-01-01T00:00:00Z"}, "status": fields{"syncedID": "id-1"}}, want: "is being deleted"},
		"a group that was never synced": {kind: "ec2.SecurityGroup", at: "securitygroups/team-a/p", path: "id",
			spec: fields{"vpcID": "vpc-1", "ingressRules": []any{fields{"userIDGroupPairs": []any{fields{"groupRef": from("p")}}}}}, of: fields{"status": fields{"conditions": terminal}}},
		"a group that is being deleted": {kind: "ec2.SecurityGroup", at: "securitygroups/team-a/p", path: "id",
			spec: fields{"vpcID": "vpc-1", "egressRules": []any{fields{"userIDGroupPairs": []any{fields{"groupRef": from("p")}}}}},
			of:   fields{"metadata": fields{"deletionTimestamp": "2026-01-01T00:00:00Z"}, "status": fields{"conditions": unsynced}}},
		"a group with a terminal state, before the create": {kind: "ec2.SecurityGroup", at: "securitygroups/team-a/p", path: "id", open: true,
			spec: fields{"vpcID": "vpc-1", "ingressRules": []any{fields{"userIDGroupPairs": []any{fields{"groupRef": from("p")}}}}}, of: fields{"status": fields{"conditions": terminal}}},
		"a name that AWS holds": {kind: "iam.InstanceProfile", at: "roles/team-a/p", path: "ackResourceMetadata.arn",
			spec: fields{"name": "x", "roleRef": from("p")}, of: fields{"spec": fields{"name": "id-1"}, "status": fields{"conditions": terminal, "syncedID": "arn:x/id-1"}}},
		// The name of the ARN counts, so that a rename, which AWS never carries out, freezes nobody.
		"a name that AWS does not hold": {kind: "iam.InstanceProfile", at: "roles/team-a/p", path: "ackResourceMetadata.arn",
			spec: fields{"name": "x", "roleRef": from("p")}, of: fields{"spec": fields{"name": "renamed"}, "status": fields{"conditions": terminal, "syncedID": "arn:x/id-1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			claim := resource.Claim{Install: "dev", UID: "uid-1", Incarnation: 1, Target: here, ID: "x-1"}
			if test.open {
				claim.ID = ""
			}
			raw, _ := json.Marshal(claim)
			kind, _ := apis.ByName(test.kind)
			child := fields{"metadata": fields{"name": "x", "namespace": "team-a", "uid": "uid-1", "annotations": fields{AnnotationClaim: string(raw)}}, "spec": test.spec,
				"status": fields{"ackResourceMetadata": fields{"ownerAccountID": account}}}
			id := "id-1"
			if strings.HasSuffix(test.path, "arn") {
				id = "arn:x/id-1"
			}
			c[kind.Plural+"/team-a/x"], c[test.at] = child, test.of
			if err := unstructured.SetNestedField(test.of, id, append([]string{"status"}, FieldPath(test.path)...)...); err != nil {
				t.Fatal(err)
			}
			got := levelNamed(t, c.Vouch(), settings, test.kind, "x")
			missing := strings.Join(got.Unresolved, "; ")
			if got.Wait != nil {
				missing += got.Wait.Message
			}
			if !strings.Contains(missing, test.want) || (test.want == "") != (missing == "") {
				t.Errorf("missing is %q, want %q", missing, test.want)
			}
			if test.want == "" && !strings.Contains(string(got.Object.Spec), `"id-1"`) {
				t.Errorf("the spec is %s", got.Object.Spec)
			}
		})
	}
}
