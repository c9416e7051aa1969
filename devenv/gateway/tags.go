package gateway

import (
	"regexp"
	"strings"
)

// OwnerTag is the tag by which the journal knows whose call it was, and
// plainOwnerTag the same on instances whose metadata shows their tags.
const (
	OwnerTag      = "services.k8s.aws/tack-owner"
	plainOwnerTag = "services.k8s.aws:tack-owner"
)

// tagKeyParam matches the parameters that carry a tag's key, with the resource
// they belong to as the first group: Tag.1.Key of CreateTags,
// TagSpecification.1.Tag.2.Key of a create (TagSpecifications for some, such as
// transit gateway attachments), Tags.member.1.Key of IAM.
var tagKeyParam = regexp.MustCompile(`^((?:TagSpecifications?\.\d+\.)?Tag\.|Tags\.member\.)\d+\.Key$`)

// ownerInTags finds the owner that a request names: in the tags it sets, or in
// the tag filter it reads by.
func (c *call) ownerInTags() string {
	for param, values := range c.form {
		if tagKeyParam.MatchString(param) && (values[0] == OwnerTag || values[0] == plainOwnerTag) {
			return c.form.Get(strings.TrimSuffix(param, "Key") + "Value")
		}
		if strings.HasPrefix(param, "Filter.") && strings.HasSuffix(param, ".Name") && (values[0] == "tag:"+OwnerTag || values[0] == "tag:"+plainOwnerTag) {
			return c.form.Get(strings.TrimSuffix(param, "Name") + "Value.1")
		}
	}
	return ""
}
