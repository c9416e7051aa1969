package iam

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
	iamv1alpha1 "github.com/tack-dev/tack/apis/iam/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// wantedTags returns the tags of a spec.
func wantedTags(tags []*iamv1alpha1.Tag) []tagging.Tag {
	var out []tagging.Tag
	for _, t := range tags {
		if t != nil {
			out = append(out, tagging.Tag{Key: aws.ToString(t.Key), Value: aws.ToString(t.Value)})
		}
	}
	return out
}

// tagMap returns the set of tags that AWS shows.
func tagMap(tags []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range tags {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// tagList returns a set of tags sorted by key, so that equal sets make equal requests.
func tagList(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return out
}

// checkTagKeys finds keys that differ only in case: IAM treats them as equal. Empty keys and
// AWS's own are never sent, so they pass.
func checkTagKeys(tags []*iamv1alpha1.Tag) (invalid []kind.Invalid) {
	seen := map[string]string{}
	for _, ours := range []string{resource.TagOwner, resource.TagUID, resource.TagIncarnation} {
		seen[ours] = ours
	}
	for i, t := range wantedTags(tags) {
		if t.Key == "" || tagging.Reserved(t.Key) {
			continue
		}
		folded := strings.ToLower(t.Key)
		if other, there := seen[folded]; there && other != t.Key {
			invalid = append(invalid, finding.New(fmt.Sprintf("spec.tags[%d].key", i), finding.Says(codeInput, duplicateTags),
				"%q is the same key as %q: IAM ignores the case of letters", t.Key, other))
		}
		seen[folded] = t.Key
	}
	return invalid
}

// planTags changes the tags of the case's resource from got to want.
func planTags(c kind.Case, got map[string]string, set func(map[string]string) resource.Step, remove func([]string) resource.Step) (steps []resource.Step) {
	want := c.Tags
	if slices.ContainsFunc(c.Done, func(d resource.Done) bool { return d.Verb == resource.VerbTag }) {
		want = asShown(want, got)
	}
	moves := tagging.Moves(want, got, tagging.Folded)
	for i, stage := range tagging.Stages(moves) {
		var step resource.Step
		if len(moves[i].Remove) > 0 {
			step = remove(moves[i].Remove)
		} else {
			step = set(moves[i].Set)
		}
		step.Stage, step.Path = stage, moves[i].Path()
		steps = append(steps, step)
	}
	return steps
}

// asShown returns want with keys in the letter case of got where the values agree. If the tags were
// already set in this pass, no further call brings them closer.
func asShown(want, got map[string]string) map[string]string {
	want = maps.Clone(want)
	for shown, value := range got {
		for key := range want {
			if key != shown && strings.EqualFold(key, shown) && want[key] == value {
				delete(want, key)
				want[shown] = value
			}
		}
	}
	return want
}
