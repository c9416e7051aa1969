package iam

import (
	"context"
	"regexp"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	"github.com/tack-dev/tack/activities/shape"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
)

var (
	roles           = gets[types.Role]("role", (*awsiam.Client).GetRole)
	createRole      = creates(roles, (*awsiam.Client).CreateRole)
	deleteRole      = call.Delete((*awsiam.Client).DeleteRole).HeldBy(roleHolders, roleInUse).AtOnce()
	updateRole      = call.To("Update", (*awsiam.Client).UpdateRole)
	updateRoleTrust = call.To("UpdateTrustPolicy", (*awsiam.Client).UpdateAssumeRolePolicy)
)

// rolePolicies are the policies of a role.
var rolePolicies = principal{
	what:   "role",
	attach: grants("AttachPolicy", "RoleName", (*awsiam.Client).AttachRolePolicy),
	detach: grants(verbDetach, "RoleName", (*awsiam.Client).DetachRolePolicy),
	put:    grants("PutInlinePolicy", "RoleName", (*awsiam.Client).PutRolePolicy),
	remove: grants(verbDeleteInline, "RoleName", (*awsiam.Client).DeleteRolePolicy),
	bind:   grants("PutPermissionsBoundary", "RoleName", (*awsiam.Client).PutRolePermissionsBoundary),
	unbind: grants("DeletePermissionsBoundary", "RoleName", (*awsiam.Client).DeleteRolePermissionsBoundary),

	attached: func(ctx context.Context, client *awsiam.Client, role *string) ([]types.AttachedPolicy, error) {
		pages := awsiam.NewListAttachedRolePoliciesPaginator(client, &awsiam.ListAttachedRolePoliciesInput{RoleName: role})
		return reads.All(ctx, pages, func(page *awsiam.ListAttachedRolePoliciesOutput) []types.AttachedPolicy { return page.AttachedPolicies })
	},
	inline: func(ctx context.Context, client *awsiam.Client, role *string) ([]string, error) {
		pages := awsiam.NewListRolePoliciesPaginator(client, &awsiam.ListRolePoliciesInput{RoleName: role})
		return reads.All(ctx, pages, func(page *awsiam.ListRolePoliciesOutput) []string { return page.PolicyNames })
	},
	document: func(ctx context.Context, client *awsiam.Client, role, policy *string) (*string, error) {
		out, err := client.GetRolePolicy(ctx, &awsiam.GetRolePolicyInput{RoleName: role, PolicyName: policy})
		if err != nil {
			return nil, err
		}
		return out.PolicyDocument, nil
	},
}

// role is a role as AWS shows it.
type role struct {
	types.Role
	Identity
	granted
	trust    string   // the trust policy
	profiles []string // that prevent its deletion; read if policies would be removed first
}

// Role manages a role with its policies. Its id is its ARN.
func Role() kind.Kind {
	return of(roles, createRole, deleteRole, kind.Definition[*awsiam.Client, iamv1alpha1.RoleSpec, role]{
		Kind:   "iam.Role",
		Tagged: taggedBy("RoleName", (*awsiam.Client).TagRole, (*awsiam.Client).UntagRole, roleTagRules),
		Check:  checkRole,
		Find:   finder(roles, readRole),
		Facts:  func(got *role) kind.Facts { return kind.Facts{Held: holders.Wait(got.id, got.profiles)} },
		Create: request[iamv1alpha1.RoleSpec](roles, createRole, "inlinePolicies", "policies"),
		Plan:   planRole,
		Unplan: unplanRole,
		Status: shape.Shown[iamv1alpha1.RoleStatus, role](),
		Spec:   describeRole,
		Late:   late.Of[role]("maxSessionDuration", "path"),
		Calls:  append(rolePolicies.calls(), call.All(updateRole, updateRoleTrust)...),
	})
}

// IAM's limits for a role, from the API itself. The number of policies of a role is a quota of the
// account, which AWS applies.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
const (
	maxRoleName = 64
	minSession  = 3600
	maxSession  = 43200
)

var roleDescription = regexp.MustCompile(`^[\t\n\r\x20-\x7e\x{a1}-\x{ff}]*$`)

func (f *findings) checkRoleDescription(description *string) {
	f.checkDescription(description)
	if text := aws.ToString(description); !roleDescription.MatchString(text) {
		f.Add("spec.description", unmet("description", text, `satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`),
			"has characters outside Latin-1, which AWS does not allow for a role")
	}
}

func checkRole(want iamv1alpha1.RoleSpec) []kind.Invalid {
	var f findings
	f.checkName(named{"a role", "roleName", maxRoleName}, want.Name)
	f.checkPath(want.Path)
	f.checkRoleTagKeys(want)
	f.checkAttached(want.Policies, want.PolicyRefs)
	f.checkInline("role", want.Name, want.InlinePolicies, maxInline)
	f.checkDocument("spec.assumeRolePolicyDocument", checkTrust(aws.ToString(want.AssumeRolePolicyDocument)))
	f.checkRoleDescription(want.Description)
	f.checkRange("maxSessionDuration", want.MaxSessionDuration, minSession, maxSession, "seconds")
	f.checkBoundary(want.PermissionsBoundary)
	return f.All
}

// readRole reads what the role's own answer lacks.
func readRole(ctx context.Context, client *awsiam.Client, q kind.Query[iamv1alpha1.RoleSpec], got *role) (err error) {
	if got.granted, err = rolePolicies.read(ctx, client, got.RoleName, got.PermissionsBoundary, documentsFor(q, q.Want.InlinePolicies)); err != nil {
		return err
	}
	if q.Deleting && !q.Retain && len(got.attached)+len(got.inline) > 0 {
		// AWS refuses the deletion only after the role has lost its policies, on which the
		// instances of a profile rely.
		got.profiles, err = roleHolders(ctx, client, &awsiam.DeleteRoleInput{RoleName: got.RoleName})
	}
	if !q.Deleting {
		got.trust, err = decodeDocument(got.AssumeRolePolicyDocument)
	}
	return err
}
