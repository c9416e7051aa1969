package gateway

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// tagCreated sets the tags of a create that moto drops there. It happens under
// the same lock, so that nobody sees the resource without them.
func tagCreated(x *exchange, a *answer) *answer {
	ids := createdResources(x.call, a)
	form, n := url.Values{}, 0
	for key := range x.form {
		if m := tagKeyParam.FindStringSubmatch(key); m == nil || !strings.HasPrefix(key, "TagSpecification") {
			continue
		}
		n++
		form.Set(fmt.Sprintf("Tag.%d.Key", n), x.form.Get(key))
		form.Set(fmt.Sprintf("Tag.%d.Value", n), x.form.Get(strings.TrimSuffix(key, "Key")+"Value"))
	}
	if n == 0 || len(ids) == 0 {
		return a
	}
	form.Set("ResourceId.1", ids[0])
	if tagged := x.ask("CreateTags", form); !tagged.ok() {
		return tagged
	}
	return withTags(a, form, n)
}

// withTags shows the tags in the create's own answer, where moto leaves an
// empty tagSet.
func withTags(a *answer, form url.Values, n int) *answer {
	var tags strings.Builder
	tags.WriteString("<tagSet>")
	for i := 1; i <= n; i++ {
		tags.WriteString("<item>")
		for element, param := range map[string]string{"key": "Key", "value": "Value"} {
			fmt.Fprintf(&tags, "<%s>", element)
			// A strings.Builder takes every write.
			_ = xml.EscapeText(&tags, []byte(form.Get(fmt.Sprintf("Tag.%d.%s", i, param))))
			fmt.Fprintf(&tags, "</%s>", element)
		}
		tags.WriteString("</item>")
	}
	tags.WriteString("</tagSet>")
	body := string(a.body)
	for _, empty := range []string{"<tagSet/>", "<tagSet />", "<tagSet></tagSet>"} {
		if strings.Contains(body, empty) {
			return &answer{status: a.status, body: []byte(strings.Replace(body, empty, tags.String(), 1))}
		}
	}
	return a
}

// checkTagTypes refuses tags for other types of resources than the create
// makes. Moto drops them without a word.
func (x *exchange) checkTagTypes(made ...string) *answer {
	for i := 1; ; i++ {
		prefix := fmt.Sprintf("TagSpecification.%d.", i)
		if !hasPrefix(x.form, prefix) {
			return nil
		}
		if got := x.form.Get(prefix + "ResourceType"); !slices.Contains(made, got) {
			return x.badRequest("InvalidParameterValue", "'%s' is not a valid taggable resource type for this operation.", got)
		}
	}
}
