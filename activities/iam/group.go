package iam

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createGroup = call.Create((*awsiam.Client).CreateGroup, func(out *awsiam.CreateGroupOutput) (id, arn string) {
		return aws.ToString(out.Group.GroupId), aws.ToString(out.Group.Arn)
	})
	updateGroup = call.To("Update", (*awsiam.Client).UpdateGroup)
	deleteGroup = call.Delete((*awsiam.Client).DeleteGroup).HeldBy(groupMembers, groupInUse).AtOnce()
)

// groupPolicies are the policies of a group, which has no permissions boundary.
var groupPolicies = principal{
	what:   "group",
	attach: grants("AttachPolicy", "GroupName", (*awsiam.Client).AttachGroupPolicy),
	detach: grants(verbDetach, "GroupName", (*awsiam.Client).DetachGroupPolicy),
	put:    grants("PutInlinePolicy", "GroupName", (*awsiam.Client).PutGroupPolicy),
	remove: grants(verbDeleteInline, "GroupName", (*awsiam.Client).DeleteGroupPolicy),

	attached: func(ctx context.Context, client *awsiam.Client, group *string) ([]types.AttachedPolicy, error) {
		pages := awsiam.NewListAttachedGroupPoliciesPaginator(client, &awsiam.ListAttachedGroupPoliciesInput{GroupName: group})
		return reads.All(ctx, pages, func(page *awsiam.ListAttachedGroupPoliciesOutput) []types.AttachedPolicy {
			return page.AttachedPolicies
		})
	},
	inline: func(ctx context.Context, client *awsiam.Client, group *string) ([]string, error) {
		pages := awsiam.NewListGroupPoliciesPaginator(client, &awsiam.ListGroupPoliciesInput{GroupName: group})
		return reads.All(ctx, pages, func(page *awsiam.ListGroupPoliciesOutput) []string { return page.PolicyNames })
	},
	document: func(ctx context.Context, client *awsiam.Client, group, policy *string) (*string, error) {
		out, err := client.GetGroupPolicy(ctx, &awsiam.GetGroupPolicyInput{GroupName: group, PolicyName: policy})
		if err != nil {
			return nil, err
		}
		return out.PolicyDocument, nil
	},
}

// groupRequest leaves out the policies, which AWS attaches by calls of their own.
var groupRequest = shape.Request[awsiam.CreateGroupInput, iamv1alpha1.GroupSpec](shape.As("name", "GroupName"), shape.Out("inlinePolicies", "policies"))

// group is a group as AWS shows it.
type group struct {
	types.Group
	granted
	members []string // the users in it
	held    []string // those that prevent its deletion
}

// Group manages a group with its policies, but not its members. AWS has no tags for groups, so its
// id is the one that AWS never reuses.
func Group() kind.Kind {
	return kind.Definition[*awsiam.Client, iamv1alpha1.GroupSpec, group]{
		Kind:       "iam.Group",
		Client:     newClient,
		Check:      checkGroup,
		Find:       findGroup,
		Facts:      groupFacts,
		Create:     planGroupCreate,
		Plan:       planGroup,
		Unplan:     unplanGroup,
		Status:     shape.Shown[iamv1alpha1.GroupStatus, group](),
		Spec:       describeGroup,
		Fixed:      fixed.Fields[iamv1alpha1.GroupSpec, group]{}.As("name", "GroupName"), // others may rely on it
		Late:       late.Of[group]("path"),
		Unique:     []string{"name"},
		NaturalKey: true, // the name, in its account
		Calls:      append(groupPolicies.calls(), call.All(createGroup, updateGroup, deleteGroup)...),
	}
}

func groupFacts(got *group) kind.Facts {
	id := aws.ToString(got.GroupId)
	return kind.Facts{
		ID: id, ARN: aws.ToString(got.Arn), Held: holders.Wait("group "+aws.ToString(got.GroupName), got.held),
		Tagless: true, Made: aws.ToTime(got.CreateDate), Empty: len(got.members)+len(got.attached)+len(got.inline) == 0,
	}
}

// findGroup reads the group by its name, with its policies.
var findGroup = unique[iamv1alpha1.GroupSpec, group]{
	what: "group", get: readGroup, read: readGroupPolicies,
	id: func(got *group) *string { return got.GroupId },
}.find

func readGroupPolicies(ctx context.Context, client *awsiam.Client, q kind.Query[iamv1alpha1.GroupSpec], got *group) (err error) {
	if got.granted, err = groupPolicies.read(ctx, client, got.GroupName, nil, documentsFor(q, q.Want.InlinePolicies)); err != nil {
		return err
	}
	if q.Deleting && !q.Retain {
		// AWS refuses the deletion only after the group has lost its policies, on which they rely.
		got.held = got.members
	}
	return nil
}

// readGroup reads a group with its members.
func readGroup(ctx context.Context, client *awsiam.Client, name *string) (*group, error) {
	got := &group{}
	pages := awsiam.NewGetGroupPaginator(client, &awsiam.GetGroupInput{GroupName: name})
	users, err := reads.All(ctx, pages, func(page *awsiam.GetGroupOutput) []types.User {
		got.Group = *page.Group
		return page.Users
	})
	for _, u := range users {
		got.members = append(got.members, "user "+aws.ToString(u.UserName))
	}
	slices.Sort(got.members)
	return got, err
}

func planGroupCreate(want iamv1alpha1.GroupSpec, m kind.Making) resource.Step {
	in, path := groupRequest(want), wantedPath(want.Path)
	in.Path = aws.String(path)
	step := createGroup.Step("create group "+aws.ToString(want.Name), in)
	step.Key = arnOf(m.Target, "group", path, aws.ToString(want.Name))
	return step
}

func planGroup(want iamv1alpha1.GroupSpec, got *group, c kind.Case) (draft kind.Draft) {
	policies := wanted{policies: want.Policies, refs: want.PolicyRefs, inline: want.InlinePolicies}
	if got == nil { // the create sets name and path
		return kind.Draft{Steps: groupPolicies.plan(want.Name, policies, granted{}, c)}
	}
	if path := wantedPath(want.Path); want.Path != nil && path != aws.ToString(got.Path) {
		draft.Steps = append(draft.Steps, steps.For(0, "spec.path", updateGroup.Step("move the group to the path "+path,
			awsiam.UpdateGroupInput{GroupName: got.GroupName, NewPath: aws.String(path)})))
	}
	draft.Steps = append(draft.Steps, groupPolicies.plan(got.GroupName, policies, got.granted, c)...)
	return draft
}

// unplanGroup removes the policies first, as AWS requires.
func unplanGroup(got *group) []resource.Step {
	last := deleteGroup.Step("delete group "+aws.ToString(got.GroupName), awsiam.DeleteGroupInput{GroupName: got.GroupName})
	return append(groupPolicies.unplan(got.GroupName, got.granted), steps.At(1, last)...)
}

// IAM's limits for a group, in characters.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	maxGroupName   = 128
	maxGroupInline = 5120
)

func checkGroup(want iamv1alpha1.GroupSpec) []kind.Invalid {
	var f findings
	f.checkName(named{"a group", "groupName", maxGroupName}, want.Name)
	f.checkPath(want.Path)
	f.checkAttached(want.Policies, want.PolicyRefs)
	f.checkInline("group", want.Name, want.InlinePolicies, maxGroupInline)
	return f.All
}
