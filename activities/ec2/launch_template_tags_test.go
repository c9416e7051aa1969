package ec2

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	systemTag   = `{key: "AWS:CloudFormation:Stack-Name", value: x}`
	userTags    = `imageID: ami-1, tagSpecifications: [{resourceType: instance, tags: [{key: team, value: a}]}]`
	mixedTags   = `imageID: ami-1, tagSpecifications: [{resourceType: volume, tags: [` + systemTag + `]}, {resourceType: instance, tags: [` + systemTag + `, {key: team, value: a}]}]`
	onlySystems = `tagSpecifications: [{resourceType: instance, tags: [` + systemTag + `]}]`
)

// Tags of AWS's own in a template's data are reported, and neither sent nor compared nor described.
func TestSystemTagsInATemplate(t *testing.T) {
	want := spec[ec2v1alpha1.LaunchTemplateSpec](t, `{name: web, data: {`+mixedTags+`}}`)
	const ignored = `: "AWS:CloudFormation:Stack-Name" is ignored, because only AWS sets and removes keys that begin with aws: remove the tag from the spec`
	advice := []resource.Advice{
		{Reason: "SystemTagIgnored", Message: "spec.data.tagSpecifications[0].tags[0].key" + ignored},
		{Reason: "SystemTagIgnored", Message: "spec.data.tagSpecifications[1].tags[0].key" + ignored},
	}
	if diff := cmp.Diff(advice, adviseTemplate(want)); diff != "" {
		t.Errorf("advice (-want +got):\n%s", diff)
	}
	plain := spec[ec2v1alpha1.LaunchTemplateSpec](t, `{name: web, data: {`+userTags+`}}`)
	if diff := cmp.Diff(marshal(t, templateData(plain)), marshal(t, templateData(want))); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if n := len(want.Data.TagSpecifications[1].Tags); n != 2 {
		t.Errorf("the spec has %d tags left", n)
	}
	for what, got := range map[string]*launchTemplate{"the user's alone": gotTemplate(t, `{`+userTags+`}`), "AWS's as well": gotTemplate(t, `{`+mixedTags+`}`)} {
		for _, compared := range []ec2v1alpha1.LaunchTemplateSpec{plain, want} {
			if draft := planTemplate(compared, got, kind.Case{}); len(draft.Steps)+len(draft.Notes) > 0 {
				t.Errorf("AWS shows %s, and the plan is %+v", what, draft)
			}
		}
		if diff := cmp.Diff(plain.Data.TagSpecifications, describedTemplate(got).Data.TagSpecifications); diff != "" {
			t.Errorf("AWS shows %s, which is described as (-want +got):\n%s", what, diff)
		}
	}
	empty := checkTemplate(spec[ec2v1alpha1.LaunchTemplateSpec](t, `{name: web, data: {`+onlySystems+`}}`))
	if len(empty) != 1 || empty[0].Path != "spec.data" {
		t.Errorf("data with tags of AWS's alone: %v", empty)
	}
}
