package iam

import (
	"testing"

	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// found reads a resource as a kind does, and returns its id; empty if there is none.
func found[W, G any](d kind.Definition[*awsiam.Client, W, G], s *scripted, q kind.Query[W], t *testing.T) string {
	t.Helper()
	got, err := d.Find(t.Context(), s.client(), q)
	if err != nil {
		t.Fatal(d.Kind, err)
	}
	if got == nil {
		return ""
	}
	return d.Facts(got).ID
}

// A resource that somebody deleted and created again has the recorded ARN and another unique id. An
// object leaves it alone, and its deletion finds nothing.
func TestReplacedIsNotOurs(t *testing.T) {
	owner := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "iam.X", Cluster: "c", Namespace: "n", Name: "x"}}
	here := resource.Target{Partition: "aws", AccountID: "111122223333"}
	for what, one := range map[string]struct {
		element, field string
		find           func(s *scripted, id, status string, deleting bool) string
	}{
		"policy": {"Policy", "policyID", func(s *scripted, id, status string, deleting bool) string {
			return found(policyKind, s, kind.Query[iamv1alpha1.PolicySpec]{ID: id, Owner: owner, Target: here, Status: []byte(status), Deleting: deleting}, t)
		}},
		"role": {"Role", "roleID", func(s *scripted, id, status string, deleting bool) string {
			return found(roleKind, s, kind.Query[iamv1alpha1.RoleSpec]{ID: id, Owner: owner, Target: here, Status: []byte(status), Deleting: deleting}, t)
		}},
		"instance-profile": {"InstanceProfile", "instanceProfileID", func(s *scripted, id, status string, deleting bool) string {
			return found(profileKind, s, kind.Query[iamv1alpha1.InstanceProfileSpec]{ID: id, Owner: owner, Target: here, Status: []byte(status), Deleting: deleting}, t)
		}},
	} {
		arn := "arn:aws:iam::111122223333:" + what + "/x"
		for name, test := range map[string]struct {
			shown, owner string // the unique id in the status, and the owner tag in AWS
			deleting     bool
			want         string
		}{
			"ours":                           {shown: "AXXA1", owner: owner.Tag(), want: arn},
			"ours, without tags":             {shown: "AXXA1", want: arn},
			"ours, created again":            {shown: "AXXA0", owner: owner.Tag(), want: arn},
			"a stranger's":                   {shown: "AXXA0", want: "AXXA1"},
			"another owner's":                {shown: "AXXA0", owner: "i/c/iam.X/n/y", want: "AXXA1"},
			"ours, in a deletion":            {shown: "AXXA1", deleting: true, want: arn},
			"a stranger's, in a deletion":    {shown: "AXXA0", deleting: true},
			"another owner's, in a deletion": {shown: "AXXA0", owner: "i/c/iam.X/n/y", deleting: true},
		} {
			body := "<Arn>" + arn + "</Arn><" + one.element + "Id>AXXA1</" + one.element + "Id><" + one.element + "Name>x</" + one.element + "Name><DefaultVersionId>v1</DefaultVersionId>"
			if test.owner != "" {
				body += "<Tags><member><Key>" + resource.TagOwner + "</Key><Value>" + test.owner + "</Value></member></Tags>"
			}
			s := &scripted{answers: map[string]string{
				"Get" + one.element: "<" + one.element + ">" + body + "</" + one.element + ">",
				"GetPolicyVersion":  "<PolicyVersion><Document>%7B%7D</Document></PolicyVersion>",
			}}
			if got := one.find(s, arn, `{"`+one.field+`":"`+test.shown+`"}`, test.deleting); got != test.want {
				t.Errorf("%s, %s: found %q, want %q", what, name, got, test.want)
			}
		}
	}
}
