package ec2

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var instanceOwner = resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "ec2.Instance", Cluster: "c", Namespace: "n", Name: "v"}}

// Our own tags do not break a launch: their keys have no slash where AWS accepts none.
func TestInstanceCreateTags(t *testing.T) {
	for name, test := range map[string]struct {
		spec string
		keys []string
		show types.InstanceMetadataTagsState
	}{
		"silent":               {`{imageID: ami-1}`, []string{resource.TagOwner, resource.TagUID, resource.TagNamespace, resource.TagControllerVersion}, "disabled"},
		"silent on the tags":   {`{imageID: ami-1, metadataOptions: {httpTokens: required}}`, []string{resource.TagOwner, resource.TagUID, resource.TagNamespace, resource.TagControllerVersion}, "disabled"},
		"disabled":             {`{imageID: ami-1, metadataOptions: {instanceMetadataTags: disabled}}`, []string{resource.TagOwner, resource.TagUID, resource.TagNamespace, resource.TagControllerVersion}, "disabled"},
		"enabled":              {`{imageID: ami-1, metadataOptions: {instanceMetadataTags: enabled}}`, []string{resource.PlainTagOwner, resource.PlainTagUID}, "enabled"},
		"as the template says": {`{launchTemplate: {launchTemplateID: lt-1}}`, []string{resource.PlainTagOwner, resource.PlainTagUID}, ""},
		"not as the template":  {`{launchTemplate: {launchTemplateID: lt-1}, metadataOptions: {instanceMetadataTags: disabled}}`, []string{resource.TagOwner, resource.TagUID, resource.TagNamespace, resource.TagControllerVersion}, "disabled"},
	} {
		want := spec[ec2v1alpha1.InstanceSpec](t, test.spec)
		var in map[string]any
		if err := json.Unmarshal(planInstanceCreate(want, kind.Making{Tags: tagging.Wanted(nil, instanceOwner, 1, nil)}).Input, &in); err != nil {
			t.Fatal(err)
		}
		keys := map[string]bool{}
		for _, tag := range in["TagSpecifications"].([]any)[0].(map[string]any)["Tags"].([]any) {
			keys[tag.(map[string]any)["Key"].(string)] = true
		}
		wantKeys := map[string]bool{}
		for _, key := range test.keys {
			wantKeys[key] = true
		}
		options, _ := in["MetadataOptions"].(map[string]any)
		show, _ := options["InstanceMetadataTags"].(string)
		if diff := cmp.Diff(wantKeys, keys); diff != "" || show != string(test.show) {
			t.Errorf("%s: InstanceMetadataTags is %q, want %q; keys (-want +got):\n%s", name, show, test.show, diff)
		}
	}
}

// AWS shows no tag with a slash, and accepts none while it shows them.
func TestInstanceTagChanges(t *testing.T) {
	slashed := tagging.Wanted(nil, instanceOwner, 1, nil)
	plain := tagging.Plain(slashed, nil)
	with := func(has map[string]string, show types.InstanceMetadataTagsState) *instance {
		return gotInstance(func(s *instance) { s.Tags, s.MetadataOptions.InstanceMetadataTags = tags.List(has), show })
	}
	const head = `{imageID: ami-1`
	for name, test := range map[string]struct {
		spec string
		got  *instance
		want []string
	}{
		"to be shown": {head + `, metadataOptions: {instanceMetadataTags: enabled}}`, with(slashed, "disabled"), []string{
			"0 Tag", "1 Untag", "2 ModifyMetadataOptions",
		}},
		"shown":          {head + `, metadataOptions: {instanceMetadataTags: enabled}}`, with(plain, "enabled"), nil},
		"shown, silent":  {head + `}`, with(plain, "enabled"), nil},
		"hidden, silent": {head + `}`, with(slashed, "disabled"), nil},
		"to be hidden, with a tag that could not be shown": {head + `, tags: [{key: a/b}], metadataOptions: {instanceMetadataTags: disabled}}`, with(plain, "enabled"), []string{
			"1 Tag", "0 ModifyMetadataOptions",
		}},
		"hidden: keys without a slash stay": {head + `, metadataOptions: {instanceMetadataTags: disabled}}`, with(plain, "disabled"), nil},
		"to be hidden while it starts": {head + `, tags: [{key: a/b}], metadataOptions: {instanceMetadataTags: disabled}}`,
			gotInstance(func(s *instance) {
				s.Tags, s.MetadataOptions.InstanceMetadataTags, s.State.Name = tags.List(plain), "enabled", types.InstanceStateNamePending
			}), []string{"0 ModifyMetadataOptions"}},
	} {
		want := spec[ec2v1alpha1.InstanceSpec](t, test.spec)
		var got []string
		for _, step := range instanceKind.Draft(want, test.got, kind.Case{ID: "i-1", Tags: tagging.Wanted(tagging.In(want), instanceOwner, 1, nil)}).Steps {
			got = append(got, fmt.Sprint(step.Stage, " ", step.Verb))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: steps (-want +got):\n%s", name, diff)
		}
	}
}

// A key that AWS does not show is reported before the call.
func TestCheckMetadataTags(t *testing.T) {
	for keys, want := range map[string]int{"Name": 0, "a:b": 0, "a/b": 1, "a b": 1, "_index": 1, "..": 1, "aws:x/y": 0} {
		s := ec2v1alpha1.InstanceSpec{ImageID: aws.String("ami-1"), Tags: []*ec2v1alpha1.Tag{{Key: aws.String(keys)}}}
		if found := checkInstance(s); len(found) > 0 {
			t.Errorf("%q: hidden, and refused: %v", keys, found)
		}
		s.MetadataOptions = &ec2v1alpha1.InstanceMetadataOptionsRequest{InstanceMetadataTags: aws.String("enabled")}
		found := checkInstance(s)
		if len(found) != want || want > 0 && found[0].Path != "spec.tags[0].key" {
			t.Errorf("%q: shown: %v, want %d refused", keys, found, want)
		}
	}
}

// The facts say whether AWS refuses a key with a slash on an instance, so that messages name keys
// that a person can set.
func TestInstanceThatTakesNoSlash(t *testing.T) {
	for state, want := range map[types.InstanceMetadataTagsState]bool{"enabled": true, "disabled": false, "": false} {
		got := gotInstance(func(s *instance) { s.Tags, s.MetadataOptions.InstanceMetadataTags = nil, state })
		if facts := instanceKind.Facts(got); facts.Plain != want {
			t.Errorf("%q: plain keys %t, want %t", state, facts.Plain, want)
		}
	}
}
