package activities

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tack-dev/tack/resource"
)

// Tag is a tag as a user wrote it.
type Tag struct{ Key, Value string }

// AWS's limits, in characters and per resource.
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
)

// reserved says whether a key belongs to AWS: such tags are neither compared,
// nor sent, nor removed. AWS reserves the prefix in any letter case.
func reserved(key string) bool { return strings.HasPrefix(strings.ToLower(key), "aws:") }

// ours says whether a key is one of the ownership tags.
func ours(key string) bool { return strings.HasPrefix(key, resource.TagPrefix+"tack-") }

// checkTags finds what AWS would refuse about the tags of a spec.
func checkTags(tags []Tag) (invalid []Invalid) {
	seen := map[string]bool{}
	for i, tag := range tags {
		refuse := func(field, format string, args ...any) {
			invalid = append(invalid, Invalid{Path: fmt.Sprintf("spec.tags[%d].%s", i, field), Message: fmt.Sprintf(format, args...)})
		}
		switch n := len([]rune(tag.Key)); {
		case n == 0:
			refuse("key", "a tag needs a key")
		case n > maxTagKey:
			refuse("key", "has %d characters, AWS takes %d", n, maxTagKey)
		case ours(tag.Key):
			refuse("key", "%q is the name of an ownership tag: choose another", tag.Key)
		case seen[tag.Key]:
			refuse("key", "%q is there twice", tag.Key)
		}
		if n := len([]rune(tag.Value)); n > maxTagValue {
			refuse("value", "has %d characters, AWS takes %d", n, maxTagValue)
		}
		seen[tag.Key] = true
	}
	if room := maxTags - len(resource.Owner{}.Tags(1)); len(tags) > room {
		invalid = append(invalid, Invalid{Path: "spec.tags", Message: fmt.Sprintf("has %d tags, there is room for %d", len(tags), room)})
	}
	return invalid
}

// wantedTags are the user's tags and ours.
func wantedTags(user []Tag, owner resource.Owner, incarnation int) map[string]string {
	tags := owner.Tags(incarnation)
	for _, tag := range user {
		if !reserved(tag.Key) {
			tags[tag.Key] = tag.Value
		}
	}
	return tags
}

// TagChange compares the tags of a resource. Keys come sorted.
func TagChange(want, got map[string]string) (set map[string]string, remove []string) {
	set = map[string]string{}
	for key, value := range want {
		old, there := got[key]
		// Another version of the controller is no drift: it would write to every
		// resource at each upgrade.
		if there && (old == value || key == resource.TagControllerVersion) || reserved(key) {
			continue
		}
		set[key] = value
	}
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, wanted := want[key]; !wanted && !reserved(key) {
			remove = append(remove, key)
		}
	}
	return set, remove
}

// DescribeTags is a set of tags in words, for the summary of a step.
func DescribeTags(tags map[string]string) string {
	var words []string
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if ours(key) {
			continue
		}
		words = append(words, key+"="+tags[key])
	}
	if len(words) == 0 {
		return "ownership"
	}
	return strings.Join(words, ", ")
}
