package iam

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	createProfile     kind.Verb[awsiam.CreateInstanceProfileInput]         = "Create"
	deleteProfile     kind.Verb[awsiam.DeleteInstanceProfileInput]         = "Delete"
	addProfileRole    kind.Verb[awsiam.AddRoleToInstanceProfileInput]      = "AddRole"
	removeProfileRole kind.Verb[awsiam.RemoveRoleFromInstanceProfileInput] = "RemoveRole"
	tagProfile        kind.Verb[awsiam.TagInstanceProfileInput]            = "Tag"
	untagProfile      kind.Verb[awsiam.UntagInstanceProfileInput]          = "Untag"
)

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
		Tags:   func(want iamv1alpha1.InstanceProfileSpec) []tagging.Tag { return wantedTags(want.Tags) },
		Check:  checkProfile,
		Find:   findProfile,
		Facts: func(got *instanceProfile) kind.Facts {
			return kind.Facts{ID: got.id, ARN: aws.ToString(got.Arn), Tags: tagMap(got.Tags)}
		},
		Create:     planProfileCreate,
		Plan:       planProfile,
		Unplan:     unplanProfile,
		Untag:      func(id string, keys []string) resource.Step { return planProfileUntag(aws.String(nameIn(id)), keys) },
		Status:     profileStatus,
		Late:       late.Fields[instanceProfile]{"path": func(got *instanceProfile) any { return got.Path }},
		TagRules:   tagRules,
		NaturalKey: true, // the name, in its account
		Calls: []kind.Call[*awsiam.Client]{
			kind.BindCreate(createProfile, (*awsiam.Client).CreateInstanceProfile, func(out *awsiam.CreateInstanceProfileOutput) (id, arn string) {
				return aws.ToString(out.InstanceProfile.Arn), aws.ToString(out.InstanceProfile.Arn)
			}),
			kind.Bind(addProfileRole, (*awsiam.Client).AddRoleToInstanceProfile),
			kind.Bind(removeProfileRole, (*awsiam.Client).RemoveRoleFromInstanceProfile),
			kind.Bind(tagProfile, (*awsiam.Client).TagInstanceProfile),
			kind.Bind(untagProfile, (*awsiam.Client).UntagInstanceProfile),
			kind.Bind(deleteProfile, (*awsiam.Client).DeleteInstanceProfile),
		},
	}
}

// findProfile reads the profile by its name, which is in its ARN.
func findProfile(ctx context.Context, client *awsiam.Client, q kind.Query[iamv1alpha1.InstanceProfileSpec]) (*instanceProfile, error) {
	if q.ID != "" && !isARN(q.ID, "instance-profile", q.Target) {
		return nil, nil
	}
	name := cmp.Or(nameIn(q.ID), nameIn(q.Key), aws.ToString(q.Want.Name))
	out, err := client.GetInstanceProfile(ctx, &awsiam.GetInstanceProfileInput{InstanceProfileName: aws.String(name)})
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("getting instance profile %s: %w", name, err))
	}
	got := &instanceProfile{InstanceProfile: *out.InstanceProfile, id: aws.ToString(out.InstanceProfile.Arn)}
	here := holder{arn: got.id, unique: aws.ToString(got.InstanceProfileId), tags: tagMap(got.Tags)}
	if here.replaces(q.Owner, q.ID, q.Status, "instanceProfileID") {
		if q.Deleting {
			return nil, nil // ours is gone
		}
		got.id = here.unique // the engine leaves it alone
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
	step := createProfile.Step("create instance profile "+aws.ToString(want.Name), awsiam.CreateInstanceProfileInput{
		InstanceProfileName: want.Name, Path: aws.String(wantedPath(want.Path)), Tags: tagList(m.Tags),
	})
	step.Key = arnOf(m.Target, "instance-profile", wantedPath(want.Path), aws.ToString(want.Name))
	return step
}

