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
	return Ours(key) || resource.Informs(key)
}

// needed is how many tags of ours a resource must carry: the owner, and the uid with the
// incarnation.
const needed = 2

// Wanted returns the user's tags, the default tags of the installation and ours; without defaults, ACK's
// two are the default. A tag of the user wins over a default tag with its key. Tags that only inform are
// left out where the others leave no room for them.
func Wanted(user []Tag, owner resource.Owner, incarnation int, defaults []resource.DefaultTag) map[string]string {
	if defaults == nil {
		defaults = owner.ACKTags()
	}
	tags := owner.Tags(incarnation)
	for _, tag := range usable(user) {
		tags[tag.Key] = tag.Value
	}
	var informing []resource.DefaultTag
	for _, tag := range Added(defaults, user) {
		if resource.Informs(tag.Key) {
			informing = append(informing, tag)
		} else {
			tags[tag.Key] = tag.Value
		}
	}
	for _, tag := range informing[:max(0, min(len(informing), maxTags-len(tags)))] {
		tags[tag.Key] = tag.Value
	}
	return tags
}

// Added returns the default tags whose keys are not the user's. IAM ignores the letter case of the keys of
// a role, so it does not count here either.
func Added(defaults []resource.DefaultTag, user []Tag) []resource.DefaultTag {
	users := map[string]bool{}
	for _, tag := range usable(user) {
		users[Folded(tag.Key)] = true
	}
	return slices.DeleteFunc(slices.Clone(defaults), func(d resource.DefaultTag) bool { return users[Folded(d.Key)] })
}

// Observed returns the user's tags, and those that a resource has from Tack or its installation: a
// comparison with them names no tag but the user's.
func Observed(user []Tag, got map[string]string, defaults []resource.DefaultTag) map[string]string {
	tags := map[string]string{}
	for key, value := range got {
		if added(key) || slices.ContainsFunc(defaults, func(d resource.DefaultTag) bool { return d.Key == key }) {
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
