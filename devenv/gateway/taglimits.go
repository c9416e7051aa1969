package gateway

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const maxTags = 50

func refuseTagCount(c *call, n int) *answer {
	return c.refuse(http.StatusConflict, "LimitExceeded", fmt.Sprintf("%d tags are more than the %d of a resource", n, maxTags))
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
				keys[strings.ToLower(key)] = true
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
