package iam

import (
	"encoding/json"
	"strings"
	"testing"

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

const (
	linkedBase = `{awsServiceName: autoscaling.amazonaws.com, customSuffix: web, description: for the web}`
	linkedID   = "AWSServiceRoleForAutoScaling_web"
)

func gotLinked() *linkedRole {
	return &linkedRole{Identity: Identity{linkedID}, Role: types.Role{
		Arn: aws.String("arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/" + linkedID), RoleId: aws.String("AROA1"),
		RoleName: aws.String(linkedID), Path: aws.String("/aws-service-role/autoscaling.amazonaws.com/"),
		Description: aws.String("for the web"), MaxSessionDuration: aws.Int32(3600), CreateDate: day,
	}}
}

// The step after the create sets the tags. The service's description remains where the spec has none.
func TestPlanServiceLinkedRole(t *testing.T) {
	plantest.Table[*awsiam.Client, iamv1alpha1.ServiceLinkedRoleSpec, linkedRole]{
		Kind: ServiceLinkedRole(), ID: linkedID, Tags: map[string]string{},
		Rows: map[string]plantest.Row[linkedRole]{
			"new":           {Spec: linkedBase, Tags: map[string]string{"o": "me"}, Want: []string{"0 Tag: tag o=me (spec.tags)"}},
			"a lost tag":    {Spec: linkedBase, Got: gotLinked(), Tags: map[string]string{"o": "me"}, Want: []string{"0 Tag: tag o=me (spec.tags)"}},
			"nothing to do": {Spec: linkedBase, Got: gotLinked()},
			"AWS's words":   {Spec: `{awsServiceName: autoscaling.amazonaws.com, customSuffix: web}`, Got: gotLinked()},
		},
	}.Run(t)
}

// The change of the description names nothing else: AWS refuses to edit more of a service's role.
func TestRequestOfAnotherDescription(t *testing.T) {
	want := plantest.Read[iamv1alpha1.ServiceLinkedRoleSpec](t, `{awsServiceName: autoscaling.amazonaws.com, customSuffix: web, description: other}`)
	draft := planLinked(want, gotLinked(), kind.Case{ID: linkedID})
	if len(draft.Steps) != 1 {
		t.Fatalf("the steps are %v", plantest.Describe(draft.Steps))
	}
	if diff := cmp.Diff(`{"Description":"other","RoleName":"`+linkedID+`"}`, string(draft.Steps[0].Input)); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestFieldsOfServiceLinkedRoles(t *testing.T) {
	whole, working := gotLinked(), gotLinked()
	whole.AssumeRolePolicyDocument, whole.Tags = aws.String("%7B%7D"), []types.Tag{{Key: aws.String("a"), Value: aws.String("b")}}
	whole.RoleLastUsed = &types.RoleLastUsed{LastUsedDate: day, Region: aws.String("x")}
	whole.PermissionsBoundary = &types.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String(arnA), PermissionsBoundaryType: types.PermissionsBoundaryAttachmentTypePolicy}
	working.task = &awsiam.GetServiceLinkedRoleDeletionStatusOutput{Status: types.DeletionTaskStatusTypeInProgress}
	fieldtest.Spec[*awsiam.Client, iamv1alpha1.ServiceLinkedRoleSpec, linkedRole]{
		Kind: ServiceLinkedRole(), Base: linkedBase, ID: linkedID, Got: gotLinked(), Whole: whole,
		Change: map[string]string{
			"awsServiceName": `{awsServiceName: lexv2.amazonaws.com}`,
			"customSuffix":   `{customSuffix: other}`,
			"description":    `{description: other}`,
		},
		Unread: map[string]string{"customSuffix": "AWS shows only the name of the role, which a service chooses freely"},
		Check:  map[string][]string{`{}`: {"spec.awsServiceName: a service-linked role needs a service"}},
		Refused: []string{
			`{awsServiceName: "a b", customSuffix: "", description: "☃"}`,
			`{awsServiceName: ` + strings.Repeat("x", 129) + `, customSuffix: ` + strings.Repeat("x", 65) + `, description: ` + strings.Repeat("x", 1001) + `}`,
		},
		Pending: map[string]*linkedRole{"AWS is deleting role " + linkedID: working},
	}.Run(t)
}

// AWS's task decides about a deletion: Tack waits for it, and repeats AWS's reason if it fails.
func TestDeletionTaskOfServiceLinkedRole(t *testing.T) {
	const shown = `<Role><Path>/aws-service-role/autoscaling.amazonaws.com/</Path><RoleName>` + linkedID + `</RoleName><RoleId>AROA1</RoleId></Role>`
	answer, _ := json.Marshal(awsiam.DeleteServiceLinkedRoleOutput{DeletionTaskId: aws.String("task/1")}) // plain data
	deleted := []resource.Done{{Verb: resource.VerbDelete, Output: answer}}
	for name, test := range map[string]struct {
		calls  []resource.Done
		status string
		id     string
		want   kind.Facts
		asks   int
	}{
		"before the delete":     {want: kind.Facts{ID: linkedID}, asks: 1},
		"by an earlier run":     {calls: []resource.Done{{Verb: resource.VerbDelete}}, want: kind.Facts{ID: linkedID}, asks: 1},
		"at work":               {calls: deleted, status: "IN_PROGRESS", want: kind.Facts{ID: linkedID, Pending: kind.Pending("AWS is deleting role " + linkedID)}, asks: 2},
		"done, and still shown": {calls: deleted, status: "SUCCEEDED", want: kind.Facts{ID: linkedID, Gone: true}, asks: 2},
		"failed": {
			calls: deleted, asks: 2,
			status: `FAILED</Status><Reason><Reason>In use.</Reason><RoleUsageList><member><Region>eu-west-1</Region><Resources><member>asg-1</member><member>asg-2</member></Resources></member></RoleUsageList></Reason><Status>FAILED`,
			want:   kind.Facts{ID: linkedID, Held: &resource.Wait{Reason: resource.ReasonInUse, Message: "AWS did not delete role " + linkedID + ": In use. It is used by asg-1, asg-2 (eu-west-1)"}},
		},
		"an edited claim": {id: "a b"},
	} {
		s := &scripted{answers: map[string]string{"GetRole": shown, "GetServiceLinkedRoleDeletionStatus": "<Status>" + test.status + "</Status>"}}
		q := kind.Query[iamv1alpha1.ServiceLinkedRoleSpec]{ID: linkedID, Deleting: true, Done: test.calls, Status: []byte(`{"roleID":"AROA1"}`)}
		if test.id != "" {
			q.ID = test.id
		}
		got, err := findLinked(t.Context(), s.client(), q)
		if err != nil || len(s.asked) != test.asks {
			t.Errorf("%s: calls %v, error %v", name, s.asked, err)
		}
		var facts kind.Facts
		if got != nil {
			facts = linkedFacts(got)
			facts.Empty, facts.Tagless, facts.TagsFollow, facts.Tags = false, false, false, nil
		}
		if diff := cmp.Diff(test.want, facts); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Without a recorded id, only the owner's role is found, or the one that an unclear create may have
// made. A role that the AWS service made for itself is not touched.
func TestFindServiceLinkedRole(t *testing.T) {
	owner := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "iam.ServiceLinkedRole", Cluster: "c", Namespace: "n", Name: "x"}}
	tagged := `<Tags><member><Key>` + resource.TagOwner + `</Key><Value>` + owner.Tag() + `</Value></member></Tags>`
	strange := strings.Replace(tagged, owner.Tag(), "another", 1)
	for name, test := range map[string]struct{ key, suffix, tags, want string }{
		"AWS's":                    {},
		"ours":                     {tags: tagged, want: "R"},
		"ours, with a suffix":      {suffix: "b", tags: tagged, want: "R_b"},
		"of an unclear create":     {key: "k", want: "R"},
		"unclear, with a suffix":   {key: "k", suffix: "b", want: "R_b"},
		"unclear, another suffix":  {key: "k", suffix: "c"},
		"unclear, but a strangers": {key: "k", tags: strange},
	} {
		s := &scripted{answers: map[string]string{
			"ListRoles": `<Roles><member><RoleName>R_b</RoleName></member><member><RoleName>R</RoleName></member></Roles>`,
			"GetRole":   `<Role><RoleName>R</RoleName>` + test.tags + `</Role>`,
		}}
		q := kind.Query[iamv1alpha1.ServiceLinkedRoleSpec]{Key: test.key, Owner: owner}
		if q.Want.AWSServiceName = aws.String("x.amazonaws.com"); test.suffix != "" {
			q.Want.CustomSuffix = &test.suffix
		}
		got, err := findLinked(t.Context(), s.client(), q)
		var id string
		if got != nil {
			id = linkedFacts(got).ID
		}
		if err != nil || id != test.want {
			t.Errorf("%s: found %q, error %v; want %q", name, id, err, test.want)
		}
	}
}
