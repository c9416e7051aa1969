package iam

import (
	"fmt"
	"regexp"

	"github.com/tack-dev/tack/activities/tagging"
)

// tagRules are IAM's, with the answers that its validation gives. It names a tag by
// its place in the request, which is not the one in the spec.
// Pattern and lengths: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
var tagRules = tagging.Rules{Characters: regexp.MustCompile(`^` + tagCharacters + `+$`), Answer: tagAnswer}

const tagCharacters = `[\p{L}\p{Z}\p{N}_.:/=+\-@]`

func tagAnswer(fault tagging.Fault, i int, tag tagging.Tag) (code, message string) {
	unmet := func(field, value, constraint string) (string, string) {
		return "ValidationError", fmt.Sprintf("1 validation error detected: Value '%s' at 'tags.%d.member.%s' failed to satisfy constraint: Member must %s",
			value, i+1, field, constraint)
	}
	switch fault {
	case tagging.LongKey:
		return unmet("key", tag.Key, "have length less than or equal to 128")
	case tagging.LongValue:
		return unmet("value", tag.Value, "have length less than or equal to 256")
	case tagging.KeyCharacters:
		return unmet("key", tag.Key, "satisfy regular expression pattern: "+tagCharacters+"+")
	case tagging.ValueCharacters:
		return unmet("value", tag.Value, "satisfy regular expression pattern: "+tagCharacters+"*")
	case tagging.Twice:
	}
	return codeInput, duplicateTags
}

// codeInput and duplicateTags are what IAM answers to keys that are the same to it.
const (
	codeInput     = "InvalidInput"
	duplicateTags = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
)
