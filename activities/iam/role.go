package iam

import (
	"cmp"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	createRole         kind.Verb[awsiam.CreateRoleInput]                    = "Create"
	deleteRole         kind.Verb[awsiam.DeleteRoleInput]                    = "Delete"
	updateRole         kind.Verb[awsiam.UpdateRoleInput]                    = "Update"
	updateRoleTrust    kind.Verb[awsiam.UpdateAssumeRolePolicyInput]        = "UpdateTrustPolicy"
	putRoleBoundary    kind.Verb[awsiam.PutRolePermissionsBoundaryInput]    = "PutPermissionsBoundary"
	deleteRoleBoundary kind.Verb[awsiam.DeleteRolePermissionsBoundaryInput] = "DeletePermissionsBoundary"
	attachRolePolicy   kind.Verb[awsiam.AttachRolePolicyInput]              = "AttachPolicy"
	detachRolePolicy   kind.Verb[awsiam.DetachRolePolicyInput]              = "DetachPolicy"
	putRolePolicy      kind.Verb[awsiam.PutRolePolicyInput]                 = "PutInlinePolicy"
	deleteRolePolicy   kind.Verb[awsiam.DeleteRolePolicyInput]              = "DeleteInlinePolicy"
	tagRole            kind.Verb[awsiam.TagRoleInput]                       = "Tag"
	untagRole          kind.Verb[awsiam.UntagRoleInput]                     = "Untag"
)

// role is a role as AWS shows it.
type role struct {
	types.Role
	id       string            // its ARN; for another's role under our name, its unique id
	trust    string            // the trust policy
	attached []string          // ARNs of managed policies
	inline   map[string]string // documents by name; empty where the spec has none of that name
	profiles []string          // that prevent its deletion; read if policies would be removed first
}

// Role manages a role with its policies. Its id is its ARN.
func Role() kind.Kind {
	return kind.Definition[*awsiam.Client, iamv1alpha1.RoleSpec, role]{
		Kind:   "iam.Role",
		Client: newClient,
		Tags:   func(want iamv1alpha1.RoleSpec) []tagging.Tag { return wantedTags(want.Tags) },
		Check:  checkRole,
		Find:   findRole,
		Facts: func(got *role) kind.Facts {
			return kind.Facts{ID: got.id, ARN: aws.ToString(got.Arn), Tags: tagMap(got.Tags), Held: holders.Wait(got.id, got.profiles)}
		},
		Create: planRoleCreate,
		Plan:   planRole,
		Unplan: unplanRole,
		Untag:  func(id string, keys []string) resource.Step { return planRoleUntag(aws.String(nameIn(id)), keys) },
		Status: roleStatus,
		Late: late.Fields[role]{
			"maxSessionDuration": func(got *role) any { return got.MaxSessionDuration },
			"path":               func(got *role) any { return got.Path },
		},
		TagRules:   tagRules,
		NaturalKey: true, // the name, in its account
		Calls: []kind.Call[*awsiam.Client]{
			kind.BindCreate(createRole, (*awsiam.Client).CreateRole, func(out *awsiam.CreateRoleOutput) (id, arn string) {
				return aws.ToString(out.Role.Arn), aws.ToString(out.Role.Arn)
			}),
			kind.Bind(updateRole, (*awsiam.Client).UpdateRole),
			kind.Bind(updateRoleTrust, (*awsiam.Client).UpdateAssumeRolePolicy),
			kind.Bind(putRoleBoundary, (*awsiam.Client).PutRolePermissionsBoundary),
			kind.Bind(deleteRoleBoundary, (*awsiam.Client).DeleteRolePermissionsBoundary),
			kind.Bind(attachRolePolicy, (*awsiam.Client).AttachRolePolicy),
			kind.Bind(detachRolePolicy, (*awsiam.Client).DetachRolePolicy),
			kind.Bind(putRolePolicy, (*awsiam.Client).PutRolePolicy),
			kind.Bind(deleteRolePolicy, (*awsiam.Client).DeleteRolePolicy),
			kind.Bind(tagRole, (*awsiam.Client).TagRole),
			kind.Bind(untagRole, (*awsiam.Client).UntagRole),
			kind.BindDelete(deleteRole, (*awsiam.Client).DeleteRole, roleHolders, roleInUse),
		},
	}
}

