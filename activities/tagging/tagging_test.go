package tagging

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// invalid is a field that was refused, and why.
type invalid struct{ Path, Message string }

func TestCheckTags(t *testing.T) {
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
		"as many as fit":  {append(many(48), Tag{"aws:x", ""}, Tag{"aws:y", ""}), nil},
		"more than there": {many(49), []invalid{{"spec.tags", "has 49 tags, there is room for 48: AWS takes 50, and two tell whose the resource is"}}},
	} {
		var found []invalid
		Check(test.tags, func(path, message string) { found = append(found, invalid{path, message}) })
		if diff := cmp.Diff(test.want, found); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestDescribe(t *testing.T) {
	if got := Describe(map[string]string{"b": "2", "a": "1", resource.TagOwner: "x", resource.PlainTagUID: "y"}); got != "a=1, b=2" {
		t.Errorf("in words: %s", got)
	}
	if got := Describe(map[string]string{resource.TagOwner: "x"}); got != "ownership" {
		t.Errorf("in words: %s", got)
	}
}

func TestWantedTags(t *testing.T) {
	for name, test := range map[string]struct {
		user []Tag
		want map[string]string
	}{
		"room for all": {[]Tag{{"a", "1"}, {"aws:x", "2"}}, map[string]string{
			"a": "1", resource.TagOwner: "i/c/ec2.VPC/n/v", resource.TagUID: "u/2",
			resource.TagControllerVersion: "tack", resource.TagNamespace: "n",
		}},
		"ACK's keys are the user's": {[]Tag{{resource.TagNamespace, "mine"}, {"Services.K8s.aws/Controller-Version", "1"}}, map[string]string{
			resource.TagOwner: "i/c/ec2.VPC/n/v", resource.TagUID: "u/2",
			resource.TagNamespace: "mine", "Services.K8s.aws/Controller-Version": "1",
		}},
	} {
		if diff := cmp.Diff(test.want, Wanted(test.user, owner, 2)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for n, ours := range map[int]int{45: 4, 46: 4, 47: 3, 48: 2} {
		tags := Wanted(many(n), owner, 2)
		if _, there := tags[resource.TagNamespace]; len(tags) != n+ours || there != (ours > 2) {
			t.Errorf("%d tags of the user: %d in all, the namespace among them is %t", n, len(tags), there)
		}
	}
}

func TestPlainKey(t *testing.T) {
	for key, want := range map[string]bool{
		"Name": true, "a+b-c=d.e,f_g:h@i": true, resource.PlainTagOwner: true, resource.PlainTagUID: true, "..x": true,
		resource.TagOwner: false, "Patch Group": false, "ü": false, ".": false, "..": false, "_index": false, "": false,
	} {
		if got := PlainKey(key); got != want {
			t.Errorf("%q: %t", key, got)
		}
	}
}
