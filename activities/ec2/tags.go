package ec2

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	tag   kind.Verb[awsec2.CreateTagsInput] = "Tag"
	untag kind.Verb[awsec2.DeleteTagsInput] = "Untag"
)

// tagCalls returns the calls that every kind of EC2 has.
func tagCalls() []kind.Call[*awsec2.Client] {
	return []kind.Call[*awsec2.Client]{
		kind.Bind(tag, (*awsec2.Client).CreateTags),
		kind.Bind(untag, (*awsec2.Client).DeleteTags),
	}
}

// wantedTags returns the tags of a spec.
func wantedTags(tags []*ec2v1alpha1.Tag) []tagging.Tag {
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

// tagsAtCreate tags the resource in the create itself, so that it is never without its tags.
func tagsAtCreate(kind types.ResourceType, tags map[string]string) []types.TagSpecification {
	return []types.TagSpecification{{ResourceType: kind, Tags: tagList(tags)}}
}

// planTags changes the tags from got to want.
func planTags(id string, want, got map[string]string) (steps []resource.Step) {
	moves := tagging.Moves(want, got, tagging.Exact)
	for i, stage := range tagging.Stages(moves) {
		move := moves[i]
		step := tag.Step("tag "+tagging.Describe(move.Set), awsec2.CreateTagsInput{Resources: []string{id}, Tags: tagList(move.Set)})
		if len(move.Remove) > 0 {
			step = planUntag(id, move.Remove)
		}
		step.Stage, step.Path = stage, move.Path()
		steps = append(steps, step)
	}
	return steps
}

// planUntag removes at least one tag: a request without keys would remove them all.
func planUntag(id string, keys []string) resource.Step {
	var tags []types.Tag
	for _, key := range keys {
		tags = append(tags, types.Tag{Key: aws.String(key)})
	}
	return untag.Step("remove the tags "+strings.Join(keys, ", "), awsec2.DeleteTagsInput{Resources: []string{id}, Tags: tags})
}

// wildcards escapes the characters that a filter would treat as patterns.
var wildcards = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`)

// ownedBy selects by ownership.
func ownedBy(o resource.Owner) types.Filter {
	return filter("tag:"+resource.TagOwner, wildcards.Replace(o.Tag()))
}

// sought selects the resource of a query: by its id, with the filter idFilter, otherwise by
// ownership.
func sought[W any](q kind.Query[W], idFilter string) types.Filter {
	if q.ID != "" {
		return filter(idFilter, q.ID)
	}
	return ownedBy(q.Owner)
}

// latest returns the newest incarnation that a look-up by ownership found: an older one may still
// be visible during its deletion.
func latest[T any](found []T, tags func(T) []types.Tag) *T {
	var out *T
	highest := -1
	for i := range found {
		if n := resource.OwnershipOf(tagMap(tags(found[i]))).Incarnation; n > highest {
			out, highest = &found[i], n
		}
	}
	return out
}
