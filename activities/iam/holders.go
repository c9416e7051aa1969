package iam

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// IAM's messages for a delete that it refuses because something holds the resource.
func policyInUse(*awsiam.DeletePolicyInput) (code, message string) {
	return "DeleteConflict", "Cannot delete a policy attached to entities."
}

func roleInUse(*awsiam.DeleteRoleInput) (code, message string) {
	return "DeleteConflict", "Cannot delete entity, must remove roles from instance profile first."
}

func groupInUse(*awsiam.DeleteGroupInput) (code, message string) {
	return "DeleteConflict", "Cannot delete entity, must remove users from group first."
}

// groupMembers names the users in a group.
func groupMembers(ctx context.Context, client *awsiam.Client, in *awsiam.DeleteGroupInput) (held []string, err error) {
	got, err := readGroup(ctx, client, in.GroupName)
	if err != nil {
		return nil, fmt.Errorf("listing the members of group %s: %w", aws.ToString(in.GroupName), err)
	}
	return got.members, nil
}

// policyHolders names the users, groups and roles that a policy is attached to or bounds: without a
// filter AWS lists both.
func policyHolders(ctx context.Context, client *awsiam.Client, in *awsiam.DeletePolicyInput) (held []string, err error) {
	pages := awsiam.NewListEntitiesForPolicyPaginator(client, &awsiam.ListEntitiesForPolicyInput{PolicyArn: in.PolicyArn})
	held, err = reads.All(ctx, pages, func(page *awsiam.ListEntitiesForPolicyOutput) (named []string) {
		for _, r := range page.PolicyRoles {
			named = append(named, "role "+aws.ToString(r.RoleName))
		}
		for _, u := range page.PolicyUsers {
			named = append(named, "user "+aws.ToString(u.UserName))
		}
		for _, g := range page.PolicyGroups {
			named = append(named, "group "+aws.ToString(g.GroupName))
		}
		return named
	})
	if err != nil {
		return nil, fmt.Errorf("listing what uses %s: %w", aws.ToString(in.PolicyArn), err)
	}
	slices.Sort(held)
	return slices.Compact(held), nil
}

// roleHolders names the instance profiles that have a role.
func roleHolders(ctx context.Context, client *awsiam.Client, in *awsiam.DeleteRoleInput) (held []string, err error) {
	pages := awsiam.NewListInstanceProfilesForRolePaginator(client, &awsiam.ListInstanceProfilesForRoleInput{RoleName: in.RoleName})
	profiles, err := reads.All(ctx, pages, func(page *awsiam.ListInstanceProfilesForRoleOutput) []types.InstanceProfile {
		return page.InstanceProfiles
	})
	if err != nil {
		return nil, fmt.Errorf("listing the instance profiles of role %s: %w", aws.ToString(in.RoleName), err)
	}
	for _, p := range profiles {
		held = append(held, "instance profile "+aws.ToString(p.InstanceProfileName))
	}
	slices.Sort(held)
	return held, nil
}
