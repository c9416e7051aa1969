package iam

import (
	"fmt"
	"regexp"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/finding"
)

// tagRules are IAM's, with the answers of its validation. IAM names a tag by its place in the
// request, which differs from its place in the spec.
// Pattern and lengths: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
var tagRules = tagging.Rules{Characters: regexp.MustCompile(`^` + tagCharacters + `+$`), Answer: tagAnswer}

// roleTagRules are those of a role: IAM ignores letter case in the keys of roles and users, and in
// no others.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#case-sensitivity
var roleTagRules = func() tagging.Rules {
	rules := tagRules
	rules.Fold = tagging.Folded
	return rules
}()

const tagCharacters = `[\p{L}\p{Z}\p{N}_.:/=+\-@]`

func tagAnswer(fault tagging.Fault, i int, tag tagging.Tag) finding.Answer {
	at := func(field string) string { return fmt.Sprintf("tags.%d.member.%s", i+1, field) }
	switch fault {
	case tagging.LongKey:
		return unmet(at("key"), tag.Key, "have length less than or equal to 128")
	case tagging.LongValue:
		return unmet(at("value"), tag.Value, "have length less than or equal to 256")
	case tagging.KeyCharacters:
		return unmet(at("key"), tag.Key, "satisfy regular expression pattern: "+tagCharacters+"+")
	case tagging.ValueCharacters:
		return unmet(at("value"), tag.Value, "satisfy regular expression pattern: "+tagCharacters+"*")
	case tagging.Many:
		return finding.Says(codeLimit, "The number of tags has reached the maximum limit.")
	case tagging.Twice:
	}
	return finding.Says(codeInput, duplicateTags)
}

// codeLimit is IAM's code for a value above a limit:
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagRole.html
const codeLimit = "LimitExceeded"

// codeInput and duplicateTags are IAM's answer to keys that it treats as equal.
const (
	codeInput     = "InvalidInput"
	duplicateTags = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
)
