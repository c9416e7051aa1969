package ec2

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/aws/tagging"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// A launch template has tags of its own, and in its data those of what AWS creates at a launch. The
// latter are ordinary data. Only AWS's own tags are left out there as well.

// adviseTemplate names the tags that are left out of the data.
func adviseTemplate(want ec2v1alpha1.LaunchTemplateSpec) (advice []resource.Advice) {
	if want.Data == nil {
		return nil
	}
	for i, of := range want.Data.TagSpecifications {
		if of != nil {
			advice = append(advice, tagging.AdviseReserved(fmt.Sprintf("spec.data.tagSpecifications[%d].tags", i), tagging.In(*of))...)
		}
	}
	return advice
}

// withoutSystemTags returns data without the tags that only AWS sets, and without the lists that have
// no other tags. It changes neither the spec nor AWS's answer.
func withoutSystemTags(data ec2v1alpha1.RequestLaunchTemplateData) ec2v1alpha1.RequestLaunchTemplateData {
	var kept []*ec2v1alpha1.LaunchTemplateTagSpecificationRequest
	for _, of := range data.TagSpecifications {
		if of == nil {
			continue
		}
		left := *of
		left.Tags = slices.DeleteFunc(slices.Clone(of.Tags), func(tag *ec2v1alpha1.Tag) bool {
			return tag != nil && tagging.Reserved(aws.ToString(tag.Key))
		})
		if len(left.Tags) > 0 || len(of.Tags) == 0 {
			kept = append(kept, &left)
		}
	}
	data.TagSpecifications = kept
	return data
}
