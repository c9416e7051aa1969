package e2e

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/request"
	"github.com/tack-dev/tack/resource"
)

// userTags returns n tags of a user.
func userTags(n int) []any {
	tags := []any{}
	for i := range n {
		tags = append(tags, fields{"key": fmt.Sprint("key", i), "value": "v"})
	}
	return tags
}

// retag sets n tags on the object, and waits until AWS has them.
func (o object) retag(t *testing.T, n int) {
	t.Helper()
	o.patch(t, `{"spec":{"tags":`+string(request.Compact(userTags(n)))+`}}`)
	o.awaitSynced(t)
}

// A user can set 48 of AWS's 50 tags, whatever tags the resource has. Tack omits ACK's two tags, and
// removes the tag of an older version.
func TestFortyEightTags(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	ec2 := awsec2.NewFromConfig(w.config(t, team.account))
	vpc, old, role := team.object("ec2.VPC", "new"), team.object("ec2.VPC", "old"), team.object("iam.Role", "web")
	for _, o := range []object{vpc, old, role} {
		spec := vpcSpec()
		if o.ref.Kind == role.ref.Kind {
			spec = fields{"name": "web", "assumeRolePolicyDocument": trustEC2}
		}
		spec["tags"] = userTags(40)
		o.create(t, spec)
	}
	id, oldID, roleID := vpc.awaitSynced(t), old.awaitSynced(t), role.awaitSynced(t)

	// Like a resource that the previous version created.
	uid := resource.OwnershipOf(ec2Tags(t, team.account, oldID)).UID
	if _, err := ec2.CreateTags(t.Context(), &awsec2.CreateTagsInput{Resources: []string{oldID}, Tags: []ec2types.Tag{
		{Key: aws.String(resource.TagUID), Value: &uid}, {Key: aws.String(resource.TagIncarnation), Value: aws.String("1")},
	}}); err != nil {
		t.Fatal(err)
	}
	old.retag(t, 41)
	if tags := ec2Tags(t, team.account, oldID); len(tags) != 46 || tags[resource.TagUID] != uid {
		t.Errorf("with room for them the older tags do not stay: %v", tags)
	}
	for _, o := range []object{vpc, old, role} {
		o.retag(t, 48)
	}
	want := resource.Ownership{UID: uid, Incarnation: 1}
	for _, shown := range []struct {
		o    object
		tags map[string]string
	}{{vpc, ec2Tags(t, team.account, id)}, {old, ec2Tags(t, team.account, oldID)}, {role, sampleOf("iam.Role").tags(t, team.account, roleID)}} {
		got := resource.OwnershipOf(shown.tags)
		want.UID, want.Owner = string(shown.o.get(t).GetUID()), got.Owner
		if len(shown.tags) != 50 || got != want || got.Owner == "" {
			t.Errorf("%s has %d tags and is %+v, want 50 and %+v", shown.o.ref, len(shown.tags), got, want)
		}
	}
	vpc.retag(t, 40)
	if tags := ec2Tags(t, team.account, id); len(tags) != 44 {
		t.Errorf("ACK's tags are not back: %v", tags)
	}
}

// An instance shows its tags if the spec says so, and no default of the account stops an instance
// whose spec omits it.
func TestTagsInInstanceMetadata(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	for _, o := range instanceNeeds(t, team) {
		o.awaitSynced(t)
	}
	if _, err := client.ModifyInstanceMetadataDefaults(t.Context(), &awsec2.ModifyInstanceMetadataDefaultsInput{
		InstanceMetadataTags: ec2types.DefaultInstanceMetadataTagsStateEnabled,
	}); err != nil {
		t.Fatal(err)
	}
	silent := team.apply(t, "ec2.Instance", "silent", instanceSpec())
	spec := instanceSpec()
	spec["metadataOptions"] = fields{"instanceMetadataTags": "enabled"}
	shown := team.apply(t, "ec2.Instance", "shown", spec)
	id, shownID := silent.awaitSynced(t), shown.awaitSynced(t)
	if tags := ec2Tags(t, team.account, shownID); len(tags) != 2 || tags[resource.PlainTagOwner] == "" {
		t.Errorf("the tags shown are %v", tags)
	}
	if tags := ec2Tags(t, team.account, id); tags[resource.TagOwner] == "" {
		t.Errorf("the tags not shown are %v", tags)
	}

	// A bad key is named before the call; the other instance changes its setting.
	shown.patch(t, `{"spec":{"tags":[{"key":"a/b","value":"c"}]}}`)
	shown.awaitCondition(t, "ACK.Terminal", "True", "spec.tags[0].key")
	silent.patch(t, `{"spec":{"metadataOptions":{"instanceMetadataTags":"enabled"}}}`)
	silent.awaitSynced(t)
	if tags := ec2Tags(t, team.account, id); len(tags) != 2 {
		t.Errorf("the tags shown are %v", tags)
	}
	shown.patch(t, `{"spec":{"metadataOptions":{"instanceMetadataTags":"disabled"}}}`)
	shown.awaitSynced(t)
	if tags := ec2Tags(t, team.account, shownID); tags["a/b"] != "c" {
		t.Errorf("the tag that could not be shown is missing: %v", tags)
	}
	deleteAll(t, silent, shown)
}
