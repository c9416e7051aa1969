package e2e

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// A foreign resource of IAM with the name of ours, which is gone, is left alone: its ARN equals
// ours, but its unique id or its date differs. It may carry the tag of another owner.
func TestReplacedBySomebody(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		s      sample
		spec   fields
		create func(*testing.T, *awsiam.Client, []iamtypes.Tag) error
		dated  bool // AWS shows no unique id, only when it was created
	}{
		"role": {s: sampleOf("iam.Role"), spec: fields{"name": "it", "assumeRolePolicyDocument": trustEC2}, create: func(t *testing.T, client *awsiam.Client, tags []iamtypes.Tag) error {
			_, err := client.CreateRole(t.Context(), &awsiam.CreateRoleInput{RoleName: aws.String("it"), AssumeRolePolicyDocument: aws.String(trustEC2), Tags: tags})
			return err
		}},
		"policy": {s: sampleOf("iam.Policy"), spec: policySpec("it"), create: func(t *testing.T, client *awsiam.Client, tags []iamtypes.Tag) error {
			_, err := client.CreatePolicy(t.Context(), &awsiam.CreatePolicyInput{PolicyName: aws.String("it"), PolicyDocument: aws.String(inlineWrite), Tags: tags})
			return err
		}},
		"profile": {s: sampleOf("iam.InstanceProfile"), spec: fields{"name": "it", "role": "first"}, create: func(t *testing.T, client *awsiam.Client, tags []iamtypes.Tag) error {
			_, err := client.CreateInstanceProfile(t.Context(), &awsiam.CreateInstanceProfileInput{InstanceProfileName: aws.String("it"), Tags: tags})
			return err
		}},
		"provider": {s: sampleOf("iam.OpenIDConnectProvider"), spec: sampleOf("iam.OpenIDConnectProvider").spec(), dated: true, create: func(t *testing.T, client *awsiam.Client, tags []iamtypes.Tag) error {
			_, err := client.CreateOpenIDConnectProvider(t.Context(), &awsiam.CreateOpenIDConnectProviderInput{Url: aws.String(providerURL), Tags: tags})
			return err
		}},
	} {
		another := "other/dev/" + test.s.kind + "/team/it"
		for owner, reported := range map[string]string{"": "already has this name and is not Tack's", another: "belongs to " + another} {
			t.Run(strings.TrimSpace(name+" "+strings.ReplaceAll(owner, "/", "-")), func(t *testing.T) {
				t.Parallel()
				team := newTeam(t)
				test.s.prepare(t, team)
				o := team.apply(t, test.s.kind, "it", test.spec)
				id := o.awaitSynced(t)
				w.result(t, o.ref)
				if test.dated { // a clock may differ by a minute: the object is older than that
					o.forge(t, func(claim *resource.Claim) { claim.Time = claim.Time.Add(-2 * time.Minute) })
				}
				cfg := w.config(t, team.account)
				if err := test.s.remove(t.Context(), cfg, id); err != nil {
					t.Fatal(err)
				}
				theirs := map[string]string{"whose": "theirs"}
				if owner != "" {
					theirs[resource.TagOwner] = owner
				}
				var tags []iamtypes.Tag
				for key, value := range theirs {
					tags = append(tags, iamtypes.Tag{Key: aws.String(key), Value: aws.String(value)})
				}
				if err := test.create(t, awsiam.NewFromConfig(cfg), tags); err != nil {
					t.Fatal(err)
				}
				mark := lastSeq(t)
				w.force(t, o.ref)
				o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", reported)
				o.delete(t)
				o.awaitGone(t)
				if diff := cmp.Diff(theirs, test.s.tags(t, team.account, id)); diff != "" {
					t.Errorf("the tags of theirs (-want +got):\n%s", diff)
				}
				for _, e := range o.entries(t, mark) {
					if e.Mutation {
						t.Errorf("%s was sent", e.Action)
					}
				}
			})
		}
	}
}
