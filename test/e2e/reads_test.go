package e2e

import (
	"encoding/json"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/resource"
)

// cutLists makes AWS return every list of the account to Tack in pages of one item, with empty
// pages among them. The tests' own reads stay complete.
func (team team) cutLists(t *testing.T) {
	t.Helper()
	addRule(t, gateway.Rule{Account: team.account, Principal: scenario.RoleIn(team.account), Fault: gateway.FaultPages, Items: 1})
}

// reads are the reads of every kind.
var reads = gateway.Actions{"Describe*", "Get*", "List*"}

// hits checks how often a rule matched.
func hits(t *testing.T, rule string, want int) {
	t.Helper()
	if state, err := w.AWS.Rule(t.Context(), rule); err != nil || state.Hit != want {
		t.Errorf("the rule hit %d calls, error %v; want %d", state.Hit, err, want)
	}
}

// isFirst checks that the object still has its first resource.
func (o object) isFirst(t *testing.T, id string) {
	t.Helper()
	o.wantOneCreate(t, id)
	if claim := o.claim(t); claim.ID != id || claim.Incarnation != 1 {
		t.Errorf("the claim is %+v, want %s of incarnation 1", claim, id)
	}
}

// A success without a body contains no information. A read that gets it finds nothing gone, and a
// deletion leaves no resource behind.
func TestAnswersWithoutABody(t *testing.T) {
	ofSomeKinds(t, func(t *testing.T, s sample, team team) {
		o := team.apply(t, s.kind, "blank", s.spec())
		id := o.awaitSynced(t)
		w.result(t, o.ref)
		time.Sleep(visibleWindow) // within it nothing counts as gone
		blank := gateway.Rule{Action: reads, Principal: scenario.RoleIn(team.account), Fault: gateway.FaultEmptyResponse, Times: 2}
		looks := addRule(t, blank)
		w.force(t, o.ref)
		w.result(t, o.ref)
		hits(t, looks, 2)
		o.isFirst(t, id)
		looks = addRule(t, blank)
		o.delete(t)
		o.awaitGone(t)
		hits(t, looks, 2)
		if n := s.count(t, team.account); n != 0 {
			t.Errorf("%d remain in AWS", n)
		}
	})
}

// A lagging replica lacks a part of what another replica just returned. The resource is complete,
// and Tack keeps or deletes it unchanged.
func TestPartsNotFound(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ kind, read, code string }{
		{"iam.Policy", "GetPolicyVersion", "NoSuchEntity"},
		{"iam.Role", "GetRolePolicy", "NoSuchEntity"},
		{"iam.Role", "ListAttachedRolePolicies", "NoSuchEntity"},
		{"ec2.VPC", "DescribeVpcAttribute", "InvalidVpcID.NotFound"},
		{"ec2.LaunchTemplate", "DescribeLaunchTemplateVersions", "InvalidLaunchTemplateId.NotFound"},
	} {
		t.Run(test.kind+"/"+test.read, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			s := sampleOf(test.kind)
			s.prepare(t, team)
			o := team.apply(t, s.kind, "full", s.full(team.account))
			id := o.awaitSynced(t)
			w.result(t, o.ref)
			time.Sleep(visibleWindow) // within it nothing counts as gone
			rule := addRule(t, gateway.Rule{Action: gateway.Actions{test.read}, Account: team.account, Fault: gateway.FaultError, Code: test.code, Status: 404, Times: 2})
			w.force(t, o.ref)
			w.result(t, o.ref)
			hits(t, rule, 2)
			o.isFirst(t, id)
			o.delete(t)
			o.awaitGone(t)
			if test.kind == "ec2.VPC" {
				if n := s.count(t, team.account); n != 0 {
					t.Errorf("%d remain in AWS", n)
				}
			}
		})
	}
}

// The activity retries a NotFound for a new resource: the retry costs neither an incarnation nor a
// pause.
func TestNotFoundOfTheNew(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, action, code string
		apply              func(*testing.T, team) object
	}{
		{"the VPC that a create names", "CreateSubnet", "InvalidVpcID.NotFound", func(t *testing.T, team team) object {
			team.apply(t, "ec2.VPC", "net", vpcSpec()).awaitSynced(t)
			return team.apply(t, "ec2.Subnet", "sub", fields{"vpcRef": reference("net"), "cidrBlock": "10.0.1.0/24"})
		}},
		{"the group of the first step", "AuthorizeSecurityGroupIngress", "InvalidGroup.NotFound", func(t *testing.T, team team) object {
			team.apply(t, "ec2.VPC", "net", vpcSpec()).awaitSynced(t)
			return team.apply(t, "ec2.SecurityGroup", "web", fields{
				"name": "web", "description": "made by a test", "vpcRef": reference("net"), "ingressRules": []any{tcp(443, "10.0.0.0/8")},
			})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			rule := addRule(t, gateway.Rule{Action: gateway.Actions{test.action}, Account: team.account, Fault: gateway.FaultError, Code: test.code, Times: 1})
			o := test.apply(t, team)
			o.isFirst(t, o.awaitSynced(t))
			hits(t, rule, 1)
			events, err := w.Kube.Resource(schema.GroupVersionResource{Version: "v1", Resource: "events"}).Namespace(o.ref.Namespace).List(t.Context(), metav1.ListOptions{FieldSelector: "involvedObject.name=" + o.ref.Name})
			if err != nil {
				t.Fatal(err)
			}
			for _, event := range events.Items {
				if kind, _, _ := unstructured.NestedString(event.Object, "type"); kind == "Warning" {
					t.Errorf("an event reports it: %s", scenario.Show(&event, nil))
				}
			}
		})
	}
}

// claim returns the claim of the object.
func (o object) claim(t *testing.T) (claim resource.Claim) {
	t.Helper()
	if err := json.Unmarshal([]byte(o.get(t).GetAnnotations()[level.AnnotationClaim]), &claim); err != nil {
		t.Fatal(err)
	}
	return claim
}
