package ec2

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// wantedInMetadata returns the spec's setting for tags in the instance's metadata; empty: none.
func wantedInMetadata(want ec2v1alpha1.InstanceSpec) types.InstanceMetadataTagsState {
	if want.MetadataOptions == nil {
		return ""
	}
	return types.InstanceMetadataTagsState(aws.ToString(want.MetadataOptions.InstanceMetadataTags))
}

// showsTags reports whether the instance's metadata shows its tags at present. AWS then refuses
// every key with a slash.
func (s *instance) showsTags() bool {
	return s.MetadataOptions != nil && s.MetadataOptions.InstanceMetadataTags == types.InstanceMetadataTagsStateEnabled
}

// instanceTags gives our tags keys without a slash where the metadata shows or may show them. The
// setting is the spec's, or a launch template's if the spec has none, or what AWS already shows. An
// instance that has such keys keeps them.
func instanceTags(want ec2v1alpha1.InstanceSpec, got *instance, wanted map[string]string) map[string]string {
	state := wantedInMetadata(want)
	plain := state == types.InstanceMetadataTagsStateEnabled
	switch {
	case got != nil:
		_, has := tags.Of(got.Tags)[resource.PlainTagOwner]
		plain = plain || has || state == "" && got.showsTags()
	case state == "":
		plain = fromTemplate(want)
	}
	if !plain {
		return wanted
	}
	return tagging.Plain(wanted, tagging.In(want))
}

// fromTemplate reports whether a launch template fills in what the spec leaves out.
func fromTemplate(want ec2v1alpha1.InstanceSpec) bool {
	t := want.LaunchTemplate
	return t != nil && optional.Count(t.LaunchTemplateID, t.LaunchTemplateName) > 0
}

// tags plans the changes of tags. AWS refuses to show tags while a key has a slash, and refuses a
// slash while it shows them. The metadata option is therefore turned on after the tags have
// changed, and off before.
func (p *instancePlan) tags(c kind.Case) {
	p.steps = tags.Calls.Plan(c.ID, instanceTags(p.want, p.got, c.Tags), tags.Of(p.got.Tags), tags.Calls.Rules.With(c.Defaults), nil)
	switch wantedInMetadata(p.want) {
	case types.InstanceMetadataTagsStateEnabled:
		for _, step := range p.steps {
			p.afterTags = max(p.afterTags, step.Stage+1)
		}
	case types.InstanceMetadataTagsStateDisabled:
		if !p.got.showsTags() {
			return
		}
		for i := range p.steps {
			p.steps[i].Stage++
		}
		if state(p.got.Instance) == types.InstanceStateNamePending {
			p.steps = nil // an instance that is starting accepts only tags
		}
	}
}

const badMetaKey = "'%s' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', '_index')"

// checkMetadataTags refuses keys that AWS does not show in the metadata.
func (f *findings) checkMetadataTags(want ec2v1alpha1.InstanceSpec) {
	if wantedInMetadata(want) != types.InstanceMetadataTagsStateEnabled {
		return
	}
	for i, tag := range tagging.In(want) {
		if tag.Key != "" && !tagging.Reserved(tag.Key) && !tagging.PlainKey(tag.Key) {
			f.Add(fmt.Sprintf("spec.tags[%d].key", i), refusal.Says(refusal.BadValue, badMetaKey, tag.Key), "AWS cannot show %q in the metadata, which allows letters, digits and +-=.,_:@, but not '.', '..' or '_index': "+
				"choose another key, or set spec.metadataOptions.instanceMetadataTags to disabled", tag.Key)
		}
	}
}

// soughtInstances finds instances by id, otherwise by their owner: EC2 has no filter for either of
// two keys.
func soughtInstances(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.InstanceSpec]) (found []types.Instance, err error) {
	filters := []types.Filter{describe.Filter(describe.Instances.ID, q.ID)}
	if q.ID == "" {
		filters = []types.Filter{describe.OwnedBy(q.Owner, resource.TagOwner), describe.OwnedBy(q.Owner, resource.PlainTagOwner)}
	}
	for _, by := range filters {
		some, err := describe.Instances.By(ctx, client, by)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	// An instance whose keys are being changed carries both.
	slices.SortFunc(found, func(a, b types.Instance) int {
		return cmp.Compare(aws.ToString(a.InstanceId), aws.ToString(b.InstanceId))
	})
	return slices.CompactFunc(found, func(a, b types.Instance) bool { return aws.ToString(a.InstanceId) == aws.ToString(b.InstanceId) }), nil
}
