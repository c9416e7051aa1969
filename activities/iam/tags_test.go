package iam

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// A key whose letter case AWS keeps is set only once in a pass.
func TestTagKeyThatKeepsItsCase(t *testing.T) {
	c := kind.Case{Tags: map[string]string{"env": "dev", "team": "b"}}
	plan := func() (sets []map[string]string) {
		planTags(c, map[string]string{"Env": "dev", "Team": "a"},
			func(tags map[string]string) resource.Step { sets = append(sets, tags); return resource.Step{} },
			func(keys []string) resource.Step { t.Errorf("%v are removed", keys); return resource.Step{} })
		return sets
	}
	if diff := cmp.Diff([]map[string]string{{"env": "dev", "team": "b"}}, plan()); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	c.Done = []resource.Done{{Verb: resource.VerbTag}}
	if diff := cmp.Diff([]map[string]string{{"team": "b"}}, plan()); diff != "" {
		t.Errorf("once set (-want +got):\n%s", diff)
	}
}

func TestCheckTagKeys(t *testing.T) {
	tags := func(keys ...string) (out []*iamv1alpha1.Tag) {
		for _, key := range keys {
			out = append(out, &iamv1alpha1.Tag{Key: aws.String(key)})
		}
		return out
	}
	for name, test := range map[string]struct {
		tags []*iamv1alpha1.Tag
		want []kind.Invalid
	}{
		"others":       {tags("a", "b", resource.TagNamespace), nil},
		"not sent":     {tags("aws:a", "AWS:a", "", ""), nil},
		"in two cases": {tags("a", "A"), []kind.Invalid{{Path: "spec.tags[1].key", Message: `"A" is the same key as "a": IAM ignores the case of letters`, Code: codeInput, Answer: duplicateTags}}},
		"ours in other case": {tags("Services.k8s.aws/Tack-Owner"), []kind.Invalid{{
			Path: "spec.tags[0].key", Message: `"Services.k8s.aws/Tack-Owner" is the same key as "services.k8s.aws/tack-owner": IAM ignores the case of letters`, Code: codeInput, Answer: duplicateTags,
		}}},
	} {
		if diff := cmp.Diff(test.want, checkTagKeys(test.tags)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
