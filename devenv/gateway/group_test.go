package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// Groups of IAM users: AWS ignores letter case in a name, changes a path alone, and deletes no group
// that has members or policies.
func TestGroup(t *testing.T) {
	a := newAccount(t)
	name := aws.String("Devs")
	create := func(name string) error {
		_, err := a.iam.CreateGroup(a.ctx(), &iam.CreateGroupInput{GroupName: &name})
		return err
	}
	deleted := func() error {
		_, err := a.iam.DeleteGroup(a.ctx(), &iam.DeleteGroupInput{GroupName: name})
		return err
	}
	if err := create(*name); err != nil {
		t.Fatal(err)
	}
	a.wantRefused("the name in lower case", create("devs"), http.StatusConflict, "EntityAlreadyExists")
	must[*iam.UpdateGroupOutput](a)(a.iam.UpdateGroup(a.ctx(), &iam.UpdateGroupInput{GroupName: name, NewPath: aws.String("/a/")}))
	must[*iam.CreateUserOutput](a)(a.iam.CreateUser(a.ctx(), &iam.CreateUserInput{UserName: aws.String("u")}))
	must[*iam.AddUserToGroupOutput](a)(a.iam.AddUserToGroup(a.ctx(), &iam.AddUserToGroupInput{GroupName: name, UserName: aws.String("u")}))
	must[*iam.PutGroupPolicyOutput](a)(a.iam.PutGroupPolicy(a.ctx(), &iam.PutGroupPolicyInput{
		GroupName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`),
	}))
	got := must[*iam.GetGroupOutput](a)(a.iam.GetGroup(a.ctx(), &iam.GetGroupInput{GroupName: name}))
	if want := "arn:aws:iam::" + a.id + ":group/a/Devs"; *got.Group.Arn != want || len(got.Users) != 1 || got.Group.CreateDate == nil || *got.Group.GroupId == "" {
		t.Errorf("got as %+v with %d users, want %s with one", got.Group, len(got.Users), want)
	}
	a.wantRefused("deleting it with a member", deleted(), http.StatusConflict, "DeleteConflict")
	must[*iam.RemoveUserFromGroupOutput](a)(a.iam.RemoveUserFromGroup(a.ctx(), &iam.RemoveUserFromGroupInput{GroupName: name, UserName: aws.String("u")}))
	a.wantRefused("deleting it with a policy", deleted(), http.StatusConflict, "DeleteConflict")
	must[*iam.DeleteGroupPolicyOutput](a)(a.iam.DeleteGroupPolicy(a.ctx(), &iam.DeleteGroupPolicyInput{GroupName: name, PolicyName: aws.String("p")}))
	if err := deleted(); err != nil {
		t.Error(err)
	}
	a.wantRefused("deleting it again", deleted(), http.StatusNotFound, "NoSuchEntity")
}

// The journal knows the owner of a create without tags by the digest in its user agent.
func TestOwnerInUserAgent(t *testing.T) {
	const owner = "dev/c/iam.Group/ns/n"
	shown := digested("iam.Group", "ef7e8bb4fd1cd5f3e9fa2a8b2f9c6f5a")
	if SameOwner(shown, owner) {
		t.Error("another digest is taken for the owner's")
	}
	if !SameOwner(owner, owner) || SameOwner("", owner) {
		t.Error("owners are not compared as texts")
	}
}
