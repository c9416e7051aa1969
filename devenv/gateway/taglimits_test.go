package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
)

func TestLongAndDoubleTags(t *testing.T) {
	a := newAccount(t)
	subnet := a.baseSubnet()
	a.call(serviceIAM, "Action", "CreateUser", "UserName", "long-tags")
	long := func(n int) string { return strings.Repeat("ü", n) }
	for name, c := range map[string]struct{ key, value, other, ec2, iam string }{
		"the longest":    {long(128), long(256), "b", "", ""},
		"a long key":     {long(129), "v", "b", "InvalidParameterValue", "ValidationError"},
		"a long value":   {"k", long(257), "b", "InvalidParameterValue", "ValidationError"},
		"a key twice":    {"k", "v", "k", "InvalidParameterValue", "InvalidInput"},
		"in other cases": {"k", "v", "K", "", "InvalidInput"},
	} {
		got := a.call(serviceEC2, "Action", "CreateTags", "ResourceId.1", subnet, "Tag.1.Key", c.key, "Tag.1.Value", c.value, "Tag.2.Key", c.other, "Tag.2.Value", "")
		if got.code != c.ec2 {
			t.Errorf("%s: EC2 says %q, want %q", name, got.code, c.ec2)
		}
		got = a.call(serviceIAM, "Action", "TagUser", "UserName", "long-tags",
			"Tags.member.1.Key", c.key, "Tags.member.1.Value", c.value, "Tags.member.2.Key", c.other, "Tags.member.2.Value", "")
		if got.code != c.iam {
			t.Errorf("%s: IAM says %q, want %q", name, got.code, c.iam)
		}
	}
	// Two resources may have the same key.
	got := a.call(serviceEC2, "Action", "CreateVpc", "CidrBlock", "10.0.0.0/16",
		"TagSpecification.1.ResourceType", "vpc", "TagSpecification.1.Tag.1.Key", "k", "TagSpecification.1.Tag.1.Value", "v",
		"TagSpecification.2.ResourceType", "vpc", "TagSpecification.2.Tag.1.Key", "k", "TagSpecification.2.Tag.1.Value", "v")
	if got.code != "" {
		t.Errorf("two specifications got %+v", got)
	}
}

func TestTagQuota(t *testing.T) {
	a := newAccount(t)
	a.role("r") // with the tag k=v
	arn := a.policy("p")
	must[*iam.CreateInstanceProfileOutput](a)(a.iam.CreateInstanceProfile(a.ctx(), &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("i")}))
	must[*iam.AddRoleToInstanceProfileOutput](a)(a.iam.AddRoleToInstanceProfile(a.ctx(), &iam.AddRoleToInstanceProfileInput{InstanceProfileName: aws.String("i"), RoleName: aws.String("r")}))
	vpc := a.vpc()
	tag := func(from, n int) (out []types.Tag) {
		for i := range n {
			out = append(out, types.Tag{Key: aws.String(fmt.Sprint("key", from+i)), Value: aws.String("v")})
		}
		return out
	}
	for what, set := range map[string]func(tags []types.Tag) error{
		"role": func(tags []types.Tag) error {
			_, err := a.iam.TagRole(a.ctx(), &iam.TagRoleInput{RoleName: aws.String("r"), Tags: tags})
			return err
		},
		"policy": func(tags []types.Tag) error {
			_, err := a.iam.TagPolicy(a.ctx(), &iam.TagPolicyInput{PolicyArn: arn, Tags: tags})
			return err
		},
		"profile": func(tags []types.Tag) error {
			_, err := a.iam.TagInstanceProfile(a.ctx(), &iam.TagInstanceProfileInput{InstanceProfileName: aws.String("i"), Tags: tags})
			return err
		},
	} {
		if err := set(tag(0, 45)); err != nil {
			t.Fatal(err)
		}
		a.wantRefused("too many tags of a "+what, set(tag(45, 6)), http.StatusConflict, "LimitExceeded")
		if err := set(tag(41, 8)); err != nil { // four of them exist
			t.Errorf("tags up to the limit of a %s: %v", what, err)
		}
	}
	more := func(from int) error {
		var tags []ec2types.Tag
		for _, t := range tag(from, 40) {
			tags = append(tags, ec2types.Tag{Key: t.Key, Value: t.Value})
		}
		_, err := a.ec2.CreateTags(a.ctx(), &ec2.CreateTagsInput{Resources: []string{vpc}, Tags: tags})
		return err
	}
	if err := more(0); err != nil {
		t.Fatal(err)
	}
	a.wantRefused("too many tags of a VPC", more(40), http.StatusBadRequest, "TagLimitExceeded")
}

