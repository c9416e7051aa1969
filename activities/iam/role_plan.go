package iam

import (
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/activities/documents"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/steps"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

func planRole(want iamv1alpha1.RoleSpec, got *role, c kind.Case) kind.Draft {
	policies := wanted{want.Policies, want.PolicyRefs, want.InlinePolicies, want.PermissionsBoundary}
	if got == nil { // the create sets everything except the policies
		return kind.Draft{Steps: rolePolicies.plan(want.Name, policies, policies.new(), c)}
	}
	return kind.Draft{Steps: append(planRoleItself(want, got), rolePolicies.plan(got.RoleName, policies, got.granted, c)...)}
}

// planRoleItself plans who may assume the role, and for how long.
func planRoleItself(want iamv1alpha1.RoleSpec, got *role) (changes []resource.Step) {
	if !documents.Same(aws.ToString(want.AssumeRolePolicyDocument), got.trust) {
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
	return changes
}

// unplanRole removes the policies first, as AWS requires. An instance profile that still has the
// role belongs to another object, which must release it: the deletion waits.
func unplanRole(got *role) []resource.Step {
	return append(rolePolicies.unplan(got.RoleName, got.granted), steps.At(1, deletion(roles, deleteRole, &got.Role))...)
}
