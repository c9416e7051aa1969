package e2e

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

var _ = register(sample{
	kind: "iam.InstanceProfile", create: "CreateInstanceProfile",
	spec:   func() fields { return fields{"name": "web", "roleRef": reference("first")} },
	change: `{"spec":{"roleRef":{"from":{"name":"second"}}}}`,
	needs: func(t *testing.T, team team) {
		t.Helper()
		for _, name := range []string{"first", "second"} {
			team.apply(t, "iam.Role", name, fields{"name": name, "assumeRolePolicyDocument": trustEC2}).awaitSynced(t)
		}
	},
	count: counted(awsiam.NewFromConfig, (*awsiam.Client).ListInstanceProfiles),
	remove: func(ctx context.Context, cfg aws.Config, id string) error {
		client, name := awsiam.NewFromConfig(cfg), aws.String(nameIn(id))
		if _, err := client.RemoveRoleFromInstanceProfile(ctx, &awsiam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: name, RoleName: aws.String("first")}); err != nil {
			return err
		}
		_, err := client.DeleteInstanceProfile(ctx, &awsiam.DeleteInstanceProfileInput{InstanceProfileName: name})
		return err
	},
	tags: tagged(awsiam.NewFromConfig, (*awsiam.Client).GetInstanceProfile, "InstanceProfileName"),
	full: func(string) fields {
		return fields{"name": "full", "path": "/teams/a/", "role": "first", "tags": []any{fields{"key": "Team", "value": "a"}}}
	},
	fullChange: `{"spec":{"role":null,"tags":[{"key":"Team","value":"b"}]}}`,
})

// A role and its profile converge in any order, and can be deleted in any order: AWS keeps a role
// while a profile has it.
func TestRoleAndProfileInAnyOrder(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	profile := team.apply(t, "iam.InstanceProfile", "web", fields{"name": "web", "roleRef": reference("web")})
	profile.awaitCondition(t, corev1alpha1.ConditionTypeReferencesResolved, "Unknown", "Role "+team.name+"/web is not there")
	spec := sampleOf("iam.Role").spec()
	role := team.apply(t, "iam.Role", "web", spec)
	role.awaitCondition(t, corev1alpha1.ConditionTypeReferencesResolved, "Unknown", "Policy "+team.name+"/granted is not there")
	policy := team.apply(t, "iam.Policy", "granted", policySpec("granted"))
	all := []object{policy, role, profile}
	for _, o := range all {
		o.wantOneCreate(t, o.awaitSynced(t))
	}
	policy.delete(t)
	policy.awaitPending(t, "iam.Policy/Await", "in use by role web") // and sends no delete
	role.delete(t)
	profile.delete(t)
	for _, o := range all {
		o.awaitGone(t)
	}
	if n := sampleOf("iam.Role").count(t, team.account) + sampleOf("iam.InstanceProfile").count(t, team.account) + len(w.policies(t, team.account)); n != 0 {
		t.Errorf("%d remain in AWS", n)
	}
}
