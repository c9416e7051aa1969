package tagging

import (
	"maps"
	"regexp"
	"slices"

	"github.com/tack-dev/tack/resource"
)

// plainKey is what EC2 takes for the key of a tag that an instance's metadata
// shows: it becomes a part of a path there.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html
var plainKey = regexp.MustCompile(`^[0-9a-zA-Z\-_+=,.@:]+$`)

// PlainKey says whether an instance's metadata can show the tag.
func PlainKey(key string) bool {
	return plainKey.MatchString(key) && !slices.Contains([]string{".", "..", "_index"}, key)
}

// Plain gives our tags keys without a slash. ACK's two, which have no such form,
// stay away unless the user wrote them.
func Plain(tags map[string]string, user []Tag) map[string]string {
	tags = maps.Clone(tags)
	for key, plain := range map[string]string{resource.TagOwner: resource.PlainTagOwner, resource.TagUID: resource.PlainTagUID} {
		if value, there := tags[key]; there {
			tags[plain] = value
			delete(tags, key)
		}
	}
	for _, key := range []string{resource.TagControllerVersion, resource.TagNamespace} {
		if !slices.ContainsFunc(user, func(t Tag) bool { return t.Key == key }) {
			delete(tags, key)
		}
	}
	return tags
}
