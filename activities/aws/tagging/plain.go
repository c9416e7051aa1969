package tagging

import (
	"maps"
	"regexp"
	"slices"

	"github.com/tack-dev/tack/resource"
)

// plainKey matches the keys that EC2 accepts for a tag that an instance's metadata shows: the key
// becomes part of a path there.
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html
var plainKey = regexp.MustCompile(`^[0-9a-zA-Z\-_+=,.@:]+$`)

// PlainKey reports whether an instance's metadata can show the tag.
func PlainKey(key string) bool {
	return plainKey.MatchString(key) && !slices.Contains([]string{".", "..", "_index"}, key)
}

// Plain gives our tags keys without a slash. It omits any other tag that has no such form, such as ACK's
// two, unless the user wrote it.
func Plain(tags map[string]string, user []Tag) map[string]string {
	tags = maps.Clone(tags)
	for key, plain := range map[string]string{resource.TagOwner: resource.PlainTagOwner, resource.TagUID: resource.PlainTagUID} {
		if value, there := tags[key]; there {
			tags[plain] = value
			delete(tags, key)
		}
	}
	maps.DeleteFunc(tags, func(key, _ string) bool {
		return !PlainKey(key) && !slices.ContainsFunc(user, func(t Tag) bool { return t.Key == key })
	})
	return tags
}
