package iam

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

func TestCheckRoleTagKeys(t *testing.T) {
	tags := func(keys ...string) (spec iamv1alpha1.RoleSpec) {
		for _, key := range keys {
			spec.Tags = append(spec.Tags, &iamv1alpha1.Tag{Key: aws.String(key)})
		}
		return spec
	}
	for name, test := range map[string]struct {
		spec iamv1alpha1.RoleSpec
		want []kind.Invalid
	}{
		"others":       {tags("a", "b", resource.TagNamespace), nil},
		"not sent":     {tags("aws:a", "AWS:a", "", ""), nil},
		"in two cases": {tags("a", "A"), []kind.Invalid{{Path: "spec.tags[1].key", Message: `"A" is the same key as "a": IAM ignores the case of letters`, Code: codeInput, Answer: duplicateTags}}},
		"ours in other case": {tags("Services.k8s.aws/Tack-Owner"), []kind.Invalid{{
			Path: "spec.tags[0].key", Message: `"Services.k8s.aws/Tack-Owner" is the same key as "services.k8s.aws/tack-owner": IAM ignores the case of letters`, Code: codeInput, Answer: duplicateTags,
		}}},
	} {
		var f findings
		f.checkRoleTagKeys(test.spec)
		if diff := cmp.Diff(test.want, f.All); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A role has one tag for both letter cases of a key. A policy and an instance profile have two, so
// the old one is removed, and a spec may have both.
func TestLetterCaseOfTagKeysOfEachKind(t *testing.T) {
	c := kind.Case{ID: arn, Tags: map[string]string{"env": "dev"}}
	shown := []types.Tag{{Key: aws.String("Env"), Value: aws.String("dev")}}
	gotRole, gotPolicy, gotProfile := gotRole(), gotPolicy(1), &instanceProfile{}
	gotRole.Tags, gotPolicy.Tags, gotProfile.Tags = shown, shown, shown
	gotProfile.InstanceProfileName = aws.String("web")
	const both = `{tags: [{key: Env}, {key: env}]}`
	for name, test := range map[string]struct {
		steps   []resource.Step
		invalid []kind.Invalid // of both letter cases in one spec
		verbs   []string       // of the steps for tags
		refused bool           // both letter cases
	}{
		"role":    {roleKind.Draft(roleSpec(t, "{}"), gotRole, c).Steps, checkRole(roleSpec(t, both)), []string{"Tag"}, true},
		"policy":  {policyKind.Draft(policySpec(t, "{}"), gotPolicy, c).Steps, checkPolicy(policySpec(t, both)), []string{"Tag", "Untag"}, false},
		"profile": {profileKind.Draft(profileSpec(t, "{}"), gotProfile, c).Steps, checkProfile(profileSpec(t, both)), []string{"Tag", "Untag"}, false},
	} {
		var verbs []string
		for _, step := range test.steps {
			if step.Verb == resource.VerbTag || step.Verb == resource.VerbUntag {
				verbs = append(verbs, step.Verb)
			}
		}
		if diff := cmp.Diff(test.verbs, verbs); diff != "" {
			t.Errorf("%s: steps (-want +got):\n%s", name, diff)
		}
		if refused := len(test.invalid) > 0; refused != test.refused {
			t.Errorf("%s: two letter cases: findings %v", name, test.invalid)
		}
	}
}
