package gateway

import (
	"regexp"
	"strings"
)

// OwnerTag is the tag that names the owner of a call in the journal. On instances
// whose metadata shows their tags, it is plainOwnerTag.
const (
	OwnerTag      = "services.k8s.aws/tack-owner"
	plainOwnerTag = "services.k8s.aws:tack-owner"
)

// tagKeyParam matches the parameters with a tag's key: Tag.1.Key of CreateTags,
// TagSpecification.1.Tag.2.Key of a create, Tags.member.1.Key of IAM. Some creates,
// such as that of a transit gateway attachment, write TagSpecifications.
var tagKeyParam = regexp.MustCompile(`^((?:TagSpecifications?\.\d+\.)?Tag\.|Tags\.member\.)\d+\.Key$`)

// ownerInTags returns the owner that a request names: in the tags that it sets, or
// in a filter by tag.
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
