// Package tags holds how EC2 carries tags, alike for every kind.
package tags

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/tagging"
)

// Calls are the two operations that change the tags of any resource of EC2.
var Calls = call.BindTags(
	(*awsec2.Client).CreateTags, func(id string, tags map[string]string) awsec2.CreateTagsInput {
		return awsec2.CreateTagsInput{Resources: []string{id}, Tags: List(tags)}
	},
	(*awsec2.Client).DeleteTags, func(id string, keys []string) awsec2.DeleteTagsInput {
		in := awsec2.DeleteTagsInput{Resources: []string{id}}
		for _, key := range keys {
			in.Tags = append(in.Tags, types.Tag{Key: aws.String(key)})
		}
		return in
	},
	tagging.Rules{},
)

// Of returns the set of tags that AWS shows.
func Of(shown []types.Tag) map[string]string {
	out := map[string]string{}
	for _, t := range shown {
		out[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return out
}

// List returns a set of tags sorted by key, so that equal sets make equal requests.
func List(tags map[string]string) []types.Tag {
	var out []types.Tag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out = append(out, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return out
}

// AtCreate tags the resource in the create itself, so that it is never without its tags.
func AtCreate(kind types.ResourceType, tags map[string]string) []types.TagSpecification {
	return []types.TagSpecification{{ResourceType: kind, Tags: List(tags)}}
}
