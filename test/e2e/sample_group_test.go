package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
)

var _ = register(sample{
	kind: "iam.Group", create: "CreateGroup", tagless: true, unproven: "already has this name and is not Tack's",
	spec:   func() fields { return fields{"name": "devs", "policyRefs": []any{reference("granted")}} },
	change: `{"spec":{"path":"/team/","inlinePolicies":{"write":` + quoted(inlineWrite) + `}}}`,
	needs: func(t *testing.T, team team) {
		t.Helper()
		team.apply(t, "iam.Policy", "granted", policySpec("granted")).awaitSynced(t)
	},
	count:  counted(awsiam.NewFromConfig, (*awsiam.Client).ListGroups),
	remove: removeGroup,
	full: func(string) fields {
		return fields{"name": "full", "path": "/teams/a/", "policyRefs": []any{reference("granted")}, "inlinePolicies": fields{"read": inlineWrite, "write": inlineWrite}}
	},
	fullChange: `{"spec":{"path":"/","policyRefs":null,"inlinePolicies":{"read":null,"other":` + quoted(inlineWrite) + `}}}`,
})

// nameOfGroup returns the name of the group with an id.
func nameOfGroup(ctx context.Context, client *awsiam.Client, id string) (*string, error) {
	out, err := client.ListGroups(ctx, &awsiam.ListGroupsInput{})
	if err != nil {
		return nil, err
	}
	for _, g := range out.Groups {
		if aws.ToString(g.GroupId) == id {
			return g.GroupName, nil
		}
	}
	return nil, fmt.Errorf("no group has the id %s", id)
}

func removeGroup(ctx context.Context, cfg aws.Config, id string) error {
	client := awsiam.NewFromConfig(cfg)
	name, err := nameOfGroup(ctx, client, id)
	if err != nil {
		return err
	}
	attached, err := client.ListAttachedGroupPolicies(ctx, &awsiam.ListAttachedGroupPoliciesInput{GroupName: name})
	if err != nil {
		return err
	}
	for _, p := range attached.AttachedPolicies {
		if _, err := client.DetachGroupPolicy(ctx, &awsiam.DetachGroupPolicyInput{GroupName: name, PolicyArn: p.PolicyArn}); err != nil {
			return err
		}
	}
	_, err = client.DeleteGroup(ctx, &awsiam.DeleteGroupInput{GroupName: name})
	return err
}
