package iam

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/test/fieldtest"
)

const (
	sameTags     = `tags: [{key: Env, value: dev}]`
	otherDocText = `'{"Version":"2012-10-17","Statement":[]}'`
)

func TestFieldsOfPolicies(t *testing.T) {
	fieldtest.Spec[*awsiam.Client, iamv1alpha1.PolicySpec, policy]{
		Kind: Policy(),
		Base: `{name: reader, path: /team/, description: may read, policyDocument: '` + document + `', ` + sameTags + `}`,
		Change: map[string]string{
			"description":    `{description: may read more}`,
			"name":           `{name: other}`,
			"path":           `{path: /}`,
			"policyDocument": `{policyDocument: ` + otherDocText + `}`,
		},
		ID: arn, Got: gotPolicy(1),
	}.Run(t)
}

func TestFieldsOfRoles(t *testing.T) {
	fieldtest.Spec[*awsiam.Client, iamv1alpha1.RoleSpec, role]{
		Kind: Role(),
		Base: `{name: web, path: /team/, description: web servers, maxSessionDuration: 3600, assumeRolePolicyDocument: '` + trust + `',
			policies: ["` + arnA + `"], inlinePolicies: {logs: '` + document + `'}, ` + sameTags + `}`,
		Change: map[string]string{
			"assumeRolePolicyDocument": `{assumeRolePolicyDocument: ` + otherDocText + `}`,
			"description":              `{description: other}`,
			"inlinePolicies":           `{inlinePolicies: {logs: ` + otherDocText + `}}`,
			"maxSessionDuration":       `{maxSessionDuration: 7200}`,
			"name":                     `{name: other}`,
			"path":                     `{path: /}`,
			"permissionsBoundary":      `{permissionsBoundary: "` + arnB + `"}`,
			"policies[]":               `{policies: ["` + arnB + `"]}`,
		},
		ID: roleARN, Got: gotRole(),
	}.Run(t)
}

func TestFieldsOfInstanceProfiles(t *testing.T) {
	fieldtest.Spec[*awsiam.Client, iamv1alpha1.InstanceProfileSpec, instanceProfile]{
		Kind: InstanceProfile(),
		Base: `{name: web, path: /team/, role: a, ` + sameTags + `}`,
		Change: map[string]string{
			"name": `{name: other}`,
			"path": `{path: /}`,
			"role": `{role: b}`,
		},
		ID: profileARN, Got: gotProfile("a"),
	}.Run(t)
}

// Every field of every status is shown from AWS's answer.
func TestFieldsOfStatuses(t *testing.T) {
	text, count, day := aws.String("x"), aws.Int32(1), aws.Time(time.Unix(1, 0))
	p := gotPolicy(1)
	p.PolicyId, p.AttachmentCount, p.PermissionsBoundaryUsageCount, p.CreateDate, p.UpdateDate = text, count, count, day, day
	fieldtest.Status(t, policyKind.Status(p).(iamv1alpha1.PolicyStatus), nil)
	r := gotRole()
	r.CreateDate, r.RoleLastUsed = day, &types.RoleLastUsed{LastUsedDate: day, Region: text}
	fieldtest.Status(t, roleKind.Status(r).(iamv1alpha1.RoleStatus), nil)
	profile := gotProfile()
	profile.CreateDate = day
	fieldtest.Status(t, profileKind.Status(profile).(iamv1alpha1.InstanceProfileStatus), nil)
}
