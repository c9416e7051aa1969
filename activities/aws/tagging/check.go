package tagging

import (
	"fmt"
	"regexp"

	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/resource"
)

// Rules are what one service accepts as tags. The zero value is EC2's, which accepts any character:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
type Rules struct {
	Characters *regexp.Regexp // of a key and of a value that is not empty; nil: any
	// Fold returns a key in the form in which the service compares it; nil: Exact.
	Fold func(key string) string
	// Defaults are the tags that the installation adds: see With.
	Defaults []resource.DefaultTag
	// Answer returns AWS's answer to a tag that breaks a rule, by the tag's place in the list; nil:
	// EC2's answers.
	Answer func(Fault, int, Tag) finding.Answer
}

// With returns the rules for the tags of an object to which its installation adds some; nil: ACK's.
func (r Rules) With(defaults []resource.DefaultTag) Rules {
	r.Defaults = defaults
	return r
}

// Fault is the rule that a tag breaks.
type Fault string

// The faults for which AWS refuses a tag.
const (
	LongKey         Fault = "long key"
	LongValue       Fault = "long value"
	KeyCharacters   Fault = "characters of the key"
	ValueCharacters Fault = "characters of the value"
	Twice           Fault = "twice"
	Many            Fault = "more than a resource has"
)

// Check finds what AWS would refuse about the tags of a spec, with the path of the field. Tags
// without a key and AWS's own tags are never sent, so they pass. A tag that appears twice with
// the same value is sent once, so it passes too.
func Check(tags []Tag, rules Rules, refuse func(finding.Finding)) {
	if rules.Answer == nil {
		rules.Answer = answerOfEC2
	}
	seen := map[string]string{}
	for i, tag := range tags {
		if tag.Key == "" || Reserved(tag.Key) {
			continue
		}
		say := func(field string, fault Fault, format string, args ...any) {
			refuse(finding.New(fmt.Sprintf("spec.tags[%d].%s", i, field), rules.Answer(fault, i, tag), format, args...))
		}
		switch n := len([]rune(tag.Key)); {
		case n > maxTagKey:
			say("key", LongKey, "has %d characters, AWS allows %d", n, maxTagKey)
		case Ours(tag.Key):
			refuse(finding.New(fmt.Sprintf("spec.tags[%d].key", i), finding.Silent(finding.OurRule), "%q is the name of an owner tag: choose another", tag.Key))
		case differs(seen, tag):
			say("key", Twice, "%q is there twice", tag.Key)
		case !rules.take(tag.Key):
			say("key", KeyCharacters, "%q has characters other than letters, digits, spaces and _.:/=+-@", tag.Key)
		}
		switch n := len([]rune(tag.Value)); {
		case n > maxTagValue:
			say("value", LongValue, "has %d characters, AWS allows %d", n, maxTagValue)
		case !rules.take(tag.Value):
			say("value", ValueCharacters, "%q has characters other than letters, digits, spaces and _.:/=+-@", tag.Value)
		}
		seen[tag.Key] = tag.Value
	}
	defaults := required(rules.Defaults, tags)
	if room := maxTags - needed - defaults; len(seen) > room {
		others := "and two name the owner of the resource"
		if defaults > 0 {
			others = fmt.Sprintf("two name the owner of the resource, and --resource-tags of the bridge names %d", defaults)
		}
		refuse(finding.New("spec.tags", rules.Answer(Many, 0, Tag{}),
			"has %d tags, %d are possible: AWS allows %d, %s", len(seen), room, maxTags, others))
	}
}

// required returns how many default tags a resource with these tags of a user needs room for.
func required(defaults []resource.DefaultTag, user []Tag) (n int) {
	for _, tag := range Added(defaults, user) {
		if !resource.Informs(tag.Key) {
			n++
		}
	}
	return n
}

// differs says whether a tag has another value than the one of its key before it.
func differs(seen map[string]string, tag Tag) bool {
	value, there := seen[tag.Key]
	return there && value != tag.Value
}

// fold returns how the service compares keys.
func (r Rules) fold() func(string) string {
	if r.Fold == nil {
		return Exact
	}
	return r.Fold
}

func (r Rules) take(text string) bool {
	return text == "" || r.Characters == nil || r.Characters.MatchString(text)
}

// answerOfEC2 returns the answers of CreateTags and TagSpecifications. The codes are those of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, which names none for
// lengths. For those, the answer is the one to any bad value.
func answerOfEC2(fault Fault, _ int, tag Tag) finding.Answer {
	switch fault {
	case Twice:
		return finding.Says("InvalidParameterValue", "Duplicate tag key '%s' specified.", tag.Key)
	case Many:
		return finding.Says("TagLimitExceeded", "You've reached the limit on the number of tags that you can assign to the specified resource.")
	case LongKey:
		return finding.Says("InvalidParameterValue", "Tag key exceeds the maximum length of %d characters", maxTagKey)
	case LongValue:
		return finding.Says("InvalidParameterValue", "Tag value exceeds the maximum length of %d characters", maxTagValue)
	case KeyCharacters, ValueCharacters: // EC2 accepts any character
	}
	return finding.Silent(finding.Undocumented)
}

// Advise names the tags of a spec that are left out. AWS refuses the whole request if a tag has no key;
// ACK leaves out a tag whose key is not set.
func Advise(tags []Tag) (advice []resource.Advice) {
	for i, tag := range tags {
		if tag.Key == "" {
			advice = append(advice, resource.Advice{Reason: resource.ReasonTagWithoutKey, Message: fmt.Sprintf(
				"spec.tags[%d]: has no key and is ignored: give it a key, or remove it", i)})
		}
	}
	return append(advice, AdviseReserved("spec.tags", tags)...)
}

// AdviseReserved names AWS's own tags in a list at a path: they are left out, because AWS refuses a
// request that sets or removes one.
func AdviseReserved(path string, tags []Tag) (advice []resource.Advice) {
	for i, tag := range tags {
		if Reserved(tag.Key) {
			advice = append(advice, resource.Advice{Reason: resource.ReasonSystemTagIgnored, Message: fmt.Sprintf(
				"%s[%d].key: %q is ignored, because only AWS sets and removes keys that begin with aws: remove the tag from the spec", path, i, tag.Key)})
		}
	}
	return advice
}
