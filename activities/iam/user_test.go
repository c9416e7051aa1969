package iam

import (
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

const userBase = `{name: ada, path: /team/, policies: ["` + arnA + `"], inlinePolicies: {logs: '` + document + `'}, ` + sameTags + `}`

func gotUser() *user {
	return &user{
		User: types.User{
			Arn: aws.String("arn:aws:iam::111122223333:user/team/ada"), UserId: aws.String("AIDA1"), UserName: aws.String("ada"), Path: aws.String("/team/"),
			Tags: []types.Tag{{Key: aws.String("Env"), Value: aws.String("dev")}},
		},
		granted: granted{attached: []string{arnA}, inline: map[string]string{"logs": document}},
	}
}

func TestPlanUser(t *testing.T) {
	bounded := gotUser()
	bounded.boundary = arnB
	plantest.Table[*awsiam.Client, iamv1alpha1.UserSpec, user]{
		Kind: User(), ID: "AIDA1", Tags: map[string]string{"Env": "dev"},
		Rows: map[string]plantest.Row[user]{
			"new": {Spec: userBase, Want: []string{
				"1 AttachPolicy: attach policy " + nameIn(arnA) + " (spec.policies[0])", "1 PutInlinePolicy: put inline policy logs (spec.inlinePolicies.logs)",
			}},
			"nothing to do":      {Spec: userBase, Got: gotUser()},
			"AWS's path remains": {Spec: strings.Replace(userBase, "path: /team/, ", "", 1), Got: gotUser()},
			"its path, and no policy": {Spec: `{name: ada, path: /}`, Got: gotUser(), Want: []string{
				"0 Update: move the user to the path / (spec.path)",
				"2 DetachPolicy: detach policy " + nameIn(arnA) + " (spec.policies)", "2 DeleteInlinePolicy: delete inline policy logs (spec.inlinePolicies)",
			}},
			"no boundary any more": {Spec: userBase, Got: bounded, Want: []string{
				"2 DeletePermissionsBoundary: remove the permissions boundary " + nameIn(arnB) + " (spec.permissionsBoundary)",
			}},
			"another name": {Spec: strings.Replace(userBase, "ada", "Ada", 1), Got: gotUser(), Notes: []string{
				`spec.name: AWS cannot change it; make a new object, or put back "ada"`,
			}},
			"a tag, by the user's name": {Spec: userBase, Got: gotUser(), Tags: map[string]string{"Env": "prod"}, Want: []string{"0 Tag: tag Env=prod (spec.tags)"}},
		},
	}.Run(t)
}

func TestFieldsOfUsers(t *testing.T) {
	whole := gotUser()
	whole.CreateDate, whole.PasswordLastUsed = day, day
	whole.boundary = arnA
	fieldtest.Spec[*awsiam.Client, iamv1alpha1.UserSpec, user]{
		Kind: User(), Base: userBase, ID: "AIDA1", Got: gotUser(), Whole: whole,
		Change: map[string]string{
			"inlinePolicies":      `{inlinePolicies: {logs: ` + otherDocText + `}}`,
			"name":                `{name: bob}`,
			"path":                `{path: /}`,
			"permissionsBoundary": `{permissionsBoundary: "` + arnB + `"}`,
			"policies[]":          `{policies: ["` + arnB + `"]}`,
		},
		Check: map[string][]string{
			`{}`: {"spec.name: a user needs a name"},
			`{name: a, tags: [{key: Env}, {key: env}]}`: {`spec.tags[1].key: "env" is the same key as "Env": IAM ignores the case of letters`},
		},
		Refused: []string{
			`{name: ` + strings.Repeat("x", 65) + `, path: x, permissionsBoundary: x, policies: [null], inlinePolicies: {a: "` + strings.Repeat("x", 2049) + `"}}`,
		},
	}.Run(t)
}

// everything is what a user may have, in AWS's answers.
var everything = map[string]string{
	"GetUser": `<User><Arn>arn:aws:iam::111122223333:user/x</Arn><UserId>AIDA1</UserId><UserName>x</UserName></User>`,

	"ListAttachedUserPolicies": `<AttachedPolicies><member><PolicyArn>` + arnA + `</PolicyArn></member></AttachedPolicies>`,
	"ListUserPolicies":         `<PolicyNames/>`,

	"ListAccessKeys":                 `<AccessKeyMetadata><member><AccessKeyId>AKIA1</AccessKeyId></member></AccessKeyMetadata>`,
	"GetLoginProfile":                `<LoginProfile><UserName>x</UserName></LoginProfile>`,
	"ListMFADevices":                 `<MFADevices><member><SerialNumber>arn:aws:iam::1:mfa/d</SerialNumber></member><member><SerialNumber>GAHT1</SerialNumber></member></MFADevices>`,
	"ListSigningCertificates":        `<Certificates><member><CertificateId>C1</CertificateId></member></Certificates>`,
	"ListSSHPublicKeys":              `<SSHPublicKeys><member><SSHPublicKeyId>APKA1</SSHPublicKeyId></member></SSHPublicKeys>`,
	"ListServiceSpecificCredentials": `<ServiceSpecificCredentials><member><ServiceSpecificCredentialId>ACCA1</ServiceSpecificCredentialId></member></ServiceSpecificCredentials>`,
	"ListGroupsForUser":              `<Groups><member><GroupName>devs</GroupName></member></Groups>`,
}

// A deletion waits for what the user has, and names it. By force, it removes all of it, each in a step,
// before the user. A deletion that retains the user does not read it.
func TestDeletionOfUser(t *testing.T) {
	find := func(q kind.Query[iamv1alpha1.UserSpec]) *user {
		t.Helper()
		q.Want.Name, q.Deleting = aws.String("x"), true
		got, err := findUser(t.Context(), (&scripted{answers: everything}).client(), q)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	facts := User().(kind.Definition[*awsiam.Client, iamv1alpha1.UserSpec, user]).Facts
	got := find(kind.Query[iamv1alpha1.UserSpec]{ID: "AIDA1"})
	want := &resource.Wait{Reason: resource.ReasonInUse, Message: `user x is in use by access key AKIA1, login profile, MFA device arn:aws:iam::1:mfa/d, MFA device GAHT1, ` +
		`signing certificate C1 and 3 more: Tack removes no part of it until it is free. To remove all of it, set the annotation services.k8s.aws/force-destroy: "true"`}
	if diff := cmp.Diff(want, facts(got).Held); diff != "" {
		t.Errorf("waits for (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"0 DetachPolicy: detach policy " + nameIn(arnA), "2 Delete: delete user x"}, plantest.Describe(unplanUser(got))); diff != "" {
		t.Errorf("without force (-want +got):\n%s", diff)
	}
	forced := find(kind.Query[iamv1alpha1.UserSpec]{ID: "AIDA1", Force: true})
	if held := facts(forced).Held; held != nil {
		t.Errorf("by force, it waits: %s", held.Message)
	}
	if diff := cmp.Diff([]string{
		`0 DeleteAccessKey {"AccessKeyId":"AKIA1","UserName":"x"}`,
		`0 DeleteLoginProfile {"UserName":"x"}`,
		`0 DeactivateMFADevice {"SerialNumber":"arn:aws:iam::1:mfa/d","UserName":"x"}`,
		`1 DeleteVirtualMFADevice {"SerialNumber":"arn:aws:iam::1:mfa/d"}`,
		`0 DeactivateMFADevice {"SerialNumber":"GAHT1","UserName":"x"}`,
		`0 DeleteSigningCertificate {"CertificateId":"C1","UserName":"x"}`,
		`0 DeleteSSHPublicKey {"SSHPublicKeyId":"APKA1","UserName":"x"}`,
		`0 DeleteServiceCredential {"ServiceSpecificCredentialId":"ACCA1","UserName":"x"}`,
		`0 RemoveFromGroup {"GroupName":"devs","UserName":"x"}`,
		`0 DetachPolicy {"PolicyArn":"` + arnA + `","UserName":"x"}`,
		`2 Delete {"UserName":"x"}`,
	}, described(unplanUser(forced))); diff != "" {
		t.Errorf("by force (-want +got):\n%s", diff)
	}
	if retained := find(kind.Query[iamv1alpha1.UserSpec]{ID: "AIDA1", Retain: true, Force: true}); len(retained.belongs) > 0 {
		t.Errorf("a deletion that retains reads %v", inWords(retained.belongs))
	}
	if stranger := find(kind.Query[iamv1alpha1.UserSpec]{ID: "AIDA0", Force: true}); stranger != nil {
		t.Errorf("another's user is deleted: %v", *stranger.UserId)
	}
}
