package ownership

import (
	"strings"
	"testing"
	"time"

	"github.com/tack-dev/tack/resource"
)

// A resource of another owner is adopted only by force: of another object, of another installation, or
// of another tool. The tags that other controllers only add do not make them owners.
func TestAdoptable(t *testing.T) {
	self := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: "it"}}
	other := resource.Owner{Install: "other", UID: "v", Ref: resource.Ref{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: "it"}}
	for name, test := range map[string]struct {
		tags  map[string]string
		owner string // in the refusal; empty: it is adopted
	}{
		"nobody's":              {map[string]string{"team": "a"}, ""},
		"its own":               {self.Tags(1), ""},
		"another installation":  {other.Tags(1), other.Tag()},
		"a stack":               {map[string]string{"aws:cloudformation:stack-name": "web"}, "the CloudFormation stack web"},
		"a stack, letter case":  {map[string]string{"AWS:CloudFormation:Stack-Name": "web"}, "the CloudFormation stack web"},
		"a scaling group":       {map[string]string{"aws:autoscaling:groupName": "g"}, "the Auto Scaling group g"},
		"AWS's, of no tool":     {map[string]string{"aws:createdBy": "x"}, ""},
		"ACK's tags":            {map[string]string{resource.TagNamespace: "n", resource.TagControllerVersion: "ec2-v1"}, ""},
		"a tool's, and another": {map[string]string{"aws:cloudformation:stack-name": "web", resource.TagOwner: "x/y"}, "x/y"},
	} {
		for _, force := range []bool{false, true} {
			o := resource.Object{Owner: self, Adoption: &resource.Adoption{ID: "vpc-1", Force: force}}
			problem := Foreign(o, Found{ID: "vpc-1", Tags: test.tags})
			if refused := test.owner != "" && !force; (problem != nil) != refused {
				t.Errorf("%s, force %t: %+v", name, force, problem)
			}
			if problem != nil && (!strings.Contains(problem.Message, "belongs to "+test.owner+":") || problem.Reason != resource.ReasonOwnedByAnother) {
				t.Errorf("%s: %s %s", name, problem.Reason, problem.Message)
			}
		}
	}
	done := resource.Object{Owner: self, Claim: &resource.Claim{ID: "vpc-1"}, Adoption: &resource.Adoption{ID: "vpc-1", Force: true, Done: true}}
	if Foreign(done, Found{ID: "vpc-1", Tags: other.Tags(1)}) == nil {
		t.Error("force counts after the adoption")
	}
}

// Nothing in AWS tells whose a resource without tags is, so only force adopts it, and the condition says
// why. A read-only object, a take-over, and an object that recorded it before need no force. Neither does a
// type whose tags follow its create.
func TestAdoptableWithoutTags(t *testing.T) {
	self := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "iam.Group", Cluster: "c", Namespace: "n", Name: "it"}}
	group := Found{ID: "AGPA1", Tagless: true, Made: time.Unix(1, 0)}
	roleOfService := group
	roleOfService.TagsFollow = true
	for name, test := range map[string]struct {
		object resource.Object
		found  Found
		want   bool // it is adopted
	}{
		"by its name":          {resource.Object{Adoption: &resource.Adoption{ID: "devs", ByName: true}}, group, false},
		"adopt-or-create":      {resource.Object{Adoption: &resource.Adoption{Create: true}}, group, false},
		"by force":             {resource.Object{Adoption: &resource.Adoption{Create: true, Force: true}}, group, true},
		"only observed":        {resource.Object{Adoption: &resource.Adoption{Create: true}, ReadOnly: true}, group, true},
		"a take-over":          {resource.Object{Adoption: &resource.Adoption{ID: "AGPA1", Takes: true}, Shown: "AGPA1"}, group, true},
		"recorded before":      {resource.Object{Adoption: &resource.Adoption{Create: true}, Claim: &resource.Claim{ID: "AGPA1", Adopted: true}}, group, true},
		"another was recorded": {resource.Object{Adoption: &resource.Adoption{Create: true}, Claim: &resource.Claim{ID: "AGPA0", Adopted: true}}, group, false},
		"adopted and shown":    {resource.Object{Adoption: &resource.Adoption{Done: true}, Claim: &resource.Claim{ID: "AGPA1", Adopted: true}, Shown: "AGPA1"}, group, true},
		"its tags follow":      {resource.Object{Adoption: &resource.Adoption{Create: true}}, roleOfService, true},
	} {
		test.object.Owner, test.object.Created = self, time.Unix(1_000_000, 0)
		problem := Foreign(test.object, test.found)
		if (problem == nil) != test.want {
			t.Errorf("%s: %+v", name, problem)
		}
		if problem == nil {
			continue
		}
		if problem.Reason != resource.ReasonNameTaken || !strings.Contains(problem.Message, "AWS has no tags for a Group") || !strings.Contains(problem.Message, "services.k8s.aws/adoption-force") {
			t.Errorf("%s: %s %s", name, problem.Reason, problem.Message)
		}
	}
}