// IAM ignores the letter case of a tag's key on a role. A key in another case replaces the existing
// one, and each case removes it. On a policy and an instance profile, the two are different keys.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#case-sensitivity
func TestTagKeysInAnotherCase(t *testing.T) {
	a := newAccount(t)
	a.role("r") // with the tag k=v
	lower, upper := []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}, []types.Tag{{Key: aws.String("K"), Value: aws.String("w")}}
	arn := a.policy("p")
	must[*iam.TagPolicyOutput](a)(a.iam.TagPolicy(a.ctx(), &iam.TagPolicyInput{PolicyArn: arn, Tags: lower}))
	must[*iam.CreateInstanceProfileOutput](a)(a.iam.CreateInstanceProfile(a.ctx(), &iam.CreateInstanceProfileInput{InstanceProfileName: aws.String("i"), Tags: lower}))
	shown := func() (out [3][]string) {
		for i, tags := range [][]types.Tag{
			must[*iam.GetRoleOutput](a)(a.iam.GetRole(a.ctx(), &iam.GetRoleInput{RoleName: aws.String("r")})).Role.Tags,
			must[*iam.GetPolicyOutput](a)(a.iam.GetPolicy(a.ctx(), &iam.GetPolicyInput{PolicyArn: arn})).Policy.Tags,
			must[*iam.GetInstanceProfileOutput](a)(a.iam.GetInstanceProfile(a.ctx(), &iam.GetInstanceProfileInput{InstanceProfileName: aws.String("i")})).InstanceProfile.Tags,
		} {
			for _, tag := range tags {
				out[i] = append(out[i], *tag.Key+"="+*tag.Value)
			}
			slices.Sort(out[i])
		}
		return out
	}
	must[*iam.TagRoleOutput](a)(a.iam.TagRole(a.ctx(), &iam.TagRoleInput{RoleName: aws.String("r"), Tags: upper}))
	must[*iam.TagPolicyOutput](a)(a.iam.TagPolicy(a.ctx(), &iam.TagPolicyInput{PolicyArn: arn, Tags: upper}))
	must[*iam.TagInstanceProfileOutput](a)(a.iam.TagInstanceProfile(a.ctx(), &iam.TagInstanceProfileInput{InstanceProfileName: aws.String("i"), Tags: upper}))
	if diff := cmp.Diff([3][]string{{"K=w"}, {"K=w", "k=v"}, {"K=w", "k=v"}}, shown()); diff != "" {
		t.Errorf("set in another case (-want +got):\n%s", diff)
	}
	keys := []string{"k"}
	must[*iam.UntagRoleOutput](a)(a.iam.UntagRole(a.ctx(), &iam.UntagRoleInput{RoleName: aws.String("r"), TagKeys: keys}))
	must[*iam.UntagPolicyOutput](a)(a.iam.UntagPolicy(a.ctx(), &iam.UntagPolicyInput{PolicyArn: arn, TagKeys: keys}))
	must[*iam.UntagInstanceProfileOutput](a)(a.iam.UntagInstanceProfile(a.ctx(), &iam.UntagInstanceProfileInput{InstanceProfileName: aws.String("i"), TagKeys: keys}))
	if diff := cmp.Diff([3][]string{nil, {"K=w"}, {"K=w"}}, shown()); diff != "" {
		t.Errorf("removed by the other case (-want +got):\n%s", diff)
	}
	_, err := a.iam.CreateRole(a.ctx(), &iam.CreateRoleInput{RoleName: aws.String("two"), AssumeRolePolicyDocument: aws.String("{}"), Tags: slices.Concat(lower, upper)})
	a.wantRefused("a role with both", err, http.StatusBadRequest, "InvalidInput")
	must[*iam.CreatePolicyOutput](a)(a.iam.CreatePolicy(a.ctx(), &iam.CreatePolicyInput{
		PolicyName: aws.String("two"), PolicyDocument: aws.String(policyDocument), Tags: slices.Concat(lower, upper),
	}))
}