// findRole reads the role by its name, which is in its ARN.
func findRole(ctx context.Context, client *awsiam.Client, q kind.Query[iamv1alpha1.RoleSpec]) (*role, error) {
	if q.ID != "" && !isARN(q.ID, "role", q.Target) {
		return nil, nil
	}
	name := cmp.Or(nameIn(q.ID), nameIn(q.Key), aws.ToString(q.Want.Name))
	out, err := client.GetRole(ctx, &awsiam.GetRoleInput{RoleName: aws.String(name)})
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("getting role %s: %w", name, err))
	}
	got := &role{Role: *out.Role, id: aws.ToString(out.Role.Arn)}
	here := holder{arn: got.id, unique: aws.ToString(got.RoleId), tags: tagMap(got.Tags)}
	if here.replaces(q.Owner, q.ID, q.Status, "roleID") {
		if q.Deleting {
			return nil, nil // ours is gone
		}
		got.id = here.unique
		return got, nil // the engine leaves it alone
	}
	if got.attached, err = attachedPolicies(ctx, client, got.RoleName); err != nil {
		return nil, err
	}
	if got.inline, err = inlinePolicies(ctx, client, got.RoleName, q); err != nil {
		return nil, err
	}
	if q.Deleting && len(got.attached)+len(got.inline) > 0 {
		// AWS refuses the deletion only after the role has lost its policies, on which the
		// instances of a profile rely.
		got.profiles, err = roleHolders(ctx, client, &awsiam.DeleteRoleInput{RoleName: got.RoleName})
	}
	if !q.Deleting {
		got.trust, err = decodeDocument(got.AssumeRolePolicyDocument)
	}
	return got, err
}

func attachedPolicies(ctx context.Context, client *awsiam.Client, name *string) (arns []string, err error) {
	pages := awsiam.NewListAttachedRolePoliciesPaginator(client, &awsiam.ListAttachedRolePoliciesInput{RoleName: name})
	attached, err := reads.All(ctx, pages, func(page *awsiam.ListAttachedRolePoliciesOutput) []types.AttachedPolicy { return page.AttachedPolicies })
	if err != nil {
		return nil, fmt.Errorf("listing the policies attached to role %s: %w", *name, err)
	}
	for _, p := range attached {
		arns = append(arns, aws.ToString(p.PolicyArn))
	}
	return arns, nil
}

// inlinePolicies reads only the documents of policies that are compared: a policy that the spec
// does not have is removed, whatever its document.
func inlinePolicies(ctx context.Context, client *awsiam.Client, name *string, q kind.Query[iamv1alpha1.RoleSpec]) (map[string]string, error) {
	documents := map[string]string{}
	pages := awsiam.NewListRolePoliciesPaginator(client, &awsiam.ListRolePoliciesInput{RoleName: name})
	names, err := reads.All(ctx, pages, func(page *awsiam.ListRolePoliciesOutput) []string { return page.PolicyNames })
	if err != nil {
		return nil, fmt.Errorf("listing the inline policies of role %s: %w", *name, err)
	}
	for _, policyName := range names {
		documents[policyName] = ""
		if q.Want.InlinePolicies[policyName] == nil || q.Deleting {
			continue
		}
		out, err := client.GetRolePolicy(ctx, &awsiam.GetRolePolicyInput{RoleName: name, PolicyName: aws.String(policyName)})
		if err != nil {
			return nil, fmt.Errorf("getting inline policy %s of role %s: %w", policyName, *name, err)
		}
		if documents[policyName], err = decodeDocument(out.PolicyDocument); err != nil {
			return nil, err
		}
	}
	return documents, nil
}
