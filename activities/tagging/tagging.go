// Package tagging compares and checks tags: the user's, ours, and those of AWS, which
// nobody touches.
package tagging

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

// Ours says whether a key is one of the ownership tags.
func Ours(key string) bool {
	return strings.HasPrefix(key, resource.TagPrefix+"tack-") || strings.HasPrefix(key, resource.PlainTagPrefix+"tack-")
}

// Check finds what AWS would refuse about the tags of a spec, and tells it with
// the path of the field.
func Check(tags []Tag, refuse func(path, message string)) {
	seen := map[string]bool{}
	for i, tag := range tags {
		say := func(field, format string, args ...any) {
			refuse(fmt.Sprintf("spec.tags[%d].%s", i, field), fmt.Sprintf(format, args...))
		}
		switch n := len([]rune(tag.Key)); {
		case n == 0:
			say("key", "a tag needs a key")
		case n > maxTagKey:
			say("key", "has %d characters, AWS takes %d", n, maxTagKey)
		case Ours(tag.Key):
			say("key", "%q is the name of an ownership tag: choose another", tag.Key)
		case seen[tag.Key]:
			say("key", "%q is there twice", tag.Key)
		}
		if n := len([]rune(tag.Value)); n > maxTagValue {
			say("value", "has %d characters, AWS takes %d", n, maxTagValue)
		}
		seen[tag.Key] = true
	}
	theirs := 0
	for key := range seen {
		if !reserved(key) {
			theirs++
		}
	}
	if room := maxTags - needed; theirs > room {
		refuse("spec.tags", fmt.Sprintf("has %d tags, there is room for %d: AWS takes %d, and two tell whose the resource is", theirs, room, maxTags))
	}
}

// needed is how many tags of ours a resource must carry: the owner, and the uid
// with the incarnation.
const needed = 2

// Wanted are the user's tags and ours. ACK's two, which only inform, stay away
// where the user's tags leave no room for them, or have their keys.
func Wanted(user []Tag, owner resource.Owner, incarnation int) map[string]string {
	tags := owner.Tags(incarnation)
	delete(tags, resource.TagNamespace)
	delete(tags, resource.TagControllerVersion)
	folded := map[string]bool{}
	for _, tag := range user {
		if !reserved(tag.Key) {
			tags[tag.Key] = tag.Value
			folded[Folded(tag.Key)] = true
		}
	}
	all := owner.Tags(incarnation)
	for _, key := range []string{resource.TagNamespace, resource.TagControllerVersion} {
		if len(tags) < maxTags && !folded[Folded(key)] { // to IAM it would be the same key
			tags[key] = all[key]
		}
	}
	return tags
}

// Describe is a set of tags in words, for the summary of a step.
func Describe(tags map[string]string) string {
	var words []string
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		if Ours(key) {
			continue
		}
		words = append(words, key+"="+tags[key])
	}
	if len(words) == 0 {
		return "ownership"
	}
	return strings.Join(words, ", ")
}
