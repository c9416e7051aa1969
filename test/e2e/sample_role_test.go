package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
)

const (
	trustEC2    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	inlineWrite = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:PutLogEvents","logs:CreateLogStream"],"Resource":"*"}]}`
)

func reference(name string) fields { return fields{"from": fields{"name": name}} }

var _ = register(sample{
	kind: "iam.Role", create: "CreateRole",
	spec: func() fields {
		return fields{"name": "web", "assumeRolePolicyDocument": trustEC2, "policyRefs": []any{reference("granted")}}
	},
	change: `{"spec":{"description":"changed","policyRefs":null,"inlinePolicies":{"write":` + quoted(inlineWrite) + `}}}`,
	needs: func(t *testing.T, team team) {
		t.Helper()
		team.apply(t, "iam.Policy", "granted", policySpec("granted")).awaitSynced(t)
	},
	count:  counted(awsiam.NewFromConfig, (*awsiam.Client).ListRoles),
	remove: removeRole,
	tags:   tagged(awsiam.NewFromConfig, (*awsiam.Client).GetRole, "RoleName"),
	full: func(string) fields {
		return fields{
			"name": "full", "path": "/teams/a/", "description": "made by a test + more", "maxSessionDuration": int64(7200),
			"assumeRolePolicyDocument": `{"Statement":{"Action":["sts:AssumeRole"],"Principal":{"AWS":"123456789012","Service":["ec2.amazonaws.com"]},"Effect":"Allow"},"Version":"2012-10-17"}`,
			"permissionsBoundaryRef":   reference("granted"), "policyRefs": []any{reference("granted")},
			"inlinePolicies": fields{"read": inlineWrite, "write": inlineWrite},
			"tags":           []any{fields{"key": "Team", "value": "a"}},
		}
	},
	fullChange: `{"spec":{"description":null,"maxSessionDuration":3600,"permissionsBoundaryRef":null,"policyRefs":null,` +
		`"assumeRolePolicyDocument":` + quoted(trustEC2) + `,"inlinePolicies":{"read":null,"other":` + quoted(inlineWrite) +
		`,"write":` + quoted(strings.Replace(inlineWrite, "Allow", "Deny", 1)) + `},"tags":[{"key":"Team","value":"b"}]}}`,
})

func removeRole(ctx context.Context, cfg aws.Config, id string) error {
	client, name := awsiam.NewFromConfig(cfg), aws.String(nameIn(id))
	attached, err := client.ListAttachedRolePolicies(ctx, &awsiam.ListAttachedRolePoliciesInput{RoleName: name})
	if err != nil {
		return err
	}
	for _, p := range attached.AttachedPolicies {
		if _, err := client.DetachRolePolicy(ctx, &awsiam.DetachRolePolicyInput{RoleName: name, PolicyArn: p.PolicyArn}); err != nil {
			return err
		}
	}
	_, err = client.DeleteRole(ctx, &awsiam.DeleteRoleInput{RoleName: name})
	return err
}