func planProfile(want iamv1alpha1.InstanceProfileSpec, got *instanceProfile, c kind.Case) kind.Draft {
	if got == nil { // the create sets everything except the role
		got = &instanceProfile{}
		got.InstanceProfileName = want.Name
		return kind.Draft{Steps: planProfileRole(want, got, c)}
	}
	steps := planTags(c, tagMap(got.Tags),
		func(tags map[string]string) resource.Step {
			return tagProfile.Step("tag "+tagging.Describe(tags), awsiam.TagInstanceProfileInput{InstanceProfileName: got.InstanceProfileName, Tags: tagList(tags)})
		},
		func(keys []string) resource.Step { return planProfileUntag(got.InstanceProfileName, keys) })
	steps = append(steps, planProfileRole(want, got, c)...)
	return kind.Draft{Steps: steps, Notes: nameNotes(want.Name, want.Path, got.InstanceProfileName, got.Path)}
}

// planProfileRole removes the old role first: a profile has room for one. It removes none for a role
// that AWS does not have or refuses to add. After such a refusal it puts the old one back.
func planProfileRole(want iamv1alpha1.InstanceProfileSpec, got *instanceProfile, c kind.Case) (steps []resource.Step) {
	role := aws.ToString(want.Role)
	if role == "" && want.RoleRef != nil {
		return nil // not resolved at present: it may be the current role
	}
	path := "spec.role"
	if want.RoleRef != nil {
		path = "spec.roleRef"
	}
	var old string
	for _, r := range got.Roles {
		if aws.ToString(r.RoleName) != role {
			step := planRoleRemoval(got, r)
			step.Path, old = path, aws.ToString(r.RoleName)
			steps = append(steps, step)
		}
	}
	if role == "" || got.has(role) {
		return steps
	}
	add := planRoleAddition(got, role, path)
	if lost := lostRole(c); lost != "" && lost != role {
		back := planRoleAddition(got, lost, path)
		back.Summary += " back"
		return []resource.Step{add, back}
	}
	if got.absent || c.Refused(string(addProfileRole)) {
		return []resource.Step{add} // AWS says why it refuses the role, and the old one stays
	}
	add.Instead = old
	return append(steps, add)
}

func planRoleAddition(got *instanceProfile, role, path string) resource.Step {
	step := addProfileRole.Step("add role "+role, awsiam.AddRoleToInstanceProfileInput{InstanceProfileName: got.InstanceProfileName, RoleName: aws.String(role)})
	step.Stage, step.Path = 1, path
	return step
}

// lostRole returns the role that the pass removed for one that AWS then refused to add.
func lostRole(c kind.Case) string {
	did := func(verb string) bool {
		return slices.ContainsFunc(c.Done, func(d resource.Done) bool { return d.Verb == verb })
	}
	if !c.Refused(string(addProfileRole)) || !did(string(removeProfileRole)) || did(string(addProfileRole)) {
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
func unplanProfile(got *instanceProfile) (steps []resource.Step) {
	for _, r := range got.Roles {
		steps = append(steps, planRoleRemoval(got, r))
	}
	last := deleteProfile.Step("delete instance profile "+aws.ToString(got.InstanceProfileName), awsiam.DeleteInstanceProfileInput{InstanceProfileName: got.InstanceProfileName})
	last.Stage = 1
	return append(steps, last)
}

func planProfileUntag(name *string, keys []string) resource.Step {
	return untagProfile.Step("remove the tags "+strings.Join(keys, ", "), awsiam.UntagInstanceProfileInput{InstanceProfileName: name, TagKeys: keys})
}

func profileStatus(got *instanceProfile, _ kind.Case) any {
	return iamv1alpha1.InstanceProfileStatus{InstanceProfileID: got.InstanceProfileId, CreateDate: shownTime(got.CreateDate)}
}

func checkProfile(want iamv1alpha1.InstanceProfileSpec) []kind.Invalid {
	invalid := slices.Concat(checkName(named{"an instance profile", "instanceProfileName", maxProfileName}, want.Name), checkPath(want.Path), checkTagKeys(want.Tags))
	switch role := aws.ToString(want.Role); {
	case role == "":
	case !goodName.MatchString(role):
		invalid = append(invalid, finding.New("spec.role", unmet("roleName", role, namePattern), "%q is not the name of a role", role))
	case len(role) > maxRoleName:
		invalid = append(invalid, finding.New("spec.role", unmet("roleName", role, atMost(maxRoleName)), "%q is not the name of a role", role))
	}
	return invalid
}
