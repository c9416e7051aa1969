package iam

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	users      = gets[types.User]("user", (*awsiam.Client).GetUser)
	createUser = call.Create((*awsiam.Client).CreateUser, func(out *awsiam.CreateUserOutput) (id, arn string) {
		return aws.ToString(out.User.UserId), aws.ToString(out.User.Arn)
	})
	updateUser = call.To("Update", (*awsiam.Client).UpdateUser)
	deleteUser = call.Delete((*awsiam.Client).DeleteUser).HeldBy(userHolders, userInUse).AtOnce()
)

// userPolicies are the policies of a user.
var userPolicies = principal{
	what:   "user",
	attach: grants("AttachPolicy", "UserName", (*awsiam.Client).AttachUserPolicy),
	detach: grants(verbDetach, "UserName", (*awsiam.Client).DetachUserPolicy),
	put:    grants("PutInlinePolicy", "UserName", (*awsiam.Client).PutUserPolicy),
	remove: grants(verbDeleteInline, "UserName", (*awsiam.Client).DeleteUserPolicy),
	bind:   grants("PutPermissionsBoundary", "UserName", (*awsiam.Client).PutUserPermissionsBoundary),
	unbind: grants("DeletePermissionsBoundary", "UserName", (*awsiam.Client).DeleteUserPermissionsBoundary),

	attached: func(ctx context.Context, client *awsiam.Client, user *string) ([]types.AttachedPolicy, error) {
		pages := awsiam.NewListAttachedUserPoliciesPaginator(client, &awsiam.ListAttachedUserPoliciesInput{UserName: user})
		return reads.All(ctx, pages, func(page *awsiam.ListAttachedUserPoliciesOutput) []types.AttachedPolicy { return page.AttachedPolicies })
	},
	inline: func(ctx context.Context, client *awsiam.Client, user *string) ([]string, error) {
		pages := awsiam.NewListUserPoliciesPaginator(client, &awsiam.ListUserPoliciesInput{UserName: user})
		return reads.All(ctx, pages, func(page *awsiam.ListUserPoliciesOutput) []string { return page.PolicyNames })
	},
	document: func(ctx context.Context, client *awsiam.Client, user, policy *string) (*string, error) {
		out, err := client.GetUserPolicy(ctx, &awsiam.GetUserPolicyInput{UserName: user, PolicyName: policy})
		if err != nil {
			return nil, err
		}
		return out.PolicyDocument, nil
	},
}

// userRequest leaves out the policies, which AWS attaches by calls of their own.
var userRequest = shape.Request[awsiam.CreateUserInput, iamv1alpha1.UserSpec](shape.As("name", "UserName"), shape.Out("inlinePolicies", "policies"))

// user is a user as AWS shows it.
type user struct {
	types.User
	granted
	belongs []belonging // prevents its deletion; read for one
	force   bool        // the deletion removes it
}

// User manages a user with its policies, but not its credentials and its groups. A deletion removes
// those only by force.
func User() kind.Kind {
	return kind.Definition[*awsiam.Client, iamv1alpha1.UserSpec, user]{
		Kind:   "iam.User",
		Client: newClient,
		Tagged: taggedBy("UserName", (*awsiam.Client).TagUser, (*awsiam.Client).UntagUser, roleTagRules),
		Check:  checkUser,
		Find:   findUser,
		Facts: func(got *user) kind.Facts {
			return kind.Facts{
				ID: aws.ToString(got.UserId), ARN: aws.ToString(got.Arn), TaggedAs: aws.ToString(got.UserName),
				Tags: tagMap(got.Tags), Held: got.heldBy(),
			}
		},
		Create:     planUserCreate,
		Plan:       planUser,
		Unplan:     unplanUser,
		Status:     shape.Shown[iamv1alpha1.UserStatus, user](),
		Spec:       describeUser,
		Fixed:      fixed.Fields[iamv1alpha1.UserSpec, user]{}.As("name", "UserName"), // others may rely on it
		Late:       late.Of[user]("path"),
		Unique:     []string{"name"},
		NaturalKey: true, // the name, in its account
		Calls:      append(append(userPolicies.calls(), belongingCalls()...), call.All(createUser, updateUser, deleteUser)...),
	}
}

// findUser reads the user by its name, with its policies.
var findUser = unique[iamv1alpha1.UserSpec, user]{
	what: "user", read: readUser,
	id: func(got *user) *string { return got.UserId },
	get: func(ctx context.Context, client *awsiam.Client, name *string) (*user, error) {
		found, err := users.get(ctx, client, name)
		if err != nil {
			return nil, err
		}
		return &user{User: *found}, nil
	},
}.find

func readUser(ctx context.Context, client *awsiam.Client, q kind.Query[iamv1alpha1.UserSpec], got *user) (err error) {
	if got.granted, err = userPolicies.read(ctx, client, got.UserName, got.PermissionsBoundary, documentsFor(q, q.Want.InlinePolicies)); err != nil {
		return err
	}
	if got.force = q.Force; q.Deleting && !q.Retain {
		// AWS refuses the deletion only after the user has lost its policies.
		got.belongs, err = readBelongings(ctx, client, got.UserName)
	}
	return err
}

func planUserCreate(want iamv1alpha1.UserSpec, m kind.Making) resource.Step {
	in, path := userRequest(want), wantedPath(want.Path)
	in.Path, in.Tags = aws.String(path), tagList(m.Tags)
	step := createUser.Step("create user "+aws.ToString(want.Name), in)
	step.Key = arnOf(m.Target, users.what, path, aws.ToString(want.Name))
	return step
}

func planUser(want iamv1alpha1.UserSpec, got *user, c kind.Case) (draft kind.Draft) {
	policies := wanted{want.Policies, want.PolicyRefs, want.InlinePolicies, want.PermissionsBoundary}
	if got == nil { // the create sets everything except the policies
		return kind.Draft{Steps: userPolicies.plan(want.Name, policies, policies.new(), c)}
	}
	if path := wantedPath(want.Path); want.Path != nil && path != aws.ToString(got.Path) {
		draft.Steps = append(draft.Steps, steps.For(0, "spec.path", updateUser.Step("move the user to the path "+path,
			awsiam.UpdateUserInput{UserName: got.UserName, NewPath: aws.String(path)})))
	}
	draft.Steps = append(draft.Steps, userPolicies.plan(got.UserName, policies, got.granted, c)...)
	return draft
}

// unplanUser removes the policies first, as AWS requires, and what belongs to the user by force.
func unplanUser(got *user) (removals []resource.Step) {
	if got.force {
		removals = unplanBelongings(got.UserName, got.belongs)
	}
	removals = append(removals, userPolicies.unplan(got.UserName, got.granted)...)
	last := deleteUser.Step("delete user "+aws.ToString(got.UserName), awsiam.DeleteUserInput{UserName: got.UserName})
	return append(removals, steps.At(stageDelete, last)...)
}

// IAM's limits for a user, in characters.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	maxUserName   = 64
	maxUserInline = 2048
)

func checkUser(want iamv1alpha1.UserSpec) []kind.Invalid {
	var f findings
	f.checkName(named{"a user", "userName", maxUserName}, want.Name)
	f.checkPath(want.Path)
	f.checkRoleTagKeys(want)
	f.checkAttached(want.Policies, want.PolicyRefs)
	f.checkInline("user", want.Name, want.InlinePolicies, maxUserInline)
	f.checkBoundary(want.PermissionsBoundary)
	return f.All
}
