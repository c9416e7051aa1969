package gateway

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
)

// OwnerTag is the tag by which the journal knows whose call it was, and
// plainOwnerTag the same on instances whose metadata shows their tags.
const (
	OwnerTag      = "services.k8s.aws/tack-owner"
	plainOwnerTag = "services.k8s.aws:tack-owner"
)

// maxTags is the limit per resource, for EC2 and IAM alike.
const maxTags = 50

// tagKeyParam matches the parameters that carry a tag's key, with the resource
// they belong to as the first group: Tag.1.Key of CreateTags,
// TagSpecification.1.Tag.2.Key of a create (TagSpecifications for some, such as
// transit gateway attachments), Tags.member.1.Key of IAM.
var tagKeyParam = regexp.MustCompile(`^((?:TagSpecifications?\.\d+\.)?Tag\.|Tags\.member\.)\d+\.Key$`)

// refuseTags refuses the tags that AWS refuses. Moto takes them all.
func refuseTags(c *call) *answer {
	if c.service == serviceSTS {
		return nil
	}
	perResource, keys := map[string]int{}, map[string]bool{}
	for param, values := range c.form {
		m := tagKeyParam.FindStringSubmatch(param)
		if m == nil {
			continue
		}
		// Prefix in any combination of upper or lower case.
		if len(values) > 0 && strings.HasPrefix(strings.ToLower(values[0]), "aws:") && !strings.HasPrefix(c.action, "Delete") {
			return refuseReservedTag(c, values[0])
		}
		if a := refuseTagLength(c, values[0], c.form.Get(strings.TrimSuffix(param, "Key")+"Value")); a != nil {
			return a
		}
		perResource[m[1]]++
		key := m[1] + c.foldTagKey(values[0])
		if keys[key] {
			return refuseTwice(c, values[0])
		}
		keys[key] = true
	}
	for _, n := range perResource {
		if n > maxTags {
			return refuseTagCount(c, n)
		}
	}
	return nil
}

func refuseReservedTag(c *call, key string) *answer {
	if c.service == serviceIAM {
		return c.refuse(http.StatusBadRequest, "InvalidInput",
			fmt.Sprintf("Tag keys starting with 'aws:' are reserved for internal use: %s", key))
	}
	return c.badRequest("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
}

func refuseTagCount(c *call, n int) *answer {
	if c.service == serviceIAM {
		return c.refuse(http.StatusConflict, "LimitExceeded",
			fmt.Sprintf("%d tags are more than the %d of a resource", n, maxTags))
	}
	return c.badRequest("TagLimitExceeded", "%d tags are more than the %d of a resource", n, maxTags)
}

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
