package adoption

import (
	"slices"

	"github.com/tack-dev/tack/resource"
)

// Keeping returns the input of an observation with the default tags that count for a resource with these
// tags in AWS. On a resource to adopt or to take over, ACK's two stay as AWS has them: Tack neither sets
// nor removes one. Without the flag for default tags, this holds after the adoption, too.
func Keeping(in resource.ObserveInput, got map[string]string) resource.ObserveInput {
	o := in.Object
	if !o.Fills() && !o.Takes() && (o.DefaultTags != nil || !o.Adopted()) {
		return in
	}
	kept := slices.DeleteFunc(slices.Clone(o.DefaultTags), func(tag resource.DefaultTag) bool { return resource.Informs(tag.Key) })
	in.Object.DefaultTags = append([]resource.DefaultTag{}, kept...) // not nil, which means ACK's two
	for _, tag := range o.Owner.ACKTags() {
		if value, there := got[tag.Key]; there {
			in.Object.DefaultTags = append(in.Object.DefaultTags, resource.DefaultTag{Key: tag.Key, Value: value})
		}
	}
	return in
}
