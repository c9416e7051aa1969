package iam

import (
	"strings"
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

var day = aws.Time(time.Unix(1, 0))

func TestFieldsOfPolicies(t *testing.T) {
	whole, count := gotPolicy(1), aws.Int32(1)
	whole.PolicyId, whole.AttachmentCount, whole.PermissionsBoundaryUsageCount, whole.CreateDate, whole.UpdateDate = aws.String("x"), count, count, day, day
	fieldtest.Spec[*awsiam.Client, iamv1alpha1.PolicySpec, policy]{
		Kind: Policy(),
		Base: `{name: reader, path: /team/, description: may read, policyDocument: '` + document + `', ` + sameTags + `}`,
		Change: map[string]string{
			"description":    `{description: may read more}`,
			"name":           `{name: other}`,
			"path":           `{path: /}`,
			"policyDocument": `{policyDocument: ` + otherDocText + `}`,
		},
		ID: arn, Got: gotPolicy(1), Whole: whole,
		Refused: []string{
			`{}`, `{name: a, path: /` + strings.Repeat("x", 512) + `/, description: ` + strings.Repeat("x", 1001) + `, policyDocument: "{"}`, `{name: a, policyDocument: "[]"}`,
			`{name: a, policyDocument: "{}"}`, `{name: a, policyDocument: '{"Version": "1", "Statement": {}}'}`, `{name: a, policyDocument: "` + strings.Repeat("x", 6145) + `"}`,
		},
	}.Run(t)
}

func TestFieldsOfRoles(t *testing.T) {
	whole := gotRole()
	whole.CreateDate, whole.RoleLastUsed = day, &types.RoleLastUsed{LastUsedDate: day, Region: aws.String("x")}
	whole.boundary = arnA
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
		ID: roleARN, Got: gotRole(), Whole: whole,
		Refused: []string{
			`{}`, `{name: a, assumeRolePolicyDocument: '{"Statement": [1]}', description: "☃", maxSessionDuration: 1, permissionsBoundary: x, policies: [null, z]}`,
			`{name: a, assumeRolePolicyDocument: '{"Statement": [{}]}', maxSessionDuration: 90000, inlinePolicies: {a/b: "", ` + strings.Repeat("x", 129) + `: ""}}`,
			`{name: a, assumeRolePolicyDocument: '{"Statement": [{"Principal": "*", "Resource": "*"}]}', inlinePolicies: {a: "` + strings.Repeat("x", 10241) + `", b: x}}`,
		},
	}.Run(t)
}

func TestFieldsOfInstanceProfiles(t *testing.T) {
	whole := gotProfile()
	whole.CreateDate = day
	fieldtest.Spec[*awsiam.Client, iamv1alpha1.InstanceProfileSpec, instanceProfile]{
		Kind: InstanceProfile(),
		Base: `{name: web, path: /team/, role: a, ` + sameTags + `}`,
		Change: map[string]string{
			"name": `{name: other}`,
			"path": `{path: /}`,
			"role": `{role: b}`,
		},
		ID: profileARN, Got: gotProfile("a"), Whole: whole,
		Refused: []string{`{}`, `{name: "", path: x, role: a/b}`, `{name: a/b, role: ` + strings.Repeat("x", 65) + `}`, `{name: ` + strings.Repeat("x", 129) + `}`},
	}.Run(t)
}
