package resource

import "slices"

// DefaultTag is a tag that an installation adds to each resource whose spec has no tag with that key.
type DefaultTag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	// AnyValue is true when a resource keeps whatever value it has: the value names a version of Tack,
	// and an upgrade must not rewrite a tag of every resource.
	AnyValue bool `json:"anyValue,omitempty"`
}

// ACKTags are the default tags of an installation that names none. They are those of AWS Controllers for
// Kubernetes, and only inform.
func (o Owner) ACKTags() []DefaultTag {
	return []DefaultTag{{Key: TagNamespace, Value: o.Ref.Namespace}, {Key: TagControllerVersion, Value: "tack", AnyValue: true}}
}

// Informs reports whether the key is that of a tag which only informs. Such a tag is left out where AWS's
// limit leaves no room for it.
func Informs(key string) bool { return key == TagNamespace || key == TagControllerVersion }

// defaultTags returns the default tags as an input of a level; nil: the installation names none. A value
// that may differ does not count. An adoption that fills the spec, or a take-over, sets them afterwards. Their
// appearance in the digest then starts the pass that does.
func (l Level) defaultTags() any {
	if l.Object.DefaultTags == nil || l.Object.Deleting || l.Object.Fills() || l.Object.Takes() {
		return nil
	}
	tags := slices.Clone(l.Object.DefaultTags)
	for i := range tags {
		if tags[i].AnyValue {
			tags[i].Value = ""
		}
	}
	return tags
}
