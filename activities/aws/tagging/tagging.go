// Package tagging compares and checks tags: the user's, ours, and AWS's own, which nobody changes.
package tagging

import (
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

// Reserved reports whether a key belongs to AWS: such tags are not compared, sent or removed. AWS
// reserves the prefix in any letter case.
func Reserved(key string) bool { return strings.HasPrefix(strings.ToLower(key), "aws:") }

// Ours reports whether a key is one of the owner tags.
func Ours(key string) bool {
	return strings.HasPrefix(key, resource.TagPrefix+"tack-") || strings.HasPrefix(key, resource.PlainTagPrefix+"tack-")
}

// added reports whether Tack adds a tag with that key: an owner tag, or one of the two that ACK adds too.
func added(key string) bool {
	return Ours(key) || key == resource.TagNamespace || key == resource.TagControllerVersion
}

// needed is how many tags of ours a resource must carry: the owner, and the uid with the
// incarnation.
const needed = 2

// Wanted returns the user's tags and ours. ACK's two tags only inform: Wanted omits them where the
// user's tags leave no room for them, or use their keys.
func Wanted(user []Tag, owner resource.Owner, incarnation int) map[string]string {
	tags := owner.Tags(incarnation)
	delete(tags, resource.TagNamespace)
	delete(tags, resource.TagControllerVersion)
	folded := map[string]bool{}
	for _, tag := range usable(user) {
		tags[tag.Key] = tag.Value
		folded[Folded(tag.Key)] = true
	}
	all := owner.Tags(incarnation)
	for _, key := range []string{resource.TagNamespace, resource.TagControllerVersion} {
		if len(tags) < maxTags && !folded[Folded(key)] { // equal keys to a role
			tags[key] = all[key]
		}
	}
	return tags
}

// Observed returns the user's tags, and the tags of Tack that a resource has: a comparison with them
// names no tag but the user's.
func Observed(user []Tag, got map[string]string) map[string]string {
	tags := map[string]string{}
	for key, value := range got {
		if added(key) {
			tags[key] = value
		}
	}
	for _, tag := range usable(user) {
		tags[tag.Key] = tag.Value
	}
	return tags
}

// usable returns the tags of a spec that AWS accepts: those that have a key which is not AWS's own.
func usable(user []Tag) []Tag {
	return slices.DeleteFunc(slices.Clone(user), func(tag Tag) bool { return tag.Key == "" || Reserved(tag.Key) })
}

// Describe returns a set of tags in words, for the summary of a step.
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
