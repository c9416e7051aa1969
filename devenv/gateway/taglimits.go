package gateway

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// The longest key and value of a tag, in characters, for EC2 and IAM alike.
const (
	maxTagKey   = 128
	maxTagValue = 256
)

// refuseTagLength refuses what EC2's moto takes. IAM words it by the pattern of
// its parameters.
func refuseTagLength(c *call, key, value string) *answer {
	part, text, limit := "", "", 0
	switch {
	case utf8.RuneCountInString(key) > maxTagKey:
		part, text, limit = "key", key, maxTagKey
	case utf8.RuneCountInString(value) > maxTagValue:
		part, text, limit = "value", value, maxTagValue
	default:
		return nil
	}
	if c.service == serviceIAM {
		return c.badRequest("ValidationError", "1 validation error detected: Value '%s' at 'tags.member.%s' failed to satisfy constraint: "+
			"Member must have length less than or equal to %d", text, part, limit)
	}
	return c.badRequest("InvalidParameterValue", "Tag %s exceeds the maximum length of %d characters", part, limit)
}

// foldTagKey is what makes a key unique: IAM doesn't look at its letter case.
func (c *call) foldTagKey(key string) string {
	if c.service == serviceIAM {
		return strings.ToLower(key)
	}
	return key
}

func refuseTwice(c *call, key string) *answer {
	if c.service == serviceIAM {
		return c.badRequest("InvalidInput", "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
	}
	return c.badRequest("InvalidParameterValue", "Duplicate tag key '%s' specified.", key)
}

// setTags refuses tags that, with those a resource of IAM has, are too many, and
// replaces a key in another letter case. Moto counts those of the request alone,
// and keeps both keys of a role or profile.
func setTags(param, list string) correction {
	return correction{
		before: func(x *exchange) *answer {
			has, refusal := x.tagKeys(param, list)
			if refusal != nil {
				return refusal
			}
			keys := map[string]bool{}
			for _, key := range append(has, x.tagsOfForm()...) {
				keys[x.foldTagKey(key)] = true
			}
			if len(keys) > maxTags {
				return refuseTagCount(x.call, len(keys))
			}
			return nil
		},
		after: func(x *exchange, a *answer) *answer {
			has, refusal := x.tagKeys(param, list)
			if refusal != nil {
				return refusal
			}
			form := url.Values{param: {x.form.Get(param)}}
			for _, key := range x.tagsOfForm() {
				for _, old := range has {
					if old != key && strings.EqualFold(old, key) {
						form.Set(fmt.Sprintf("TagKeys.member.%d", len(form)), old)
					}
				}
			}
			if len(form) == 1 {
				return a
			}
			if untagged := x.ask("Untag"+strings.TrimPrefix(x.action, "Tag"), form); !untagged.ok() {
				return untagged
			}
			return a
		},
	}
}

// removeTags finds keys without regard to letter case. Moto looks at it for a role
// or profile.
func removeTags(param, list string) correction {
	return correction{before: func(x *exchange) *answer {
		has, refusal := x.tagKeys(param, list)
		if refusal != nil {
			return refusal
		}
		for name, values := range x.form {
			if !strings.HasPrefix(name, "TagKeys.member.") {
				continue
			}
			for _, key := range has {
				if strings.EqualFold(key, values[0]) {
					values[0] = key
				}
			}
		}
		return nil
	}}
}

// tagKeys are the keys of the tags that a resource of IAM has.
func (x *exchange) tagKeys(param, list string) (keys []string, refusal *answer) {
	a := x.ask(list, url.Values{param: {x.form.Get(param)}, "MaxItems": {"1000"}})
	if !a.ok() {
		return nil, a
	}
	for _, r := range rowsOf(a.body) {
		// Of a tag itself: a profile's role has tags of its own.
		keys = append(keys, r.values["Key"]...)
	}
	return keys, nil
}

// tagsOfForm are the keys of the tags that the call sets.
func (x *exchange) tagsOfForm() (keys []string) {
	for param, values := range x.form {
		if tagKeyParam.MatchString(param) {
			keys = append(keys, values[0])
		}
	}
	return keys
}
