package tagging

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// invalid is a field that was refused, and why.
type invalid struct{ Path, Message string }

func TestCheckTags(t *testing.T) {
	many := make([]Tag, 46)
	for i := range many {
		many[i].Key = fmt.Sprint("k", i)
	}
	for name, test := range map[string]struct {
		tags []Tag
		want []invalid
	}{
		"good":            {[]Tag{{"a", ""}, {"A", "1"}, {"aws:x", "y"}, {"services.k8s.aws/mine", "z"}}, nil},
		"no key":          {[]Tag{{"", "x"}}, []invalid{{"spec.tags[0].key", "a tag needs a key"}}},
		"twice":           {[]Tag{{"a", "1"}, {"a", "2"}}, []invalid{{"spec.tags[1].key", `"a" is there twice`}}},
		"ours":            {[]Tag{{resource.TagOwner, "me"}}, []invalid{{"spec.tags[0].key", `"services.k8s.aws/tack-owner" is the name of an ownership tag: choose another`}}},
		"long key":        {[]Tag{{strings.Repeat("é", 129), ""}}, []invalid{{"spec.tags[0].key", "has 129 characters, AWS takes 128"}}},
		"long value":      {[]Tag{{"a", strings.Repeat("é", 257)}}, []invalid{{"spec.tags[0].value", "has 257 characters, AWS takes 256"}}},
		"as many as fit":  {many[:45], nil},
		"more than there": {many, []invalid{{"spec.tags", "has 46 tags, there is room for 45"}}},
	} {
		var found []invalid
		Check(test.tags, func(path, message string) { found = append(found, invalid{path, message}) })
		if diff := cmp.Diff(test.want, found); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestChange(t *testing.T) {
	want := map[string]string{"same": "1", "other": "2", "new": "", resource.TagControllerVersion: "tack", "aws:mine": "x"}
	got := map[string]string{"same": "1", "other": "1", "old": "1", resource.TagControllerVersion: "ec2-v1", "aws:cloudformation:stack-name": "s", "AWS:x": "y"}
	set, remove := Change(want, got)
	if diff := cmp.Diff(map[string]string{"other": "2", "new": ""}, set); diff != "" {
		t.Errorf("set (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"old"}, remove); diff != "" {
		t.Errorf("remove (-want +got):\n%s", diff)
	}
	if got := Describe(map[string]string{"b": "2", "a": "1", resource.TagOwner: "x"}); got != "a=1, b=2" {
		t.Errorf("in words: %s", got)
	}
	if got := Describe(map[string]string{resource.TagOwner: "x"}); got != "ownership" {
		t.Errorf("in words: %s", got)
	}
}

func TestWantedTags(t *testing.T) {
	owner := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: "v"}}
	if diff := cmp.Diff(map[string]string{
		"a": "1", resource.TagOwner: "i/c/ec2.VPC/n/v", resource.TagUID: "u", resource.TagIncarnation: "2",
		resource.TagControllerVersion: "tack", resource.TagNamespace: "n",
	}, Wanted([]Tag{{"a", "1"}, {"aws:x", "2"}}, owner, 2)); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}
