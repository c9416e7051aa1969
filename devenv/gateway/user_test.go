package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// A user's boundary must exist, and AWS keeps that policy. Its tags survive a new path, and their keys
// ignore letter case.
func TestUser(t *testing.T) {
	a := newAccount(t)
	name := aws.String("Ada")
	tag := func(key, value string) []types.Tag { return []types.Tag{{Key: &key, Value: &value}} }
	none := aws.String("arn:aws:iam::" + a.id + ":policy/none")
	_, err := a.iam.CreateUser(a.ctx(), &iam.CreateUserInput{UserName: name, PermissionsBoundary: none})
	a.wantRefused("no such boundary", err, http.StatusNotFound, "NoSuchEntity")
	policy := must[*iam.CreatePolicyOutput](a)(a.iam.CreatePolicy(a.ctx(), &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: aws.String(policyDocument)})).Policy.Arn
	must[*iam.CreateUserOutput](a)(a.iam.CreateUser(a.ctx(), &iam.CreateUserInput{UserName: name, PermissionsBoundary: policy, Tags: tag("k", "v")}))
	_, err = a.iam.CreateUser(a.ctx(), &iam.CreateUserInput{UserName: aws.String("ADA")})
	a.wantRefused("the name in other letters", err, http.StatusConflict, "EntityAlreadyExists")

	must[*iam.UpdateUserOutput](a)(a.iam.UpdateUser(a.ctx(), &iam.UpdateUserInput{UserName: name, NewPath: aws.String("/a/")}))
	must[*iam.TagUserOutput](a)(a.iam.TagUser(a.ctx(), &iam.TagUserInput{UserName: name, Tags: tag("K", "w")}))
	got := must[*iam.GetUserOutput](a)(a.iam.GetUser(a.ctx(), &iam.GetUserInput{UserName: name})).User
	if *got.Arn != "arn:aws:iam::"+a.id+":user/a/Ada" || len(got.Tags) != 1 || *got.Tags[0].Value != "w" || got.PermissionsBoundary == nil || *got.PermissionsBoundary.PermissionsBoundaryArn != *policy {
		t.Errorf("got as %+v", got)
	}
	must[*iam.UntagUserOutput](a)(a.iam.UntagUser(a.ctx(), &iam.UntagUserInput{UserName: name, TagKeys: []string{"k"}}))

	_, err = a.iam.DeletePolicy(a.ctx(), &iam.DeletePolicyInput{PolicyArn: policy})
	a.wantRefused("deleting the boundary", err, http.StatusConflict, "DeleteConflict")
	bounded := must[*iam.ListEntitiesForPolicyOutput](a)(a.iam.ListEntitiesForPolicy(a.ctx(), &iam.ListEntitiesForPolicyInput{PolicyArn: policy}))
	if len(bounded.PolicyUsers) != 1 {
		t.Errorf("the policy is used by %+v", bounded)
	}
	_, err = a.iam.PutUserPermissionsBoundary(a.ctx(), &iam.PutUserPermissionsBoundaryInput{UserName: name, PermissionsBoundary: none})
	a.wantRefused("setting no such boundary", err, http.StatusNotFound, "NoSuchEntity")
	must[*iam.DeleteUserPermissionsBoundaryOutput](a)(a.iam.DeleteUserPermissionsBoundary(a.ctx(), &iam.DeleteUserPermissionsBoundaryInput{UserName: name}))
	must[*iam.DeletePolicyOutput](a)(a.iam.DeletePolicy(a.ctx(), &iam.DeletePolicyInput{PolicyArn: policy}))
	if got := must[*iam.GetUserOutput](a)(a.iam.GetUser(a.ctx(), &iam.GetUserInput{UserName: name})).User; got.PermissionsBoundary != nil || len(got.Tags) != 0 {
		t.Errorf("without boundary and tags: %+v", got)
	}
}

