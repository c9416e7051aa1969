package proposal

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fakecluster"
)

type fields = fakecluster.Fields

var settings = level.Settings{Cluster: "dev", Install: "dev", DefaultRegion: "us-west-2", SystemNamespace: "ack-system"}

// propose returns the proposal for the group.
func propose(t *testing.T, c fakecluster.Cluster, in resource.ProposeInput) resource.Proposal {
	t.Helper()
	kind, _ := apis.ByName(fakecluster.GroupRef.Kind)
	if in.Ref == (resource.Ref{}) {
		in.Ref = fakecluster.GroupRef
	}
	p, err := Read(t.Context(), c, settings, kind, in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// applying returns the input for a manifest of the group with that spec.
func applying(spec fields) (in resource.ProposeInput) {
	in.Change.Manifest = manifest(spec)
	return in
}

func manifest(spec fields) json.RawMessage {
	raw, _ := json.Marshal(fields{"apiVersion": "ec2.services.k8s.aws/v1alpha1", "kind": "SecurityGroup", "metadata": fields{"name": "web", "namespace": "team-a"}, "spec": spec}) // plain data
	return raw
}

func specOf(t *testing.T, p resource.Proposal) (spec fields) {
	t.Helper()
	if err := json.Unmarshal(p.Level.Object.Spec, &spec); err != nil {
		t.Fatal(err)
	}
	return spec
}

var mainVPC = resource.Ref{Kind: "ec2.VPC", Cluster: "dev", Namespace: "team-a", Name: "main"}

// A reference without an id gets a stand-in, and the proposal names the object that the id comes from.
func TestStandIn(t *testing.T) {
	refersTo := fields{"name": "web", "description": "d", "vpcRef": fields{"from": fields{"name": "main"}}}
	const stands = "tack:id-of:ec2.VPC:team-a:main"
	vpc := func(status fields, annotations fields) fields {
		return fields{"metadata": fields{"name": "main", "namespace": "team-a", "uid": "uid-2", "generation": int64(1), "annotations": annotations}, "spec": fields{}, "status": status}
	}
	claimed := func(id string) fields {
		raw, _ := json.Marshal(resource.Claim{Install: "dev", UID: "uid-2", For: mainVPC, Incarnation: 1, ID: id}) // plain data
		return fields{level.AnnotationClaim: string(raw)}
	}
	ready := fields{"vpcID": "vpc-1", "conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}, "observedGeneration": int64(1)}
	for name, test := range map[string]struct {
		vpc            fields
		with           []resource.Beside
		id, why, waits string
	}{
		"it does not exist":         {nil, nil, stands, "the cluster does not have VPC team-a/main, and neither do these manifests", ""},
		"the same command makes it": {nil, []resource.Beside{{Ref: mainVPC}}, stands, "these manifests create it", ""},
		"it has no id":              {vpc(nil, nil), nil, stands, "VPC team-a/main has no id yet", ""},
		"it is not Synced":          {vpc(fields{"vpcID": "vpc-1"}, claimed("vpc-1")), nil, "vpc-1", "", "VPC team-a/main is not Synced yet"},
		"it is Synced":              {vpc(ready, claimed("vpc-1")), nil, "vpc-1", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := fakecluster.Complete()
			delete(c, "securitygroups/team-a/web")
			if test.vpc != nil {
				c["vpcs/team-a/main"] = test.vpc
			}
			in := applying(refersTo)
			in.With = test.with
			p := propose(t, c, in)
			if got := specOf(t, p)["vpcID"]; got != test.id || p.Level.Wait != nil || p.Level.Problem != nil {
				t.Errorf("the id is %v, want %s; wait %+v, problem %+v", got, test.id, p.Level.Wait, p.Level.Problem)
			}
			why := ""
			for _, s := range p.Stand {
				why = s.Why
			}
			if why != test.why || strings.Join(p.Held, " ") != test.waits {
				t.Errorf("it says %q and waits for %q, want %q and %q", why, p.Held, test.why, test.waits)
			}
		})
	}
}

// A reference to an object that is being deleted, or whose id is in doubt, stays a wait.
func TestNoStandIn(t *testing.T) {
	refersTo := fields{"name": "web", "description": "d", "vpcRef": fields{"from": fields{"name": "main"}}}
	for name, vpc := range map[string]fields{
		"in deletion": {"metadata": fields{"name": "main", "namespace": "team-a", "deletionTimestamp": "2026-01-01T00:00:00Z"}},
		"in doubt":    {"metadata": fields{"name": "main", "namespace": "team-a"}, "status": fields{"vpcID": "vpc-9"}},
	} {
		c := fakecluster.Complete()
		c["vpcs/team-a/main"] = vpc
		if p := propose(t, c, applying(refersTo)); p.Level.Wait == nil || len(p.Stand) > 0 {
			t.Errorf("%s: wait %+v, stand-ins %+v; want a wait alone", name, p.Level.Wait, p.Stand)
		}
	}
}

// A stand-in for the ARN of a policy has the form of one, and a role is known by its name.
func TestStandInForAnARN(t *testing.T) {
	kind, _ := apis.ByName("iam.InstanceProfile")
	ref := resource.Ref{Kind: kind.Name(), Cluster: "dev", Namespace: "team-a", Name: "p"}
	role := resource.Ref{Kind: "iam.Role", Cluster: "dev", Namespace: "team-a", Name: "r"}
	raw, _ := json.Marshal(fields{"metadata": fields{"name": "p", "namespace": "team-a"}, "spec": fields{"name": "p", "roleRef": fields{"from": fields{"name": "r"}}}}) // plain data
	in := resource.ProposeInput{PlanStart: resource.PlanStart{Ref: ref, Change: resource.Change{Manifest: raw}, With: []resource.Beside{{Ref: role, Name: "app"}}}}
	p, err := Read(t.Context(), fakecluster.Complete(), settings, kind, in)
	if err != nil {
		t.Fatal(err)
	}
	if got := specOf(t, p)["role"]; got != "app" {
		t.Errorf("the role is %v, want app", got)
	}
	if got, want := resource.StandInFor(resource.Ref{Kind: "iam.Policy", Namespace: "a", Name: "b"}, true, ""), "arn:aws:iam::000000000000:policy/tack:id-of:iam.Policy:a:b"; got != want {
		t.Errorf("the stand-in is %s, want %s", got, want)
	}
}

// A manifest is applied as kubectl does. Claim, status and finalizers stay, and a removed field goes.
func TestApplied(t *testing.T) {
	c := fakecluster.Complete()
	c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: fakecluster.Here, ID: "sg-1"})
	c.Set([]any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}, "metadata", "finalizers")
	c.Set("vpc-late", "spec", "vpcID") // somebody else wrote it
	c.Set("old", "spec", "description")
	c.Set([]any{}, "spec", "tags")
	c.Set(int64(1), "status", resource.StatusObservedGeneration)
	c.Set(string(manifest(fields{"name": "web", "description": "old", "tags": []any{}})), "metadata", "annotations", corev1.LastAppliedConfigAnnotation)
	p := propose(t, c, applying(fields{"name": "web", "description": "new"}))
	o := p.Level.Object
	if diff := cmp.Diff(fields{"name": "web", "description": "new", "vpcID": "vpc-late"}, specOf(t, p)); diff != "" {
		t.Errorf("spec (-want +got):\n%s", diff)
	}
	if !p.Exists || !o.Claim.Recorded() || o.Claim.ID != "sg-1" || o.Owner.UID != "uid-1" || !o.Finalizer || o.Generation != 2 || !o.NewSpec {
		t.Errorf("the object is %+v", o)
	}
}

