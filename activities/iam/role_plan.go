package iam

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/steps"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

func planRoleCreate(want iamv1alpha1.RoleSpec, m kind.Making) resource.Step {
	in, path := roleRequest(want), wantedPath(want.Path)
	in.Path, in.Tags = aws.String(path), tagList(m.Tags)
	step := createRole.Step("create role "+aws.ToString(want.Name), in)
	step.Key = arnOf(m.Target, "role", path, aws.ToString(want.Name))
	return step
}

func planRole(want iamv1alpha1.RoleSpec, got *role, c kind.Case) kind.Draft {
	if got == nil { // the create sets everything except the policies
		return kind.Draft{Steps: roleGrants(want, want.Name).plan(granted{}, c)}
	}
	changes := planRoleItself(want, got)
	if slices.ContainsFunc(changes, func(s resource.Step) bool { return s.Verb == string(putRoleBoundary.Verb) }) {
		c.Failures = nil // no second try of a grant before the role is bounded
	}
	changes = append(changes, roleGrants(want, got.RoleName).plan(got.granted, c)...)
	return kind.Draft{Steps: changes, Notes: nameNotes(want.Name, want.Path, got.RoleName, got.Path)}
}

// planRoleItself plans who may assume the role, for how long, and its permissions boundary.
func planRoleItself(want iamv1alpha1.RoleSpec, got *role) (changes []resource.Step) {
	if !sameDocument(aws.ToString(want.AssumeRolePolicyDocument), got.trust) {
		step := updateRoleTrust.Step("set the trust policy of the spec", awsiam.UpdateAssumeRolePolicyInput{RoleName: got.RoleName, PolicyDocument: want.AssumeRolePolicyDocument})
		changes = append(changes, steps.For(0, "spec.assumeRolePolicyDocument", step))
	}
	// If the spec sets no duration, AWS's value stays, as with ACK. The request carries both
	// fields: AWS resets a missing duration to an hour.
	length, words := aws.ToInt32(got.MaxSessionDuration), aws.ToString(want.Description)
	var paths []string
	if words != aws.ToString(got.Description) {
		paths = append(paths, "spec.description")
	}
	if want.MaxSessionDuration != nil && *want.MaxSessionDuration != int64(length) {
		length, paths = int32(*want.MaxSessionDuration), append(paths, "spec.maxSessionDuration")
	}
	if len(paths) > 0 {
		step := updateRole.Step(fmt.Sprintf("set the description %q and sessions of %d s", words, length),
			awsiam.UpdateRoleInput{RoleName: got.RoleName, Description: aws.String(words), MaxSessionDuration: aws.Int32(length)})
		changes = append(changes, steps.For(0, strings.Join(paths, ", "), step))
	}
	return append(changes, planBoundary(want.PermissionsBoundary, got.PermissionsBoundary,
		func(arn string) resource.Step {
			return putRoleBoundary.Step("set the permissions boundary "+nameIn(arn), awsiam.PutRolePermissionsBoundaryInput{RoleName: got.RoleName, PermissionsBoundary: aws.String(arn)})
		},
		func(arn string) resource.Step {
			return deleteRoleBoundary.Step("remove the permissions boundary "+nameIn(arn), awsiam.DeleteRolePermissionsBoundaryInput{RoleName: got.RoleName})
		})...)
}

func roleGrants(want iamv1alpha1.RoleSpec, role *string) grants {
	return grants{
		policies: want.Policies, refs: want.PolicyRefs, inline: want.InlinePolicies,
		attach: func(arn string) resource.Step {
			return attachRolePolicy.Step("attach policy "+nameIn(arn), awsiam.AttachRolePolicyInput{RoleName: role, PolicyArn: aws.String(arn)})
		},
		detach: func(arn string) resource.Step {
			return detachRolePolicy.Step("detach policy "+nameIn(arn), awsiam.DetachRolePolicyInput{RoleName: role, PolicyArn: aws.String(arn)})
		},
		put: func(name string, document *string) resource.Step {
			return putRolePolicy.Step("put inline policy "+name, awsiam.PutRolePolicyInput{RoleName: role, PolicyName: aws.String(name), PolicyDocument: document})
		},
		remove: func(name string) resource.Step {
			return deleteRolePolicy.Step("delete inline policy "+name, awsiam.DeleteRolePolicyInput{RoleName: role, PolicyName: aws.String(name)})
		},
	}
}

// unplanRole removes the policies first, as AWS requires. An instance profile that still has the
// role belongs to another object, which must release it: the deletion waits.
func unplanRole(got *role) []resource.Step {
	last := deleteRole.Step("delete role "+aws.ToString(got.RoleName), awsiam.DeleteRoleInput{RoleName: got.RoleName})
	return append(roleGrants(iamv1alpha1.RoleSpec{}, got.RoleName).unplan(got.granted), steps.At(1, last)...)
}
