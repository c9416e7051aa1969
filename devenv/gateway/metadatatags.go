package gateway

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// metadataTags is the parameter of launches and changes that has an instance's
// metadata show its tags.
const metadataTags = "InstanceMetadataTags"

// metadataKey is what the key of a tag must match that an instance's metadata
// shows: it is a part of a path there. Moto takes every key.
var metadataKey = regexp.MustCompile(`^[0-9a-zA-Z\-_+=,.@:]{1,255}$`)

// refuseMetadataKeys refuses keys that an instance's metadata cannot show, in AWS's
// words.
func (x *exchange) refuseMetadataKeys(keys []string) *answer {
	slices.Sort(keys)
	for _, key := range keys {
		if strings.HasPrefix(key, "aws:") || metadataKey.MatchString(key) && !slices.Contains([]string{".", "..", "_index"}, key) {
			continue
		}
		return x.badRequest("InvalidParameterValue", `'%s' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\-_+=,.@:]{1,255}), `+
			`and must not be a reserved name ('.', '..', '_index')`, key)
	}
	return nil
}

// launchMetadataTags checks the tags of a launch whose instance shows them: because
// the request says so, or else the account's default.
func (x *exchange) launchMetadataTags() *answer {
	const param = "MetadataOptions." + metadataTags
	if !x.form.Has(param) && x.moto.metadataTags[x.scoped("")] != "" {
		x.form.Set(param, x.moto.metadataTags[x.scoped("")])
	}
	if x.form.Get(param) != "enabled" {
		return nil
	}
	var keys []string
	for n := 1; hasPrefix(x.form, fmt.Sprintf("TagSpecification.%d.", n)); n++ {
		if x.form.Get(fmt.Sprintf("TagSpecification.%d.ResourceType", n)) != instanceType {
			continue
		}
		for t := 1; x.form.Has(fmt.Sprintf("TagSpecification.%d.Tag.%d.Key", n, t)); t++ {
			keys = append(keys, x.form.Get(fmt.Sprintf("TagSpecification.%d.Tag.%d.Key", n, t)))
		}
	}
	return x.refuseMetadataKeys(keys)
}

// createTags refuses keys that the metadata of a named instance cannot show.
var createTags = correction{before: func(x *exchange) *answer {
	for n := 1; x.form.Has(fmt.Sprintf("ResourceId.%d", n)); n++ {
		id := x.form.Get(fmt.Sprintf("ResourceId.%d", n))
		if !strings.HasPrefix(id, "i-") {
			continue
		}
		i, refusal := x.findInstance(id)
		if refusal != nil {
			return refusal
		}
		if i.text("metadataOptions/instanceMetadataTags") == "enabled" {
			if a := x.refuseMetadataKeys(x.tagsOfForm()); a != nil {
				return a
			}
		}
	}
	return nil
}}

// showMetadataTags refuses to show tags of which one has a key that cannot be shown.
func (x *exchange) showMetadataTags() *answer {
	if x.form.Get(metadataTags) != "enabled" {
		return nil
	}
	a := x.ask("DescribeTags", url.Values{"Filter.1.Name": {"resource-id"}, "Filter.1.Value.1": {x.form.Get("InstanceId")}})
	if !a.ok() {
		return a
	}
	return x.refuseMetadataKeys(elements(a.body, "item>key"))
}

// metadataDefaults keeps the account's default, which moto does not know.
var metadataDefaults = correction{before: func(x *exchange) *answer {
	switch value := x.form.Get(metadataTags); value {
	case "":
	case "no-preference":
		delete(x.moto.metadataTags, x.scoped(""))
	default:
		x.moto.metadataTags[x.scoped("")] = value
	}
	return x.answerTrue()
}}
