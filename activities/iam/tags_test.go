package iam

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

func TestCheckTagKeys(t *testing.T) {
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
		f.checkTagKeys(test.spec)
		if diff := cmp.Diff(test.want, f.All); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
