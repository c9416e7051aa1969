package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/room"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Stages of a change. A stage that AWS refuses stops the plan. A role is granted nothing before it
// is bounded, and loses nothing before it has the replacement.
const (
	stageBounds = iota
	stageGrants
	stageRevokes
)

func planRoleCreate(want iamv1alpha1.RoleSpec, m kind.Making) resource.Step {
	var boundary *string
	if aws.ToString(want.PermissionsBoundary) != "" {
		boundary = want.PermissionsBoundary
	}
	in := awsiam.CreateRoleInput{
		RoleName: want.Name, Path: aws.String(wantedPath(want.Path)), Description: want.Description,
		AssumeRolePolicyDocument: want.AssumeRolePolicyDocument, PermissionsBoundary: boundary,
		MaxSessionDuration: int32p(want.MaxSessionDuration), Tags: tagList(m.Tags),
	}
	step := createRole.Step("create role "+aws.ToString(want.Name), in)
	step.Key = arnOf(m.Target, "role", wantedPath(want.Path), aws.ToString(want.Name))
	return step
}

func planRole(want iamv1alpha1.RoleSpec, got *role, c kind.Case) kind.Draft {
	if got == nil { // the create sets everything except the policies
		got = &role{}
		got.RoleName = want.Name
		return kind.Draft{Steps: planRolePolicies(want, got, c)}
	}
	steps := planTags(c, tagMap(got.Tags),
		func(tags map[string]string) resource.Step {
			return tagRole.Step("tag "+tagging.Describe(tags), awsiam.TagRoleInput{RoleName: got.RoleName, Tags: tagList(tags)})
		},
		func(keys []string) resource.Step { return planRoleUntag(got.RoleName, keys) })
	steps = append(steps, planRoleItself(want, got)...)
	if slices.ContainsFunc(steps, func(s resource.Step) bool { return s.Verb == string(putRoleBoundary) }) {
		c.Failures = nil // no second try of a grant before the role is bounded
	}
	steps = append(steps, planRolePolicies(want, got, c)...)
	return kind.Draft{Steps: steps, Notes: nameNotes(want.Name, want.Path, got.RoleName, got.Path)}
}

// planRoleItself plans who may assume the role, for how long, and its permissions boundary.
func planRoleItself(want iamv1alpha1.RoleSpec, got *role) (steps []resource.Step) {
	if !sameDocument(aws.ToString(want.AssumeRolePolicyDocument), got.trust) {
		step := updateRoleTrust.Step("set the trust policy of the spec", awsiam.UpdateAssumeRolePolicyInput{
			RoleName: got.RoleName, PolicyDocument: want.AssumeRolePolicyDocument,
		})
		step.Path = "spec.assumeRolePolicyDocument"
		steps = append(steps, step)
	}
	// If the spec sets no duration, AWS's value stays, as with ACK. The request carries both
	// fields: AWS resets a missing duration to an hour.
	length := got.MaxSessionDuration
	if want.MaxSessionDuration != nil {
		length = int32p(want.MaxSessionDuration)
	}
	if aws.ToInt32(length) != aws.ToInt32(got.MaxSessionDuration) || aws.ToString(want.Description) != aws.ToString(got.Description) {
		summary := fmt.Sprintf("set the description %q and sessions of %d s", aws.ToString(want.Description), aws.ToInt32(length))
		step := updateRole.Step(summary, awsiam.UpdateRoleInput{
			RoleName: got.RoleName, Description: aws.String(aws.ToString(want.Description)), MaxSessionDuration: length,
		})
		step.Path = "spec.description"
		switch {
		case aws.ToString(want.Description) == aws.ToString(got.Description):
			step.Path = "spec.maxSessionDuration"
		case aws.ToInt32(length) != aws.ToInt32(got.MaxSessionDuration):
			step.Path += ", spec.maxSessionDuration"
		}
		steps = append(steps, step)
	}
	bound := ""
	if got.PermissionsBoundary != nil {
		bound = aws.ToString(got.PermissionsBoundary.PermissionsBoundaryArn)
	}
	switch aws.ToString(want.PermissionsBoundary) {
	case bound:
	case "":
		step := deleteRoleBoundary.Step("remove the permissions boundary "+nameIn(bound), awsiam.DeleteRolePermissionsBoundaryInput{RoleName: got.RoleName})
		step.Stage, step.Path = stageRevokes, "spec.permissionsBoundary"
		steps = append(steps, step)
	default:
		step := putRoleBoundary.Step("set the permissions boundary "+nameIn(*want.PermissionsBoundary), awsiam.PutRolePermissionsBoundaryInput{
			RoleName: got.RoleName, PermissionsBoundary: want.PermissionsBoundary,
		})
		step.Path = "spec.permissionsBoundary"
		steps = append(steps, step)
	}
	return steps
}

