package iam

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// bare is a profile of a kind that names its operations, and nothing besides.
type bare struct {
	types.InstanceProfile
	Identity
}

func bareKind() kind.Definition[*awsiam.Client, iamv1alpha1.InstanceProfileSpec, bare] {
	return definition[iamv1alpha1.InstanceProfileSpec, bare](of(profiles, createProfile, deleteProfile,
		kind.Definition[*awsiam.Client, iamv1alpha1.InstanceProfileSpec, bare]{
			Create: request[iamv1alpha1.InstanceProfileSpec](profiles, createProfile, "role"),
		}))
}

func TestWhatADefinitionLeavesOut(t *testing.T) {
	d := bareKind()
	got := &bare{Identity: Identity{"AIPA1"}, InstanceProfile: types.InstanceProfile{
		Arn: aws.String(profileARN), InstanceProfileName: aws.String("web"), Path: aws.String("/team/"), Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}},
	}}
	if diff := cmp.Diff(kind.Facts{ID: "AIPA1", ARN: profileARN, Tags: map[string]string{"a": "1"}}, d.Facts(got)); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`0 Delete {"InstanceProfileName":"web"}`}, described(d.Unplan(got))); diff != "" {
		t.Errorf("teardown (-want +got):\n%s", diff)
	}
	want := iamv1alpha1.InstanceProfileSpec{Name: aws.String("web")}
	if diff := cmp.Diff([]string{`spec.path: AWS cannot change it; make a new object, or put back "/team/"`}, d.Plan(want, got, kind.Case{}).Notes); diff != "" {
		t.Errorf("notes (-want +got):\n%s", diff)
	}
	step := d.Create(want, kind.Making{Tags: map[string]string{"a": "1"}, Target: resource.Target{Partition: "aws", AccountID: "111122223333"}})
	if want := "arn:aws:iam::111122223333:instance-profile/web"; step.Key != want || step.Summary != "create instance profile web" {
		t.Errorf("create %q with key %q, want %q", step.Summary, step.Key, want)
	}
}

// No program starts with operations that do not name the resource.
func TestOperationsOfAnotherResource(t *testing.T) {
	for name, declare := range map[string]func(){
		"read":   func() { gets[types.InstanceProfile]("instance-profile", (*awsiam.Client).GetRole) },
		"create": func() { creates(profiles, (*awsiam.Client).CreateRole) },
		"delete": func() {
			of(profiles, createProfile, call.Delete((*awsiam.Client).DeleteRole), kind.Definition[*awsiam.Client, iamv1alpha1.InstanceProfileSpec, bare]{})
		},
		"tag": func() { taggedBy("RoleName", (*awsiam.Client).TagRole, (*awsiam.Client).UntagUser, tagRules) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("it is accepted")
				}
			}()
			declare()
		})
	}
}
