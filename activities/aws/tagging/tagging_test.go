package tagging

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/resource"
)

func TestCheckTags(t *testing.T) {
	const pattern = `[\p{L}\p{Z}\p{N}_.:/=+\-@]`
	strict := Rules{
		Characters: regexp.MustCompile(`^` + pattern + `+$`),
		Answer: func(fault Fault, i int, tag Tag) finding.Answer {
			return finding.Says("Code", "%s %d %s", fault, i, tag.Key)
		},
	}
	for name, test := range map[string]struct {
		tags  []Tag
		rules Rules
		want  []finding.Finding
	}{
		"good":           {[]Tag{{"a", ""}, {"A", "1"}, {"aws:x", "y"}, {"services.k8s.aws/mine", "z"}, {"any|?*", "%&\n"}}, Rules{}, nil},
		"good, strict":   {[]Tag{{"é 1_.:/=+-@", ""}, {"aws:?", "?"}, {"", "?"}}, strict, nil},
		"no key":         {[]Tag{{"", "x"}, {"", "y"}}, Rules{}, nil},
		"asked for once": {[]Tag{{"a", "1"}, {"a", "1"}}, Rules{}, nil},
		"twice":          {[]Tag{{"a", "1"}, {"a", "2"}}, Rules{}, []finding.Finding{{Path: "spec.tags[1].key", Message: `"a" is there twice`, Code: "InvalidParameterValue", Answer: "Duplicate tag key 'a' specified."}}},
		"ours":           {[]Tag{{resource.TagOwner, "me"}}, Rules{}, []finding.Finding{{Path: "spec.tags[0].key", Message: `"services.k8s.aws/tack-owner" is the name of an owner tag: choose another`, Unsaid: finding.OurRule}}},
		"long key":       {[]Tag{{strings.Repeat("é", 129), ""}}, Rules{}, []finding.Finding{{Path: "spec.tags[0].key", Message: "has 129 characters, AWS allows 128", Code: "InvalidParameterValue", Answer: "Tag key exceeds the maximum length of 128 characters"}}},
		"long value":     {[]Tag{{"a", strings.Repeat("é", 257)}}, Rules{}, []finding.Finding{{Path: "spec.tags[0].value", Message: "has 257 characters, AWS allows 256", Code: "InvalidParameterValue", Answer: "Tag value exceeds the maximum length of 256 characters"}}},
		"as many as fit": {append(many(48), Tag{"", "x"}, Tag{"aws:x", ""}, Tag{"aws:y", ""}), Rules{}, nil},
		"more than fit":  {many(49), Rules{}, []finding.Finding{{Path: "spec.tags", Message: "has 49 tags, 48 are possible: AWS allows 50, and two name the owner of the resource", Code: "TagLimitExceeded", Answer: "You've reached the limit on the number of tags that you can assign to the specified resource."}}},
		"characters": {[]Tag{{"a", ""}, {"b?", "c|"}}, strict, []finding.Finding{
			{Path: "spec.tags[1].key", Message: `"b?" has characters other than letters, digits, spaces and _.:/=+-@`, Code: "Code", Answer: "characters of the key 1 b?"},
			{Path: "spec.tags[1].value", Message: `"c|" has characters other than letters, digits, spaces and _.:/=+-@`, Code: "Code", Answer: "characters of the value 1 b?"},
		}},
	} {
		var found []finding.Finding
		Check(test.tags, test.rules, func(f finding.Finding) { found = append(found, f) })
		if diff := cmp.Diff(test.want, found); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// A tag without a key and a tag of AWS's own are left out and reported.
func TestTagsThatAreLeftOut(t *testing.T) {
	tags := []Tag{{"a", "1"}, {"", "x"}, {"AWS:Stack", "y"}, {"awsome", "z"}}
	want := []resource.Advice{
		{Reason: "TagWithoutKey", Message: "spec.tags[1]: has no key and is ignored: give it a key, or remove it"},
		{Reason: "SystemTagIgnored", Message: `spec.tags[2].key: "AWS:Stack" is ignored, because only AWS sets and removes keys that begin with aws: remove the tag from the spec`},
	}
	if diff := cmp.Diff(want, Advise(tags)); diff != "" {
		t.Errorf("advice (-want +got):\n%s", diff)
	}
	tags = tags[:3]
	if wanted := Wanted(tags, resource.Owner{}, 1, nil); wanted["a"] != "1" || len(wanted) != 3+len(resource.Owner{}.Tags(1)) {
		t.Errorf("wanted: %v", wanted)
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
		if diff := cmp.Diff(test.want, Wanted(test.user, owner, 2, nil)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	for n, ours := range map[int]int{45: 4, 46: 4, 47: 3, 48: 2} {
		tags := Wanted(many(n), owner, 2, nil)
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

// Tack's tags on an observed resource are no difference, and neither is their absence.
func TestObserved(t *testing.T) {
	got := map[string]string{resource.TagOwner: "x/y", resource.TagNamespace: "n", "team": "b", "aws:x": "1"}
	want := map[string]string{resource.TagOwner: "x/y", resource.TagNamespace: "n", "team": "a"}
	if diff := cmp.Diff(want, Observed([]Tag{{"team", "a"}, {"", "x"}, {"aws:y", "1"}}, got, nil)); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}
