package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func TestInstanceProfile(t *testing.T) {
	a := newAccount(t)
	a.role("r")
	a.role("s")
	name := aws.String("Web")
	must[*iam.CreateInstanceProfileOutput](a)(a.iam.CreateInstanceProfile(a.ctx(), &iam.CreateInstanceProfileInput{
		InstanceProfileName: name, Path: aws.String("/a/"), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	}))
	add := func(role string) error {
		_, err := a.iam.AddRoleToInstanceProfile(a.ctx(), &iam.AddRoleToInstanceProfileInput{InstanceProfileName: name, RoleName: &role})
		return err
	}
	remove := func(role string) error {
		_, err := a.iam.RemoveRoleFromInstanceProfile(a.ctx(), &iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: name, RoleName: &role})
		return err
	}
	deleted := func() error {
		_, err := a.iam.DeleteInstanceProfile(a.ctx(), &iam.DeleteInstanceProfileInput{InstanceProfileName: name})
		return err
	}
	a.wantRefused("a role that is not there", add("none"), http.StatusNotFound, "NoSuchEntity")
	if err := add("r"); err != nil {
		t.Fatal(err)
	}
	a.wantRefused("a second role", add("s"), http.StatusConflict, "LimitExceeded")
	a.wantRefused("removing a role that is not in it", remove("s"), http.StatusNotFound, "NoSuchEntity")
	a.wantRefused("deleting a profile with a role", deleted(), http.StatusConflict, "DeleteConflict")
	got := must[*iam.GetInstanceProfileOutput](a)(a.iam.GetInstanceProfile(a.ctx(), &iam.GetInstanceProfileInput{InstanceProfileName: name})).InstanceProfile
	if len(got.Tags) != 1 || len(got.Roles) != 1 || *got.Arn != "arn:aws:iam::"+a.id+":instance-profile/a/Web" {
		t.Errorf("got as %+v", got)
	}
	if listed := must[*iam.ListInstanceProfilesOutput](a)(a.iam.ListInstanceProfiles(a.ctx(), &iam.ListInstanceProfilesInput{})).InstanceProfiles; len(listed) != 1 || len(listed[0].Tags) > 0 {
		t.Errorf("listed as %+v", listed)
	}
	if err := remove("r"); err != nil {
		t.Error(err)
	}
	if err := deleted(); err != nil {
		t.Error(err)
	}
}
