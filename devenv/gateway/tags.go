package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
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

// anyTagKeyParam matches the parameters with a key at any depth, such as in the data of a launch
// template, and with a key that IAM removes.
var anyTagKeyParam = regexp.MustCompile(`^(?:.+\.)?(?:Tag\.\d+\.Key|Tags\.member\.\d+\.Key|TagKeys\.member\.\d+)$`)

// tagKeys returns the keys of the tags that a request would set or remove, sorted.
func (c *call) tagKeys() (keys []string) {
	for param, values := range c.form {
		if anyTagKeyParam.MatchString(param) {
			keys = append(keys, values[0])
		}
	}
	slices.Sort(keys)
	return keys
}

// systemTags returns those of the keys that are AWS's own.
func systemTags(keys []string) (system []string) {
	for _, key := range keys {
		if strings.HasPrefix(strings.ToLower(key), "aws:") {
			system = append(system, key)
		}
	}
	return system
}

// agentOwner matches an owner in a user agent, by its kind and digest: Tack sends it with the create
// of a resource whose type has no tags.
var agentOwner = regexp.MustCompile(`tack-owner/([a-z0-9]+\.[A-Za-z]+)\.([0-9a-f]{32})`)

// digested returns an owner of that kind whose digest is known.
func digested(kind, digest string) string { return "sha256/" + digest + "/" + kind + "/" }

// SameOwner compares the owner of a call, which may be a digest, with an owner.
func SameOwner(shown, owner string) bool {
	parts, sum := strings.Split(owner, "/"), sha256.Sum256([]byte(owner))
	return shown == owner || len(parts) > 2 && shown == digested(parts[2], hex.EncodeToString(sum[:16]))
}

// ownerInTags returns the owner that a request names: in the tags that it sets, or
// in a filter by tag, or in its user agent.
func (c *call) ownerInTags() string {
	for param, values := range c.form {
		if tagKeyParam.MatchString(param) && (values[0] == OwnerTag || values[0] == plainOwnerTag) {
			return c.form.Get(strings.TrimSuffix(param, "Key") + "Value")
		}
		if strings.HasPrefix(param, "Filter.") && strings.HasSuffix(param, ".Name") && (values[0] == "tag:"+OwnerTag || values[0] == "tag:"+plainOwnerTag) {
			return c.form.Get(strings.TrimSuffix(param, "Name") + "Value.1")
		}
	}
	if digest := agentOwner.FindStringSubmatch(c.header.Get("User-Agent")); digest != nil {
		return digested(digest[1], digest[2])
	}
	return ""
}
