package describe

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/tags"
)

// withoutTags is for a list that AWS does not filter by tags: it takes these filters out, and returns
// a function that applies them to the tags of a resource.
func withoutTags(by []types.Filter) (sent []types.Filter, passes func([]types.Tag) bool) {
	wanted := map[string][]string{}
	for _, f := range by {
		if key, isTag := strings.CutPrefix(aws.ToString(f.Name), "tag:"); isTag {
			wanted[key] = f.Values
		} else {
			sent = append(sent, f)
		}
	}
	return sent, func(shown []types.Tag) bool {
		of := tags.Of(shown)
		for key, values := range wanted {
			if value, there := of[key]; !there || !slices.Contains(values, wildcards.Replace(value)) {
				return false
			}
		}
		return true
	}
}
