package kube

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

// A reference is resolved when the other object is ready; otherwise, it is named.
func TestReferences(t *testing.T) {
	c := complete()
	c.set(fields{"from": fields{"name": "main"}}, "spec", "vpcRef")
	if got := c.level(t, settings); got.Wait == nil || !strings.Contains(got.Wait.Message, "spec.vpcRef: VPC team-a/main is not there") || got.Target != (resource.Target{}) {
		t.Errorf("a missing VPC: wait %+v, target %+v", got.Wait, got.Target)
	}
	c["vpcs/team-a/main"] = fields{"metadata": fields{"name": "main"}, "status": fields{"vpcID": "vpc-1"}}
	c.vouch()
	if got := c.level(t, settings); got.Wait == nil || !strings.Contains(got.Wait.Message, "not synced yet") {
		t.Errorf("a VPC that is not synced: wait %+v", got.Wait)
	}
	c["vpcs/team-a/main"]["status"] = fields{"vpcID": "vpc-1", "conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}
	got := c.level(t, settings)
	if got.Wait != nil || !strings.Contains(string(got.Object.Spec), `"vpcID":"vpc-1"`) {
		t.Errorf("a ready VPC: wait %+v, spec %s", got.Wait, got.Object.Spec)
	}
	c.set("vpc-2", "spec", "vpcID")
	if got := c.level(t, settings).Problem; got == nil || !strings.Contains(got.Message, "spec.vpcRef: set either this or spec.vpcID") {
		t.Errorf("both set: %+v", got)
	}
}

// A peer that is not ready delays only its rule, not the group. A placeholder stands for the group
// itself, so that its id is no input.
func TestReferencesOfSteps(t *testing.T) {
	c := complete()
	pairs := []any{fields{"groupRef": fields{"from": fields{"name": "peer"}}}, fields{"groupRef": fields{"from": fields{"name": "web"}}}}
	c.set([]any{fields{"ipProtocol": "-1", "userIDGroupPairs": pairs}}, "spec", "ingressRules")
	got := c.level(t, settings)
	want := []string{"spec.ingressRules[0].userIDGroupPairs[0].groupRef: SecurityGroup team-a/peer is not there (yet)"}
	if diff := cmp.Diff(want, got.Unresolved); diff != "" || got.Wait != nil {
		t.Errorf("unresolved (-want +got):\n%s\nwait: %+v", diff, got.Wait)
	}
	if !strings.Contains(string(got.Object.Spec), resource.NewID) {
		t.Errorf("the group itself is not a placeholder: %s", got.Object.Spec)
	}
	c["securitygroups/team-a/peer"] = fields{"metadata": fields{"name": "peer"}, "status": fields{"id": "sg-2"}}
	c.vouch()
	if after := c.level(t, settings); len(after.Unresolved) > 0 || after.Digest == got.Digest {
		t.Errorf("with the peer: unresolved %q, same digest %v", after.Unresolved, after.Digest == got.Digest)
	}
}

// A list of references becomes a list of the ids that are ready.
func TestListsOfReferences(t *testing.T) {
	c := complete()
	spec := fields{"name": "r", "policyRefs": []any{
		fields{"from": fields{"name": "late"}}, fields{"from": fields{"name": "here"}}, fields{"from": fields{"name": "there", "namespace": "team-b"}},
	}}
	c["roles/team-a/r"] = fields{"metadata": fields{"name": "r", "namespace": "team-a", "uid": "uid-2"}, "spec": spec}
	ready := func(arn string) fields {
		return fields{"status": fields{"ackResourceMetadata": fields{"arn": arn}, "conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}}
	}
	c["policies/team-a/here"], c["policies/team-b/there"] = ready("arn:here"), ready("arn:there")
	c.vouch()
	got := c.levelOf(t, settings, "iam.Role", "r")
	if diff := cmp.Diff([]string{"spec.policyRefs[0]: Policy team-a/late is not there (yet)"}, got.Unresolved); diff != "" || got.Wait != nil {
		t.Errorf("unresolved (-want +got):\n%s\nwait: %+v", diff, got.Wait)
	}
	if !strings.Contains(string(got.Object.Spec), `"policies":["arn:here","arn:there"]`) {
		t.Errorf("the spec is %s", got.Object.Spec)
	}
	c["policies/team-a/late"] = ready("arn:late")
	c.vouch()
	if got := c.levelOf(t, settings, "iam.Role", "r"); !strings.Contains(string(got.Object.Spec), `"policies":["arn:late","arn:here","arn:there"]`) || len(got.Unresolved) > 0 {
		t.Errorf("with all: unresolved %q, spec %s", got.Unresolved, got.Object.Spec)
	}
	spec["policies"] = []any{"arn:x"}
	if got := c.levelOf(t, settings, "iam.Role", "r").Problem; got == nil || !strings.Contains(got.Message, "spec.policyRefs[0]: set either this or spec.policies") {
		t.Errorf("both set: %+v", got)
	}
	spec["policies"] = []any{}
	if got := c.levelOf(t, settings, "iam.Role", "r").Problem; got != nil {
		t.Errorf("an empty list beside: %+v", got)
	}
}

// References across namespaces work unless the installation forbids them.
func TestReferencesAcrossNamespaces(t *testing.T) {
	c := complete()
	c.set(fields{"from": fields{"name": "main", "namespace": "network"}}, "spec", "vpcRef")
	c["vpcs/network/main"] = fields{"status": fields{"vpcID": "vpc-1", "conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}}
	c.vouch()
	if got := c.level(t, settings); got.Problem != nil || !strings.Contains(string(got.Object.Spec), `"vpcID":"vpc-1"`) {
		t.Errorf("allowed: problem %+v, spec %s", got.Problem, got.Object.Spec)
	}
	own := settings
	own.OwnNamespaceOnly = true
	got := c.level(t, own).Problem
	if got == nil || got.State != resource.Terminal || got.Reason != "CrossNamespaceNotAllowed" || !strings.Contains(got.Message, "spec.vpcRef: names an object of namespace network") {
		t.Errorf("forbidden: %+v", got)
	}
	c.set("team-a", "spec", "vpcRef", "from", "namespace")
	if got := c.level(t, own); got.Problem != nil || got.Wait == nil {
		t.Errorf("its own namespace, by name: problem %+v, wait %+v", got.Problem, got.Wait)
	}
}

// A gateway and the table of its VPC may refer to each other. The table waits until the gateway is
// attached, so the gateway accepts the table as soon as it exists.
func TestReferencesInACircle(t *testing.T) {
	c := complete()
	to := func(name string) fields { return fields{"from": fields{"name": name}} }
	c["internetgateways/team-a/door"] = fields{
		"metadata": fields{"name": "door", "namespace": "team-a", "uid": "uid-2"},
		"spec":     fields{"vpc": "vpc-1", "routeTableRefs": []any{to("in")}}, "status": fields{"internetGatewayID": "igw-1"},
	}
	c["routetables/team-a/in"] = fields{
		"metadata": fields{"name": "in", "namespace": "team-a", "uid": "uid-3"},
		"spec":     fields{"vpcID": "vpc-1", "routes": []any{fields{"gatewayRef": to("door")}}}, "status": fields{"routeTableID": "rtb-1"},
	}
	c.vouch()
	if got := c.levelOf(t, settings, "ec2.InternetGateway", "door"); len(got.Unresolved) > 0 || !strings.Contains(string(got.Object.Spec), `"routeTables":["rtb-1"]`) {
		t.Errorf("the gateway: unresolved %q, spec %s", got.Unresolved, got.Object.Spec)
	}
	got := c.levelOf(t, settings, "ec2.RouteTable", "in")
	if diff := cmp.Diff([]string{"spec.routes[0].gatewayRef: InternetGateway team-a/door is not synced yet"}, got.Unresolved); diff != "" {
		t.Errorf("the table (-want +got):\n%s", diff)
	}
}

// An object without progress passes its own reason to the objects that refer to it. A reference
// that names nothing is refused rather than left out.
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
		if diff := cmp.Diff(want, c.vouch().levelOf(t, settings, "ec2.RouteTable", "out").Unresolved); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	c := complete()
	c.set(fields{"from": fields{}}, "spec", "vpcRef")
	if got := c.level(t, settings).Problem; got == nil || got.Message != "spec.vpcRef: names no object: set from.name, or leave it out" {
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
	got := c.levelOf(t, settings, "iam.InstanceProfile", "p")
	if diff := cmp.Diff([]string{"spec.roleRef: Role team-a/r has no id yet"}, got.Unresolved); diff != "" {
		t.Errorf("unresolved (-want +got):\n%s", diff)
	}
	c["roles/team-a/r"]["status"] = fields{
		"ackResourceMetadata": fields{"arn": "arn:aws:iam::111111111111:role/path/reader"}, "observedGeneration": int64(1), "syncedID": "arn:aws:iam::111111111111:role/path/reader",
		"conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}},
	}
	c.vouch()
	for i, name := range []string{"reader", "renamed"} {
		generation := i + 1
		c["roles/team-a/r"]["metadata"].(fields)["generation"] = int64(generation)
		c["roles/team-a/r"]["spec"] = fields{"name": name}
		for _, made := range []bool{false, true} {
			if made {
				c["instanceprofiles/team-a/p"]["status"] = fields{"ackResourceMetadata": fields{"arn": "arn:aws:iam::111111111111:instance-profile/p"}}
				c.vouch()
			}
			got := c.levelOf(t, settings, "iam.InstanceProfile", "p")
			if ready := strings.Contains(string(got.Object.Spec), `"role":"reader"`); ready != (generation < 2 || made) || strings.Contains(string(got.Object.Spec), "renamed") {
				t.Errorf("generation %d, made %t: unresolved %q, spec %s", generation, made, got.Unresolved, got.Object.Spec)
			}
		}
		delete(c["instanceprofiles/team-a/p"], "status")
		delete(c["instanceprofiles/team-a/p"]["metadata"].(fields), "annotations")
	}
}

// A create waits until its parent is as the newest spec of that says: one apply may give
// a VPC a block, and make a subnet in it. What is made goes by the recorded id.
func TestCreateWaitsForTheNewestSpecOfItsParent(t *testing.T) {
	for _, made := range []bool{false, true} {
		for observed, want := range map[int64]string{1: "VPC team-a/main is not synced with its newest spec yet", 2: ""} {
			c := complete()
			c.set(from("main"), "spec", "vpcRef")
			c["vpcs/team-a/main"] = fields{"metadata": fields{"generation": int64(2)}, "status": fields{
				"vpcID": "vpc-1", "observedGeneration": observed, "conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}},
			}}
			if made {
				c.claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
				want = ""
			}
			got := c.vouch().level(t, settings)
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
	spec := fields{"vpcID": "vpc-1", "routes": []any{fields{"destinationCIDRBlock": "10.0.0.0/8", "transitGatewayRef": fields{"from": fields{"name": "hub", "namespace": "network"}}}}}
	c["routetables/team-a/out"] = fields{"metadata": fields{"name": "out", "namespace": "team-a", "uid": "uid-2"}, "spec": spec}
	kind, _ := apis.ByName("ec2.RouteTable")
	level := func() resource.Level {
		l, err := ReadLevel(t.Context(), c, settings, kind, resource.Ref{Kind: kind.Name(), Cluster: "dev", Namespace: "team-a", Name: "out"})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	want := []string{"spec.routes[0].transitGatewayRef: TransitGateway network/hub is not there (yet)"}
	if diff := cmp.Diff(want, level().Unresolved); diff != "" {
		t.Errorf("unresolved (-want +got):\n%s", diff)
	}
	c["transitgateways/network/hub"] = fields{"status": fields{"transitGatewayID": "tgw-1", "conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}}
	if got := level(); len(got.Unresolved) > 0 || !strings.Contains(string(got.Object.Spec), `"transitGatewayID":"tgw-1"`) {
		t.Errorf("unresolved %q, spec %s", got.Unresolved, got.Object.Spec)
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
			if err := unstructured.SetNestedField(test.of, id, append([]string{"status"}, fieldPath(test.path)...)...); err != nil {
				t.Fatal(err)
			}
			got := c.vouch().levelOf(t, settings, test.kind, "x")
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

func from(name string) fields { return fields{"from": fields{"name": name}} }

// The state of the references is reported as in ACK. There is no condition without references,
// Unknown while an object is not ready, and False if only an edit can help.
func TestReferencesResolved(t *testing.T) {
	ready := fields{"vpcID": "vpc-1", "conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}
	for name, test := range map[string]struct {
		change func(cluster)
		flags  Settings
		want   *resource.References
	}{
		"none":      {func(cluster) {}, settings, nil},
		"not there": {func(c cluster) { c.set(from("main"), "spec", "vpcRef") }, settings, &resource.References{Status: "Unknown", Message: "spec.vpcRef: VPC team-a/main is not there (yet)"}},
		"ready": {func(c cluster) {
			c.set(from("main"), "spec", "vpcRef")
			c["vpcs/team-a/main"] = fields{"status": ready}
		}, settings, &resource.References{Status: "True"}},
		"ready, but no role": {func(c cluster) {
			c.set(from("main"), "spec", "vpcRef")
			c["vpcs/team-a/main"] = fields{"status": ready}
			delete(c, "configmaps/ack-system/ack-role-account-map")
		}, settings, &resource.References{Status: "True"}},
		"terminal": {func(c cluster) {
			c.set(from("main"), "spec", "vpcRef")
			c["vpcs/team-a/main"] = fields{"status": fields{"vpcID": "vpc-1", "conditions": []any{fields{"type": "ACK.Terminal", "status": "True"}}}}
		}, settings, &resource.References{Status: "False", Message: "spec.vpcRef: VPC team-a/main is in a terminal state"}},
		"a step's": {func(c cluster) {
			c.set([]any{fields{"ipProtocol": "-1", "userIDGroupPairs": []any{fields{"groupRef": from("peer")}}}}, "spec", "ingressRules")
		}, settings, &resource.References{Status: "Unknown", Message: "spec.ingressRules[0].userIDGroupPairs[0].groupRef: SecurityGroup team-a/peer is not there (yet)"}},
		"both set": {func(c cluster) {
			c.set(from("main"), "spec", "vpcRef")
			c.set("vpc-2", "spec", "vpcID")
		}, settings, &resource.References{Status: "Unknown", Message: "spec.vpcRef: set either this or spec.vpcID, not both"}},
	} {
		objects := complete()
		test.change(objects)
		if diff := cmp.Diff(test.want, objects.vouch().level(t, test.flags).References); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	own := settings
	own.OwnNamespaceOnly = true
	c := complete()
	c.set(fields{"from": fields{"name": "main", "namespace": "network"}}, "spec", "vpcRef")
	if got := c.level(t, own).References; got == nil || got.Status != "False" {
		t.Errorf("another namespace: %+v", got)
	}
}
