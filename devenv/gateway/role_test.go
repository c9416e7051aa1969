package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

const trustDocument = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func (a *account) role(name string) {
	a.t.Helper()
	must[*iam.CreateRoleOutput](a)(a.iam.CreateRole(a.ctx(), &iam.CreateRoleInput{
		RoleName: &name, AssumeRolePolicyDocument: aws.String(trustDocument), Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}},
	}))
}

func TestCreateRole(t *testing.T) {
	a := newAccount(t)
	for name, c := range map[string]struct {
		change func(*iam.CreateRoleInput)
		status int
		code   string
	}{
		"a long name":     {func(in *iam.CreateRoleInput) { in.RoleName = aws.String(strings.Repeat("x", 65)) }, 400, "ValidationError"},
		"a short session": {func(in *iam.CreateRoleInput) { in.MaxSessionDuration = aws.Int32(900) }, 400, "ValidationError"},
		"no JSON":         {func(in *iam.CreateRoleInput) { in.AssumeRolePolicyDocument = aws.String("{") }, 400, "MalformedPolicyDocument"},
		"no statement":    {func(in *iam.CreateRoleInput) { in.AssumeRolePolicyDocument = aws.String("{}") }, 400, "MalformedPolicyDocument"},
		"nobody trusted":  {func(in *iam.CreateRoleInput) { in.AssumeRolePolicyDocument = aws.String(policyDocument) }, 400, "MalformedPolicyDocument"},
		"no such boundary": {func(in *iam.CreateRoleInput) {
			in.PermissionsBoundary = aws.String("arn:aws:iam::" + a.id + ":policy/none")
		}, 404, "NoSuchEntity"},
	} {
		in := &iam.CreateRoleInput{RoleName: aws.String("r"), AssumeRolePolicyDocument: aws.String(trustDocument)}
		c.change(in)
		_, err := a.iam.CreateRole(a.ctx(), in)
		a.wantRefused(name, err, c.status, c.code)
	}
}

func TestUpdateRole(t *testing.T) {
	a := newAccount(t)
	a.role("r")
	_, err := a.iam.UpdateRole(a.ctx(), &iam.UpdateRoleInput{RoleName: aws.String("r"), MaxSessionDuration: aws.Int32(1)})
	a.wantRefused("a short session", err, http.StatusBadRequest, "ValidationError")
	_, err = a.iam.UpdateAssumeRolePolicy(a.ctx(), &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("r"), PolicyDocument: aws.String("{")})
	a.wantRefused("a malformed trust policy", err, http.StatusBadRequest, "MalformedPolicyDocument")
	_, err = a.iam.PutRolePolicy(a.ctx(), &iam.PutRolePolicyInput{RoleName: aws.String("r"), PolicyName: aws.String("p"), PolicyDocument: aws.String("{")})
	a.wantRefused("a malformed inline policy", err, http.StatusBadRequest, "MalformedPolicyDocument")
	_, err = a.iam.PutRolePermissionsBoundary(a.ctx(), &iam.PutRolePermissionsBoundaryInput{RoleName: aws.String("r"), PermissionsBoundary: aws.String("arn:aws:iam::" + a.id + ":policy/none")})
	a.wantRefused("no such boundary", err, http.StatusNotFound, "NoSuchEntity")
	must[*iam.UpdateRoleOutput](a)(a.iam.UpdateRole(a.ctx(), &iam.UpdateRoleInput{RoleName: aws.String("r"), Description: aws.String("d"), MaxSessionDuration: aws.Int32(7200)}))
	got := must[*iam.GetRoleOutput](a)(a.iam.GetRole(a.ctx(), &iam.GetRoleInput{RoleName: aws.String("r")})).Role
	if *got.Description != "d" || *got.MaxSessionDuration != 7200 || len(got.Tags) != 1 || !strings.HasPrefix(*got.AssumeRolePolicyDocument, "%7B%22Version%22") {
		t.Errorf("got as %+v", got)
	}
	listed := must[*iam.ListRolesOutput](a)(a.iam.ListRoles(a.ctx(), &iam.ListRolesInput{})).Roles[0]
	if len(listed.Tags) > 0 || listed.RoleLastUsed != nil || *listed.RoleName != "r" {
		t.Errorf("listed as %+v", listed)
	}
}

func TestDeleteRoleInUse(t *testing.T) {
	a := newAccount(t)
	a.role("r")
	role, arn := aws.String("r"), a.policy("p")
	for range 2 { // AWS takes a repeat, and counts it once
		must[*iam.AttachRolePolicyOutput](a)(a.iam.AttachRolePolicy(a.ctx(), &iam.AttachRolePolicyInput{RoleName: role, PolicyArn: arn}))
	}
	if n := *must[*iam.GetPolicyOutput](a)(a.iam.GetPolicy(a.ctx(), &iam.GetPolicyInput{PolicyArn: arn})).Policy.AttachmentCount; n != 1 {
		t.Errorf("the policy counts %d attachments, want 1", n)
	}
	must[*iam.PutRolePolicyOutput](a)(a.iam.PutRolePolicy(a.ctx(), &iam.PutRolePolicyInput{RoleName: role, PolicyName: aws.String("p"), PolicyDocument: aws.String(policyDocument)}))
	must[*iam.CreateInstanceProfileOutput](a)(a.iam.CreateInstanceProfile(a.ctx(), &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("i")}))
	must[*iam.AddRoleToInstanceProfileOutput](a)(a.iam.AddRoleToInstanceProfile(a.ctx(), &iam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("i"), RoleName: role}))

	remove := func() error {
		_, err := a.iam.DeleteRole(a.ctx(), &iam.DeleteRoleInput{RoleName: role})
		return err
	}
	a.wantRefused("deleting a role in a profile", remove(), http.StatusConflict, "DeleteConflict")
	must[*iam.RemoveRoleFromInstanceProfileOutput](a)(a.iam.RemoveRoleFromInstanceProfile(a.ctx(), &iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: aws.String("i"), RoleName: role}))
	a.wantRefused("deleting a role with a policy", remove(), http.StatusConflict, "DeleteConflict")
	must[*iam.DetachRolePolicyOutput](a)(a.iam.DetachRolePolicy(a.ctx(), &iam.DetachRolePolicyInput{RoleName: role, PolicyArn: arn}))
	a.wantRefused("deleting a role with an inline policy", remove(), http.StatusConflict, "DeleteConflict")
	must[*iam.DeleteRolePolicyOutput](a)(a.iam.DeleteRolePolicy(a.ctx(), &iam.DeleteRolePolicyInput{RoleName: role, PolicyName: aws.String("p")}))
	if err := remove(); err != nil {
		t.Error(err)
	}
}
