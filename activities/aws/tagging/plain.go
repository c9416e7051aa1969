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

// Plain gives our tags keys without a slash. It omits ACK's two tags, which have no such form,
// unless the user wrote them.
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
