package gateway

import (
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

// keepTagQuota refuses tags that, with those a resource of IAM has, are too
// many. Moto counts those of the request alone.
func keepTagQuota(param, list string) correction {
	return correction{before: func(x *exchange) *answer {
		a := x.ask(list, url.Values{param: {x.form.Get(param)}, "MaxItems": {"1000"}})
		if !a.ok() {
			return a
		}
		keys := map[string]bool{}
		for _, r := range rowsOf(a.body) {
			// Of a tag itself: a profile's role has tags of its own.
			for _, key := range r.values["Key"] {
				keys[x.foldTagKey(key)] = true
			}
		}
		for tag, values := range x.form {
			if tagKeyParam.MatchString(tag) {
				keys[x.foldTagKey(values[0])] = true
			}
		}
		if len(keys) > maxTags {
			return refuseTagCount(x.call, len(keys))
		}
		return nil
	}}
}
