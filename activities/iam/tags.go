package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities"
	"github.com/tack-dev/tack/activities/tagging"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// wantedTags are the tags of a spec.
func wantedTags(tags []*iamv1alpha1.Tag) []tagging.Tag {
	var out []tagging.Tag
	for _, t := range tags {
		if t != nil {
			out = append(out, tagging.Tag{Key: aws.ToString(t.Key), Value: aws.ToString(t.Value)})
		}
	}
	return out
}

// tagMap is the set of tags that AWS shows.
func tagMap(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// tagList is a set of tags sorted by key, so that equal sets make equal requests.
func tagList(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return out
}

// checkTagKeys finds keys that differ in case only: to IAM they are the same.
func checkTagKeys(tags []*iamv1alpha1.Tag) (invalid []activities.Invalid) {
	seen := map[string]string{}
	for i, t := range wantedTags(tags) {
		folded := strings.ToLower(t.Key)
		if other, there := seen[folded]; there && other != t.Key {
			invalid = append(invalid, activities.Invalid{
				Path:    fmt.Sprintf("spec.tags[%d].key", i),
				Message: fmt.Sprintf("to IAM %q is the same key as %q", t.Key, other),
			})
		}
		seen[folded] = t.Key
	}
	return invalid
}

// planTags sets what differs, then removes what is not wanted. A key that comes
// back in another case is removed first: IAM would take the new one for the old.
func planTags(want, got map[string]string, set func(map[string]string) resource.Step, remove func([]string) resource.Step) []resource.Step {
	changed, surplus := tagging.Change(want, got)
	recased := slices.ContainsFunc(surplus, func(key string) bool {
		for other := range changed {
			if strings.EqualFold(key, other) {
				return true
			}
		}
		return false
	})
	var steps []resource.Step
	if len(changed) > 0 {
		step := set(changed)
		if recased {
			step.Stage = 1
		}
		steps = append(steps, step)
	}
	if len(surplus) > 0 {
		step := remove(surplus)
		if !recased {
			step.Stage = 1
		}
		steps = append(steps, step)
	}
	return steps
}
