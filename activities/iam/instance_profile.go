package iam

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	"github.com/tack-dev/tack/activities/moving"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/activities/steps"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	profiles          = gets[types.InstanceProfile]("instance-profile", (*awsiam.Client).GetInstanceProfile)
	createProfile     = creates(profiles, (*awsiam.Client).CreateInstanceProfile)
	deleteProfile     = call.Delete((*awsiam.Client).DeleteInstanceProfile).AtOnce()
	addProfileRole    = call.To("AddRole", (*awsiam.Client).AddRoleToInstanceProfile)
	removeProfileRole = call.To("RemoveRole", (*awsiam.Client).RemoveRoleFromInstanceProfile)
)

// maxProfileName is AWS's limit, in characters.
const maxProfileName = 128

// instanceProfile is a profile as AWS shows it.
type instanceProfile struct {
	types.InstanceProfile
	Identity
	absent bool // AWS does not have the role that should replace another
}

// InstanceProfile manages a profile with at most one role. Its id is its ARN.
func InstanceProfile() kind.Kind {
	return of(profiles, createProfile, deleteProfile, kind.Definition[*awsiam.Client, iamv1alpha1.InstanceProfileSpec, instanceProfile]{
		Kind:   "iam.InstanceProfile",
		Tagged: taggedBy("InstanceProfileName", (*awsiam.Client).TagInstanceProfile, (*awsiam.Client).UntagInstanceProfile, tagRules),
		Check:  checkProfile,
		Find:   finder(profiles, readProfile),
		Create: request[iamv1alpha1.InstanceProfileSpec](profiles, createProfile, "role"),
		Plan:   planProfile,
		Unplan: unplanProfile,
		Status: shape.Shown[iamv1alpha1.InstanceProfileStatus, instanceProfile](),
		Spec:   describeProfile,
		Late:   late.Of[instanceProfile]("path"),
		Calls:  call.All(addProfileRole, removeProfileRole),
	})
}

// readProfile finds out whether AWS has the role that should replace another.
func readProfile(ctx context.Context, client *awsiam.Client, q kind.Query[iamv1alpha1.InstanceProfileSpec], got *instanceProfile) error {
	role := aws.ToString(q.Want.Role)
	if q.Deleting || role == "" || len(got.Roles) == 0 || got.has(role) {
		return nil
	}
	_, err := roles.get(ctx, client, &role)
	if got.absent, err = reads.Missing(err); err != nil {
		return fmt.Errorf("getting role %s: %w", role, err)
	}
	return nil
}

func (p *instanceProfile) has(role string) bool {
	return slices.ContainsFunc(p.Roles, func(r types.Role) bool { return aws.ToString(r.RoleName) == role })
}

func planProfile(want iamv1alpha1.InstanceProfileSpec, got *instanceProfile, c kind.Case) kind.Draft {
	if got == nil { // the create sets everything except the role
		got = &instanceProfile{InstanceProfile: types.InstanceProfile{InstanceProfileName: want.Name}}
	}
	return kind.Draft{Steps: planProfileRole(want, got, c)}
}

// planProfileRole removes the old role first: a profile has room for one. It removes none for a role
// that AWS does not have or refuses to add. After such a refusal it puts the old one back.
func planProfileRole(want iamv1alpha1.InstanceProfileSpec, got *instanceProfile, c kind.Case) (changes []resource.Step) {
	is := aws.ToString(want.Role)
	if !got.has(is) {
		is = ""
	}
	place := moving.To("role", want.Role, want.RoleRef, is)
	if place.Unknown {
		return nil // not resolved at present: it may be the current role
	}
	var old string
	for _, r := range got.Roles {
		if aws.ToString(r.RoleName) != place.Want {
			old = aws.ToString(r.RoleName)
			changes = append(changes, steps.For(0, place.Path, planRoleRemoval(got, r)))
		}
	}
	if !place.Enters() {
		return changes
	}
	add := planRoleAddition(got, place.Want, place.Path)
	if lost := lostRole(c); lost != "" && lost != place.Want {
		back := planRoleAddition(got, lost, place.Path)
		back.Summary += " back"
		return []resource.Step{add, back}
	}
	if got.absent || c.Refused(string(addProfileRole.Verb)) {
		return []resource.Step{add} // AWS says why it refuses the role, and the old one stays
	}
	add.Instead = old
	return append(changes, add)
}

func planRoleAddition(got *instanceProfile, role, path string) resource.Step {
	return steps.For(1, path, addProfileRole.Step("add role "+role, awsiam.AddRoleToInstanceProfileInput{InstanceProfileName: got.InstanceProfileName, RoleName: aws.String(role)}))
}

// lostRole returns the role that the pass removed for one that AWS then refused to add.
func lostRole(c kind.Case) string {
	if !c.Refused(string(addProfileRole.Verb)) || !resource.Did(c.Done, string(removeProfileRole.Verb)) || resource.Did(c.Done, string(addProfileRole.Verb)) {
		return ""
	}
	for _, f := range c.Failures {
		if f.Step.Instead != "" {
			return f.Step.Instead
		}
	}
	return ""
}

func planRoleRemoval(got *instanceProfile, r types.Role) resource.Step {
	return removeProfileRole.Step("remove role "+aws.ToString(r.RoleName), awsiam.RemoveRoleFromInstanceProfileInput{
		InstanceProfileName: got.InstanceProfileName, RoleName: r.RoleName,
	})
}

// unplanProfile removes the role first, as AWS requires.
func unplanProfile(got *instanceProfile) (removals []resource.Step) {
	for _, r := range got.Roles {
		removals = append(removals, planRoleRemoval(got, r))
	}
	return append(removals, steps.At(1, deletion(profiles, deleteProfile, &got.InstanceProfile))...)
}

func checkProfile(want iamv1alpha1.InstanceProfileSpec) []kind.Invalid {
	var f findings
	f.checkName(named{"an instance profile", "instanceProfileName", maxProfileName}, want.Name)
	f.checkPath(want.Path)
	switch role := aws.ToString(want.Role); {
	case role == "":
	case !goodName.MatchString(role):
		f.Add("spec.role", unmet("roleName", role, namePattern), "%q is not the name of a role", role)
	case len(role) > maxRoleName:
		f.Add("spec.role", unmet("roleName", role, atMost(maxRoleName)), "%q is not the name of a role", role)
	}
	return f.All
}
