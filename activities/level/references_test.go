package level

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// A reference is resolved when the other object is ready; otherwise, it is named.
func TestReferences(t *testing.T) {
	c := complete()
	c.Set(fields{"from": fields{"name": "main"}}, "spec", "vpcRef")
	if got := levelIn(t, c, settings); got.Wait == nil || !strings.Contains(got.Wait.Message, "spec.vpcRef: VPC team-a/main is not there") || got.Target != (resource.Target{}) {
		t.Errorf("a missing VPC: wait %+v, target %+v", got.Wait, got.Target)
	}
	c["vpcs/team-a/main"] = fields{"metadata": fields{"name": "main"}, "status": fields{"vpcID": "vpc-1"}}
	c.Vouch()
	if got := levelIn(t, c, settings); got.Wait == nil || !strings.Contains(got.Wait.Message, "not synced yet") {
		t.Errorf("a VPC that is not synced: wait %+v", got.Wait)
	}
	c["vpcs/team-a/main"]["status"] = fields{"vpcID": "vpc-1", "conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}
	got := levelIn(t, c, settings)
	if got.Wait != nil || !strings.Contains(string(got.Object.Spec), `"vpcID":"vpc-1"`) {
		t.Errorf("a ready VPC: wait %+v, spec %s", got.Wait, got.Object.Spec)
	}
	c.Set("vpc-2", "spec", "vpcID")
	if got := levelIn(t, c, settings).Problem; got == nil || !strings.Contains(got.Message, "spec.vpcRef: set either this or spec.vpcID") {
		t.Errorf("both set: %+v", got)
	}
}

// A peer that is not ready delays only its rule, not the group. A placeholder stands for the group
// itself, so that its id is no input.
func TestReferencesOfSteps(t *testing.T) {
	c := complete()
	pairs := []any{fields{"groupRef": fields{"from": fields{"name": "peer"}}}, fields{"groupRef": fields{"from": fields{"name": "web"}}}}
	c.Set([]any{fields{"ipProtocol": "-1", "userIDGroupPairs": pairs}}, "spec", "ingressRules")
	got := levelIn(t, c, settings)
	want := []string{"spec.ingressRules[0].userIDGroupPairs[0].groupRef: SecurityGroup team-a/peer is not there (yet)"}
	if diff := cmp.Diff(want, got.Unresolved); diff != "" || got.Wait != nil {
		t.Errorf("unresolved (-want +got):\n%s\nwait: %+v", diff, got.Wait)
	}
	if !strings.Contains(string(got.Object.Spec), resource.NewID) {
		t.Errorf("the group itself is not a placeholder: %s", got.Object.Spec)
	}
	c["securitygroups/team-a/peer"] = fields{"metadata": fields{"name": "peer"}, "status": fields{"id": "sg-2"}}
	c.Vouch()
	if after := levelIn(t, c, settings); len(after.Unresolved) > 0 || after.Digest == got.Digest {
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
	c.Vouch()
	got := levelNamed(t, c, settings, "iam.Role", "r")
	if diff := cmp.Diff([]string{"spec.policyRefs[0]: Policy team-a/late is not there (yet)"}, got.Unresolved); diff != "" || got.Wait != nil {
		t.Errorf("unresolved (-want +got):\n%s\nwait: %+v", diff, got.Wait)
	}
	if !strings.Contains(string(got.Object.Spec), `"policies":["arn:here","arn:there"]`) {
		t.Errorf("the spec is %s", got.Object.Spec)
	}
	c["policies/team-a/late"] = ready("arn:late")
	c.Vouch()
	if got := levelNamed(t, c, settings, "iam.Role", "r"); !strings.Contains(string(got.Object.Spec), `"policies":["arn:late","arn:here","arn:there"]`) || len(got.Unresolved) > 0 {
		t.Errorf("with all: unresolved %q, spec %s", got.Unresolved, got.Object.Spec)
	}
	spec["policies"] = []any{"arn:x"}
	if got := levelNamed(t, c, settings, "iam.Role", "r").Problem; got == nil || !strings.Contains(got.Message, "spec.policyRefs[0]: set either this or spec.policies") {
		t.Errorf("both set: %+v", got)
	}
	spec["policies"] = []any{}
	if got := levelNamed(t, c, settings, "iam.Role", "r").Problem; got != nil {
		t.Errorf("an empty list beside: %+v", got)
	}
}

// References across namespaces work unless the installation forbids them.
func TestReferencesAcrossNamespaces(t *testing.T) {
	c := complete()
	c.Set(fields{"from": fields{"name": "main", "namespace": "network"}}, "spec", "vpcRef")
	c["vpcs/network/main"] = fields{"status": fields{"vpcID": "vpc-1", "conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}}
	c.Vouch()
	if got := levelIn(t, c, settings); got.Problem != nil || !strings.Contains(string(got.Object.Spec), `"vpcID":"vpc-1"`) {
		t.Errorf("allowed: problem %+v, spec %s", got.Problem, got.Object.Spec)
	}
	own := settings
	own.OwnNamespaceOnly = true
	got := levelIn(t, c, own).Problem
	if got == nil || got.State != resource.Terminal || got.Reason != "CrossNamespaceNotAllowed" || !strings.Contains(got.Message, "spec.vpcRef: names an object of namespace network") {
		t.Errorf("forbidden: %+v", got)
	}
	c.Set("team-a", "spec", "vpcRef", "from", "namespace")
	if got := levelIn(t, c, own); got.Problem != nil || got.Wait == nil {
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
	c.Vouch()
	if got := levelNamed(t, c, settings, "ec2.InternetGateway", "door"); len(got.Unresolved) > 0 || !strings.Contains(string(got.Object.Spec), `"routeTables":["rtb-1"]`) {
		t.Errorf("the gateway: unresolved %q, spec %s", got.Unresolved, got.Object.Spec)
	}
	got := levelNamed(t, c, settings, "ec2.RouteTable", "in")
	if diff := cmp.Diff([]string{"spec.routes[0].gatewayRef: InternetGateway team-a/door is not synced yet"}, got.Unresolved); diff != "" {
		t.Errorf("the table (-want +got):\n%s", diff)
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
		"not there": {func(c cluster) { c.Set(from("main"), "spec", "vpcRef") }, settings, &resource.References{Status: "Unknown", Message: "spec.vpcRef: VPC team-a/main is not there (yet)"}},
		"ready": {func(c cluster) {
			c.Set(from("main"), "spec", "vpcRef")
			c["vpcs/team-a/main"] = fields{"status": ready}
		}, settings, &resource.References{Status: "True"}},
		"ready, but no role": {func(c cluster) {
			c.Set(from("main"), "spec", "vpcRef")
			c["vpcs/team-a/main"] = fields{"status": ready}
			delete(c, "configmaps/ack-system/ack-role-account-map")
		}, settings, &resource.References{Status: "True"}},
		"terminal": {func(c cluster) {
			c.Set(from("main"), "spec", "vpcRef")
			c["vpcs/team-a/main"] = fields{"status": fields{"vpcID": "vpc-1", "conditions": []any{fields{"type": "ACK.Terminal", "status": "True"}}}}
		}, settings, &resource.References{Status: "False", Message: "spec.vpcRef: VPC team-a/main is in a terminal state"}},
		"a step's": {func(c cluster) {
			c.Set([]any{fields{"ipProtocol": "-1", "userIDGroupPairs": []any{fields{"groupRef": from("peer")}}}}, "spec", "ingressRules")
		}, settings, &resource.References{Status: "Unknown", Message: "spec.ingressRules[0].userIDGroupPairs[0].groupRef: SecurityGroup team-a/peer is not there (yet)"}},
		"both set": {func(c cluster) {
			c.Set(from("main"), "spec", "vpcRef")
			c.Set("vpc-2", "spec", "vpcID")
		}, settings, &resource.References{Status: "Unknown", Message: "spec.vpcRef: set either this or spec.vpcID, not both"}},
	} {
		objects := complete()
		test.change(objects)
		if diff := cmp.Diff(test.want, levelIn(t, objects.Vouch(), test.flags).References); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	own := settings
	own.OwnNamespaceOnly = true
	c := complete()
	c.Set(fields{"from": fields{"name": "main", "namespace": "network"}}, "spec", "vpcRef")
	if got := levelIn(t, c, own).References; got == nil || got.Status != "False" {
		t.Errorf("another namespace: %+v", got)
	}
}
