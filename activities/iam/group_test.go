package iam

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fieldtest"
	"github.com/tack-dev/tack/test/plantest"
)

const groupBase = `{name: devs, path: /team/, policies: ["` + arnA + `"], inlinePolicies: {logs: '` + document + `'}}`

func gotGroup() *group {
	return &group{
		Group: types.Group{
			Arn: aws.String("arn:aws:iam::111122223333:group/team/devs"), GroupId: aws.String("AGPA1"), GroupName: aws.String("devs"), Path: aws.String("/team/"), CreateDate: day,
		},
		granted: granted{attached: []string{arnA}, inline: map[string]string{"logs": document}},
	}
}

func TestPlanGroup(t *testing.T) {
	plantest.Table[*awsiam.Client, iamv1alpha1.GroupSpec, group]{
		Kind: Group(), ID: "AGPA1",
		Rows: map[string]plantest.Row[group]{
			"new": {Spec: groupBase, Want: []string{
				"1 AttachPolicy: attach policy " + nameIn(arnA) + " (spec.policies[0])", "1 PutInlinePolicy: put inline policy logs (spec.inlinePolicies.logs)",
			}},
			"nothing to do":      {Spec: groupBase, Got: gotGroup()},
			"AWS's path remains": {Spec: strings.Replace(groupBase, "path: /team/, ", "", 1), Got: gotGroup()},
			"its path, and no policy": {Spec: `{name: devs, path: /}`, Got: gotGroup(), Want: []string{
				"0 Update: move the group to the path / (spec.path)",
				"2 DetachPolicy: detach policy " + nameIn(arnA) + " (spec.policies)", "2 DeleteInlinePolicy: delete inline policy logs (spec.inlinePolicies)",
			}},
			"another name": {Spec: strings.Replace(groupBase, "devs", "ops", 1), Got: gotGroup(), Notes: []string{
				`spec.name: AWS cannot change it; make a new object, or put back "devs"`,
			}},
		},
	}.Run(t)
}

func TestFieldsOfGroups(t *testing.T) {
	fieldtest.Spec[*awsiam.Client, iamv1alpha1.GroupSpec, group]{
		Kind: Group(), Base: groupBase, ID: "AGPA1", Got: gotGroup(),
		Change: map[string]string{
			"inlinePolicies": `{inlinePolicies: {logs: ` + otherDocText + `}}`,
			"name":           `{name: ops}`,
			"path":           `{path: /}`,
			"policies[]":     `{policies: ["` + arnB + `"]}`,
		},
		Check: map[string][]string{`{}`: {"spec.name: a group needs a name"}},
		Refused: []string{
			`{name: ` + strings.Repeat("x", 129) + `, path: x, policies: [null], inlinePolicies: {a: "` + strings.Repeat("x", 5121) + `"}}`,
		},
	}.Run(t)
}

// A group is found by the recorded name. Another's group under that name is left alone, and in a
// deletion it means that ours is gone. Members are named, and nothing is removed before they leave.
func TestFindGroup(t *testing.T) {
	const body = `<Group><Arn>arn:aws:iam::111122223333:group/x</Arn><GroupId>AGPA1</GroupId><GroupName>x</GroupName><CreateDate>2026-01-01T12:00:00Z</CreateDate></Group><Users>`
	for name, test := range map[string]struct {
		id, arn, users string
		deleting       bool
		want           string // its id
		held, full     bool
		asks           []string
	}{
		"by the name of the spec": {want: "AGPA1", asks: []string{"GetGroup", "ListAttachedGroupPolicies", "ListGroupPolicies"}},
		"ours":                    {id: "AGPA1", arn: "arn:aws:iam::111122223333:group/x", want: "AGPA1", asks: []string{"GetGroup", "ListAttachedGroupPolicies", "ListGroupPolicies"}},
		"with members":            {id: "AGPA1", users: "u", full: true, want: "AGPA1", asks: []string{"GetGroup", "ListAttachedGroupPolicies", "ListGroupPolicies"}},
		"a stranger's":            {id: "AGPA0", want: "AGPA1", asks: []string{"GetGroup"}},
		"a deletion":              {id: "AGPA1", deleting: true, want: "AGPA1", asks: []string{"GetGroup", "ListAttachedGroupPolicies", "ListGroupPolicies"}},
		"a deletion with members": {id: "AGPA1", deleting: true, users: "u", held: true, full: true, want: "AGPA1", asks: []string{"GetGroup", "ListAttachedGroupPolicies", "ListGroupPolicies"}},
		"a stranger's, deletion":  {id: "AGPA0", deleting: true, asks: []string{"GetGroup"}},
		"an edited claim":         {id: "AGPA1", arn: "arn:aws:iam::1:group/a b"},
	} {
		members := "</Users>"
		if test.users != "" {
			members = "<member><UserName>" + test.users + "</UserName></member></Users>"
		}
		s := &scripted{answers: map[string]string{"GetGroup": body + members, "ListAttachedGroupPolicies": "<AttachedPolicies/>", "ListGroupPolicies": "<PolicyNames/>"}}
		got, err := findGroup(t.Context(), s.client(), kind.Query[iamv1alpha1.GroupSpec]{ID: test.id, ARN: test.arn, Deleting: test.deleting, Want: iamv1alpha1.GroupSpec{Name: aws.String("x")}})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var facts kind.Facts
		if got != nil {
			facts = groupFacts(got)
		}
		if facts.ID != test.want || (facts.Held != nil) != test.held || got != nil && test.id != "AGPA0" && facts.Empty == test.full {
			t.Errorf("%s: found %+v", name, facts)
		}
		if diff := cmp.Diff(test.asks, slices.Clip(s.asked)); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", name, diff)
		}
	}
}

// The claim of an unclear create keeps name and path, although the spec may change.
func TestGroupCreate(t *testing.T) {
	step := planGroupCreate(plantest.Read[iamv1alpha1.GroupSpec](t, groupBase), kind.Making{Target: resource.Target{Partition: "aws", AccountID: "111122223333"}})
	if step.Key != *gotGroup().Arn || !groupFacts(gotGroup()).Made.Equal(time.Unix(1, 0)) {
		t.Errorf("the key is %s", step.Key)
	}
}