// planRolePolicies adds missing policies, then removes unwanted ones. A role at a quota first loses
// some to make room.
func planRolePolicies(want iamv1alpha1.RoleSpec, got *role, c kind.Case) []resource.Step {
	attaches, detaches := planAttached(want, got)
	puts, deletes := planInline(want, got)
	early := room.Make(c, attaches, room.First(detaches), string(detachRolePolicy))
	early = append(early, room.Make(c, puts, room.First(deletes), string(deleteRolePolicy))...)
	steps := slices.Concat(early, attaches, puts)
	for _, step := range slices.Concat(detaches, deletes) {
		if !slices.ContainsFunc(early, step.Same) {
			steps = append(steps, step)
		}
	}
	return steps
}

func planAttached(want iamv1alpha1.RoleSpec, got *role) (attaches, detaches []resource.Step) {
	wanted := map[string]bool{}
	for i, arn := range want.Policies {
		if wanted[*arn] || slices.Contains(got.attached, *arn) {
			wanted[*arn] = true
			continue
		}
		wanted[*arn] = true
		step := attachRolePolicy.Step("attach policy "+nameIn(*arn), awsiam.AttachRolePolicyInput{RoleName: got.RoleName, PolicyArn: arn})
		step.Stage, step.Path = stageGrants, policyPath(want, i)
		attaches = append(attaches, step)
	}
	for _, arn := range got.attached {
		// An attached policy may be the one whose reference is not resolved at present: none is
		// removed until all are known.
		if !wanted[arn] && len(want.Policies) >= len(want.PolicyRefs) {
			step := planDetach(got, arn, stageRevokes)
			step.Path = "spec.policies"
			if len(want.PolicyRefs) > 0 {
				step.Path = "spec.policyRefs"
			}
			detaches = append(detaches, step)
		}
	}
	return attaches, detaches
}

func planInline(want iamv1alpha1.RoleSpec, got *role) (puts, deletes []resource.Step) {
	for _, name := range slices.Sorted(maps.Keys(want.InlinePolicies)) {
		document := want.InlinePolicies[name]
		if has, there := got.inline[name]; there && sameDocument(aws.ToString(document), has) {
			continue
		}
		step := putRolePolicy.Step("put inline policy "+name, awsiam.PutRolePolicyInput{
			RoleName: got.RoleName, PolicyName: aws.String(name), PolicyDocument: document,
		})
		step.Stage, step.Path = stageGrants, inlinePath(name)
		puts = append(puts, step)
	}
	for _, name := range slices.Sorted(maps.Keys(got.inline)) {
		if _, keep := want.InlinePolicies[name]; !keep {
			step := planInlineDelete(got, name, stageRevokes)
			step.Path = "spec.inlinePolicies"
			deletes = append(deletes, step)
		}
	}
	return puts, deletes
}

// policyPath returns the field that asks for the i-th policy.
func policyPath(want iamv1alpha1.RoleSpec, i int) string {
	switch len(want.PolicyRefs) {
	case 0:
		return fmt.Sprintf("spec.policies[%d]", i)
	case len(want.Policies):
		return fmt.Sprintf("spec.policyRefs[%d]", i)
	}
	return "spec.policyRefs" // some are not resolved: the others moved up
}

func inlinePath(name string) string { return "spec.inlinePolicies." + name }

func planDetach(got *role, arn string, stage int) resource.Step {
	step := detachRolePolicy.Step("detach policy "+nameIn(arn), awsiam.DetachRolePolicyInput{RoleName: got.RoleName, PolicyArn: aws.String(arn)})
	step.Stage = stage
	return step
}

func planInlineDelete(got *role, name string, stage int) resource.Step {
	step := deleteRolePolicy.Step("delete inline policy "+name, awsiam.DeleteRolePolicyInput{RoleName: got.RoleName, PolicyName: aws.String(name)})
	step.Stage = stage
	return step
}

// unplanRole removes the policies first, as AWS requires. An instance profile that still has the
// role belongs to another object, which must release it: the deletion waits.
func unplanRole(got *role) (steps []resource.Step) {
	for _, arn := range got.attached {
		steps = append(steps, planDetach(got, arn, 0))
	}
	for _, name := range slices.Sorted(maps.Keys(got.inline)) {
		steps = append(steps, planInlineDelete(got, name, 0))
	}
	last := deleteRole.Step("delete role "+aws.ToString(got.RoleName), awsiam.DeleteRoleInput{RoleName: got.RoleName})
	last.Stage = 1
	return append(steps, last)
}

func planRoleUntag(name *string, keys []string) resource.Step {
	return untagRole.Step("remove the tags "+strings.Join(keys, ", "), awsiam.UntagRoleInput{RoleName: name, TagKeys: keys})
}

func roleStatus(got *role, _ kind.Case) any {
	status := iamv1alpha1.RoleStatus{RoleID: got.RoleId, CreateDate: shownTime(got.CreateDate)}
	if used := got.RoleLastUsed; used != nil && used.LastUsedDate != nil {
		status.RoleLastUsed = &iamv1alpha1.RoleLastUsed{LastUsedDate: shownTime(used.LastUsedDate), Region: used.Region}
	}
	return status
}

func int32p(v *int64) *int32 {
	if v == nil {
		return nil
	}
	return aws.Int32(int32(*v)) // a check limits the value
}