// AWS deletes no user that has anything, and no virtual device that a user has.
func TestDeleteUser(t *testing.T) {
	a := newAccount(t)
	name := aws.String("u")
	must[*iam.CreateUserOutput](a)(a.iam.CreateUser(a.ctx(), &iam.CreateUserInput{UserName: name}))
	must[*iam.CreateGroupOutput](a)(a.iam.CreateGroup(a.ctx(), &iam.CreateGroupInput{GroupName: aws.String("g")}))
	var key, serial, ssh, credential *string
	for what, has := range map[string]struct{ give, take func() error }{
		"an access key": {func() error {
			out, err := a.iam.CreateAccessKey(a.ctx(), &iam.CreateAccessKeyInput{UserName: name})
			key = out.AccessKey.AccessKeyId
			return err
		}, func() error {
			_, err := a.iam.DeleteAccessKey(a.ctx(), &iam.DeleteAccessKeyInput{UserName: name, AccessKeyId: key})
			return err
		}},
		"a login profile": {func() error {
			_, err := a.iam.CreateLoginProfile(a.ctx(), &iam.CreateLoginProfileInput{UserName: name, Password: aws.String("Secret-123")})
			return err
		}, func() error {
			_, err := a.iam.DeleteLoginProfile(a.ctx(), &iam.DeleteLoginProfileInput{UserName: name})
			return err
		}},
		"a virtual MFA device": {func() error {
			out, err := a.iam.CreateVirtualMFADevice(a.ctx(), &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("d")})
			if err != nil {
				return err
			}
			serial = out.VirtualMFADevice.SerialNumber
			_, err = a.iam.EnableMFADevice(a.ctx(), &iam.EnableMFADeviceInput{UserName: name, SerialNumber: serial, AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321")})
			return err
		}, func() error {
			_, err := a.iam.DeleteVirtualMFADevice(a.ctx(), &iam.DeleteVirtualMFADeviceInput{SerialNumber: serial})
			a.wantRefused("deleting a device in use", err, http.StatusConflict, "DeleteConflict")
			must[*iam.DeactivateMFADeviceOutput](a)(a.iam.DeactivateMFADevice(a.ctx(), &iam.DeactivateMFADeviceInput{UserName: name, SerialNumber: serial}))
			_, err = a.iam.DeleteVirtualMFADevice(a.ctx(), &iam.DeleteVirtualMFADeviceInput{SerialNumber: serial})
			return err
		}},
		"an SSH key": {func() error {
			out, err := a.iam.UploadSSHPublicKey(a.ctx(), &iam.UploadSSHPublicKeyInput{UserName: name, SSHPublicKeyBody: aws.String("ssh-rsa AAAA")})
			ssh = out.SSHPublicKey.SSHPublicKeyId
			return err
		}, func() error {
			_, err := a.iam.DeleteSSHPublicKey(a.ctx(), &iam.DeleteSSHPublicKeyInput{UserName: name, SSHPublicKeyId: ssh})
			return err
		}},
		"a credential of a service": {func() error {
			out, err := a.iam.CreateServiceSpecificCredential(a.ctx(), &iam.CreateServiceSpecificCredentialInput{UserName: name, ServiceName: aws.String("codecommit.amazonaws.com")})
			credential = out.ServiceSpecificCredential.ServiceSpecificCredentialId
			return err
		}, func() error {
			listed := must[*iam.ListServiceSpecificCredentialsOutput](a)(a.iam.ListServiceSpecificCredentials(a.ctx(), &iam.ListServiceSpecificCredentialsInput{UserName: name}))
			if len(listed.ServiceSpecificCredentials) != 1 {
				t.Errorf("listed: %+v", listed)
			}
			_, err := a.iam.DeleteServiceSpecificCredential(a.ctx(), &iam.DeleteServiceSpecificCredentialInput{UserName: name, ServiceSpecificCredentialId: credential})
			return err
		}},
		"a group": {func() error {
			_, err := a.iam.AddUserToGroup(a.ctx(), &iam.AddUserToGroupInput{UserName: name, GroupName: aws.String("g")})
			return err
		}, func() error {
			_, err := a.iam.RemoveUserFromGroup(a.ctx(), &iam.RemoveUserFromGroupInput{UserName: name, GroupName: aws.String("g")})
			return err
		}},
		"an inline policy": {func() error {
			_, err := a.iam.PutUserPolicy(a.ctx(), &iam.PutUserPolicyInput{UserName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(policyDocument)})
			return err
		}, func() error {
			_, err := a.iam.DeleteUserPolicy(a.ctx(), &iam.DeleteUserPolicyInput{UserName: name, PolicyName: aws.String("p")})
			return err
		}},
	} {
		if err := has.give(); err != nil {
			t.Fatalf("giving it %s: %v", what, err)
		}
		_, err := a.iam.DeleteUser(a.ctx(), &iam.DeleteUserInput{UserName: name})
		a.wantRefused("deleting it with "+what, err, http.StatusConflict, "DeleteConflict")
		if err := has.take(); err != nil {
			t.Fatalf("taking %s: %v", what, err)
		}
	}
	must[*iam.DeleteUserOutput](a)(a.iam.DeleteUser(a.ctx(), &iam.DeleteUserInput{UserName: name}))
}