// An object that does not exist has no uid and no claim, whatever its manifest says.
func TestNewObject(t *testing.T) {
	c := fakecluster.Complete()
	raw, _ := json.Marshal(c.Group()) // plain data
	delete(c, "securitygroups/team-a/web")
	in := resource.ProposeInput{PlanStart: resource.PlanStart{Change: resource.Change{Manifest: raw}}}
	p := propose(t, c, in)
	if o := p.Level.Object; p.Exists || o.Claim != nil || o.Doubt != nil || o.Owner.UID != resource.UnknownUID || p.Level.Target != fakecluster.Here {
		t.Errorf("exists %t, the object is %+v, in %+v", p.Exists, o, p.Level.Target)
	}
}

// A deletion is planned for an object that the cluster has.
func TestDeletion(t *testing.T) {
	in := resource.ProposeInput{PlanStart: resource.PlanStart{Change: resource.Change{Delete: true}}}
	c := fakecluster.Complete()
	c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: fakecluster.Here, ID: "sg-1"})
	if p := propose(t, c, in); !p.Level.Object.Deleting || p.Level.Target != fakecluster.Here {
		t.Errorf("the level is %+v", p.Level)
	}
	if c.Group()["metadata"].(fields)["deletionTimestamp"] != nil {
		t.Error("the object itself is marked")
	}
	delete(c, "securitygroups/team-a/web")
	if p := propose(t, c, in); !p.Level.Gone {
		t.Errorf("the level is %+v, want none", p.Level)
	}
}

// The namespace may come with the same command.
func TestNamespaceOfTheCommand(t *testing.T) {
	c := fakecluster.Complete()
	delete(c, "securitygroups/team-a/web")
	space, _ := json.Marshal(c["namespaces//team-a"]) // plain data
	delete(c, "namespaces//team-a")
	in := applying(fields{"name": "web", "description": "d"})
	if p := propose(t, c, in); p.Level.Wait == nil || p.Level.Wait.Reason != resource.ReasonNamespaceNotFound {
		t.Errorf("without a namespace, it waits for %+v", p.Level.Wait)
	}
	in.Space = space
	if p := propose(t, c, in); p.Level.Wait != nil || p.Level.Target != fakecluster.Here {
		t.Errorf("with the namespace, it waits for %+v, in %+v", p.Level.Wait, p.Level.Target)
	}
}
