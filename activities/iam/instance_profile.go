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
	createProfile = call.Create((*awsiam.Client).CreateInstanceProfile, func(out *awsiam.CreateInstanceProfileOutput) (id, arn string) {
		return aws.ToString(out.InstanceProfile.Arn), aws.ToString(out.InstanceProfile.Arn)
	})
	deleteProfile     = call.Delete((*awsiam.Client).DeleteInstanceProfile)
	addProfileRole    = call.To("AddRole", (*awsiam.Client).AddRoleToInstanceProfile)
	removeProfileRole = call.To("RemoveRole", (*awsiam.Client).RemoveRoleFromInstanceProfile)
)

// profileRequest leaves out the role, which AWS adds by a call of its own.
var profileRequest = shape.Request[awsiam.CreateInstanceProfileInput, iamv1alpha1.InstanceProfileSpec](shape.As("name", "InstanceProfileName"), shape.Out("role"))

// maxProfileName is AWS's limit, in characters.
const maxProfileName = 128

// instanceProfile is a profile as AWS shows it.
type instanceProfile struct {
	types.InstanceProfile
	id     string // its ARN; for another's profile under our name, its unique id
	absent bool   // AWS does not have the role that should replace another
}

// InstanceProfile manages a profile with at most one role. Its id is its ARN.
func InstanceProfile() kind.Kind {
	return kind.Definition[*awsiam.Client, iamv1alpha1.InstanceProfileSpec, instanceProfile]{
		Kind:   "iam.InstanceProfile",
		Client: newClient,
		Tagged: call.BindTags(
			(*awsiam.Client).TagInstanceProfile, func(id string, tags map[string]string) awsiam.TagInstanceProfileInput {
				return awsiam.TagInstanceProfileInput{InstanceProfileName: aws.String(nameIn(id)), Tags: tagList(tags)}
			},
			(*awsiam.Client).UntagInstanceProfile, func(id string, keys []string) awsiam.UntagInstanceProfileInput {
				return awsiam.UntagInstanceProfileInput{InstanceProfileName: aws.String(nameIn(id)), TagKeys: keys}
			}, tagRules),
		Check: checkProfile,
		Find:  findProfile,
		Facts: func(got *instanceProfile) kind.Facts {
			return kind.Facts{ID: got.id, ARN: aws.ToString(got.Arn), Tags: tagMap(got.Tags)}
		},
		Create:     planProfileCreate,
		Plan:       planProfile,
		Unplan:     unplanProfile,
		Status:     shape.Shown[iamv1alpha1.InstanceProfileStatus, instanceProfile](),
		Late:       late.Of[instanceProfile]("path"),
		NaturalKey: true, // the name, in its account
		Calls:      call.All(createProfile, addProfileRole, removeProfileRole, deleteProfile),
	}
}

var profileByName = byName[types.InstanceProfile]{
	what: "instance-profile", idField: "instanceProfileID",
	get: func(ctx context.Context, client *awsiam.Client, name *string) (*types.InstanceProfile, error) {
		out, err := client.GetInstanceProfile(ctx, &awsiam.GetInstanceProfileInput{InstanceProfileName: name})
		if err != nil {
			return nil, err
		}
		return out.InstanceProfile, nil
	},
	holder: func(p *types.InstanceProfile) holder {
		return holder{arn: aws.ToString(p.Arn), unique: aws.ToString(p.InstanceProfileId), tags: tagMap(p.Tags)}
	},
}

func findProfile(ctx context.Context, client *awsiam.Client, q kind.Query[iamv1alpha1.InstanceProfileSpec]) (*instanceProfile, error) {
	found, id, theirs, err := lookUp(ctx, client, q, q.Want.Name, profileByName)
	if found == nil || err != nil {
		return nil, err
	}
	got := &instanceProfile{InstanceProfile: *found, id: id}
	if theirs {
		return got, nil
	}
	if role := aws.ToString(q.Want.Role); !q.Deleting && role != "" && len(got.Roles) > 0 && !got.has(role) {
		_, err = client.GetRole(ctx, &awsiam.GetRoleInput{RoleName: aws.String(role)})
		if got.absent, err = reads.Missing(err); err != nil {
			return nil, fmt.Errorf("getting role %s: %w", role, err)
		}
	}
	return got, nil
}

func (p *instanceProfile) has(role string) bool {
	return slices.ContainsFunc(p.Roles, func(r types.Role) bool { return aws.ToString(r.RoleName) == role })
}

func planProfileCreate(want iamv1alpha1.InstanceProfileSpec, m kind.Making) resource.Step {
	in := profileRequest(want)
	in.Path, in.Tags = aws.String(wantedPath(want.Path)), tagList(m.Tags)
	step := createProfile.Step("create instance profile "+aws.ToString(want.Name), in)
	step.Key = arnOf(m.Target, "instance-profile", wantedPath(want.Path), aws.ToString(want.Name))
	return step
}

func planProfile(want iamv1alpha1.InstanceProfileSpec, got *instanceProfile, c kind.Case) kind.Draft {
	if got == nil { // the create sets everything except the role
		got = &instanceProfile{}
		got.InstanceProfileName = want.Name
		return kind.Draft{Steps: planProfileRole(want, got, c)}
	}
	return kind.Draft{Steps: planProfileRole(want, got, c), Notes: nameNotes(want.Name, want.Path, got.InstanceProfileName, got.Path)}
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
	did := func(verb string) bool {
		return slices.ContainsFunc(c.Done, func(d resource.Done) bool { return d.Verb == verb })
	}
	if !c.Refused(string(addProfileRole.Verb)) || !did(string(removeProfileRole.Verb)) || did(string(addProfileRole.Verb)) {
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
	last := deleteProfile.Step("delete instance profile "+aws.ToString(got.InstanceProfileName), awsiam.DeleteInstanceProfileInput{InstanceProfileName: got.InstanceProfileName})
	return append(removals, steps.At(1, last)...)
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
