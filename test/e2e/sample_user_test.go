package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
)

var _ = register(sample{
	kind: "iam.User", create: "CreateUser",
	spec:   func() fields { return fields{"name": "ada", "policyRefs": []any{reference("granted")}} },
	change: `{"spec":{"path":"/team/","inlinePolicies":{"write":` + quoted(inlineWrite) + `}}}`,
	needs: func(t *testing.T, team team) {
		t.Helper()
		team.apply(t, "iam.Policy", "granted", policySpec("granted")).awaitSynced(t)
	},
	count:  counted(awsiam.NewFromConfig, (*awsiam.Client).ListUsers),
	remove: removeUser,
	tags: func(t *testing.T, account, id string) map[string]string {
		t.Helper()
		name, err := nameOfUser(t.Context(), awsiam.NewFromConfig(w.config(t, account)), id)
		if err != nil {
			t.Fatal(err)
		}
		return tagged(awsiam.NewFromConfig, (*awsiam.Client).GetUser, "UserName")(t, account, *name)
	},
	full: func(string) fields {
		return fields{
			"name": "full", "path": "/teams/a/", "permissionsBoundaryRef": reference("granted"), "policyRefs": []any{reference("granted")},
			"inlinePolicies": fields{"read": inlineWrite, "write": inlineWrite}, "tags": []any{fields{"key": "Team", "value": "a"}},
		}
	},
	fullChange: `{"spec":{"path":"/","permissionsBoundaryRef":null,"policyRefs":null,"inlinePolicies":{"read":null,"other":` + quoted(inlineWrite) +
		`},"tags":[{"key":"Team","value":"b"}]}}`,
})

// nameOfUser returns the name of the user with an id.
func nameOfUser(ctx context.Context, client *awsiam.Client, id string) (*string, error) {
	out, err := client.ListUsers(ctx, &awsiam.ListUsersInput{})
	if err != nil {
		return nil, err
	}
	for _, u := range out.Users {
		if aws.ToString(u.UserId) == id {
			return u.UserName, nil
		}
	}
	return nil, fmt.Errorf("no user has the id %s", id)
}

func removeUser(ctx context.Context, cfg aws.Config, id string) error {
	client := awsiam.NewFromConfig(cfg)
	name, err := nameOfUser(ctx, client, id)
	if err != nil {
		return err
	}
	attached, err := client.ListAttachedUserPolicies(ctx, &awsiam.ListAttachedUserPoliciesInput{UserName: name})
	if err != nil {
		return err
	}
	for _, p := range attached.AttachedPolicies {
		if _, err := client.DetachUserPolicy(ctx, &awsiam.DetachUserPolicyInput{UserName: name, PolicyArn: p.PolicyArn}); err != nil {
			return err
		}
	}
	_, err = client.DeleteUser(ctx, &awsiam.DeleteUserInput{UserName: name})
	return err
}
