package tagging

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/resource"
)

// A tag of the user wins over a default tag. ACK's two give way where there is no room for them.
func TestDefaultTags(t *testing.T) {
	team := resource.DefaultTag{Key: "team", Value: "a"}
	version := resource.DefaultTag{Key: "made-by", Value: "tack-v2", AnyValue: true}
	ours := func(more ...string) map[string]string {
		tags := owner.Tags(2)
		for i := 0; i < len(more); i += 2 {
			tags[more[i]] = more[i+1]
		}
		return tags
	}
	for name, test := range map[string]struct {
		user     []Tag
		defaults []resource.DefaultTag
		want     map[string]string
	}{
		"not named":            {nil, nil, ours(resource.TagNamespace, "n", resource.TagControllerVersion, "tack")},
		"none":                 {nil, []resource.DefaultTag{}, ours()},
		"some":                 {[]Tag{{"x", "1"}}, []resource.DefaultTag{team, version}, ours("x", "1", "team", "a", "made-by", "tack-v2")},
		"the user's wins":      {[]Tag{{"team", "b"}}, []resource.DefaultTag{team}, ours("team", "b")},
		"in any letter case":   {[]Tag{{"Team", "b"}}, []resource.DefaultTag{team}, ours("Team", "b")},
		"AWS's counts as none": {[]Tag{{"aws:team", "b"}}, []resource.DefaultTag{team}, ours("team", "a")},
	} {
		if diff := cmp.Diff(test.want, Wanted(test.user, owner, 2, test.defaults)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	full := Wanted(many(47), owner, 2, []resource.DefaultTag{{Key: resource.TagNamespace, Value: "n"}, team})
	if _, there := full[resource.TagNamespace]; len(full) != maxTags || there || full["team"] != "a" {
		t.Errorf("%d tags, the namespace among them is %t: %v", len(full), there, full)
	}
}

// A default tag whose value names a version keeps the value that it has, unless the user gives it one. A
// default tag is no field of the spec.
func TestMovesOfDefaultTags(t *testing.T) {
	defaults := []resource.DefaultTag{{Key: "team", Value: "a"}, {Key: "made-by", Value: "tack-v2", AnyValue: true}}
	type tags = map[string]string
	for name, test := range map[string]struct {
		user  []Tag
		got   tags
		moves []string
		path  string
	}{
		"new":                              {nil, tags{}, []string{"set made-by tack-owner tack-uid team"}, ""},
		"an upgrade":                       {nil, tags{"team": "a", "made-by": "tack-v1"}, []string{"set tack-owner tack-uid"}, ""},
		"the user's value":                 {[]Tag{{"made-by", "me"}}, tags{"team": "a", "made-by": "tack-v1"}, []string{"set made-by tack-owner tack-uid"}, "spec.tags"},
		"the user's value, as the default": {[]Tag{{"team", "a"}}, tags{"team": "b", "made-by": "tack-v1"}, []string{"set tack-owner tack-uid team"}, "spec.tags"},
		"the flag no longer asks for it":   {nil, tags{"team": "a", "made-by": "tack-v2", "old": "x"}, []string{"set tack-owner tack-uid", "remove old"}, ""},
	} {
		added := Added(defaults, test.user)
		moves := Moves(Wanted(test.user, owner, 2, added), test.got, Rules{}.With(added))
		if diff := cmp.Diff(test.moves, described(moves)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if path := moves[0].Path(added); path != test.path {
			t.Errorf("%s: the path is %q, want %q", name, path, test.path)
		}
	}
}

// The default tags count against AWS's limit, except those that only inform.
func TestRoomForDefaultTags(t *testing.T) {
	rules := Rules{}.With([]resource.DefaultTag{{Key: "team", Value: "a"}, {Key: "k00", Value: "x"}, {Key: resource.TagNamespace, Value: "n"}})
	for n, want := range map[int]string{
		47: "",
		48: "has 48 tags, 47 are possible: AWS allows 50, two name the owner of the resource, and --resource-tags of the bridge names 1",
	} {
		var got string
		Check(many(n), rules, func(f finding.Finding) { got += f.Message })
		if got != want {
			t.Errorf("%d tags: %q, want %q", n, got, want)
		}
	}
}

// A default tag of a resource that Tack only observes is no difference, whether it is there or not.
func TestObservedDefaultTags(t *testing.T) {
	defaults := []resource.DefaultTag{{Key: "team", Value: "a"}, {Key: "env", Value: "prod"}}
	got := map[string]string{"team": "b", "other": "x"}
	if diff := cmp.Diff(map[string]string{"team": "b"}, Observed(nil, got, defaults)); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
}
