package tagging

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// words are requests that say what they change.
var words = Requests{
	Set: func(id string, tags map[string]string) resource.Step {
		var pairs []string
		for _, key := range slices.Sorted(maps.Keys(tags)) {
			pairs = append(pairs, key+"="+tags[key])
		}
		return resource.Step{Verb: resource.VerbTag, Summary: id + " " + strings.Join(pairs, " ")}
	},
	Remove: func(id string, keys []string) resource.Step {
		return resource.Step{Verb: resource.VerbUntag, Summary: id + " " + strings.Join(keys, " ")}
	},
}

func planned(steps []resource.Step) (out []string) {
	for _, step := range steps {
		out = append(out, fmt.Sprintf("%d %s %s (%s)", step.Stage, step.Verb, step.Summary, step.Path))
	}
	return out
}

func TestPlan(t *testing.T) {
	type tags = map[string]string
	folded := Rules{Fold: Folded}
	done := []resource.Done{{Verb: resource.VerbTag}}
	for name, test := range map[string]struct {
		want, got tags
		rules     Rules
		done      []resource.Done
		steps     []string
	}{
		"as it is":         {want: tags{"a": "1"}, got: tags{"a": "1", "aws:x": "y"}},
		"set, then remove": {want: tags{"a": "2", "b": "3"}, got: tags{"a": "1", "c": "4"}, steps: []string{"0 Tag x a=2 b=3 (spec.tags)", "1 Untag x c (spec.tags)"}},
		"our own":          {want: tags{resource.TagOwner: "o"}, steps: []string{"0 Tag x " + resource.TagOwner + "=o ()"}},
		"in another case":  {want: tags{"env": "dev", "team": "b"}, got: tags{"Env": "dev", "Team": "a"}, rules: folded, steps: []string{"0 Tag x env=dev team=b (spec.tags)"}},
		"AWS keeps the case of a key: it is set only once in a pass": {
			want: tags{"env": "dev", "team": "b"}, got: tags{"Env": "dev", "Team": "a"}, rules: folded, done: done, steps: []string{"0 Tag x team=b (spec.tags)"},
		},
		"where the case counts, another case is another key": {
			want: tags{"env": "dev"}, got: tags{"Env": "dev"}, done: done, steps: []string{"0 Tag x env=dev (spec.tags)", "1 Untag x Env (spec.tags)"},
		},
	} {
		if diff := cmp.Diff(test.steps, planned(words.Plan("x", test.want, test.got, test.rules, test.done))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestRelease(t *testing.T) {
	got := map[string]string{"env": "dev", resource.TagOwner: "o", resource.TagUID: "u", resource.TagNamespace: "n"}
	if diff := cmp.Diff([]string{"0 Untag x " + resource.TagOwner + " " + resource.TagUID + " ()"}, planned(words.Release("x", got))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if steps := words.Release("x", map[string]string{"env": "dev"}); steps != nil {
		t.Errorf("without tags of ours: %v", steps)
	}
}

func TestIn(t *testing.T) {
	type tag struct{ Key, Value *string }
	text := func(s string) *string { return &s }
	for name, test := range map[string]struct {
		spec any
		want []Tag
	}{
		"no spec":     {nil, nil},
		"no tags":     {struct{ Name string }{"x"}, nil},
		"some":        {struct{ Tags []*tag }{[]*tag{{text("a"), text("1")}, nil, {text("b"), nil}}}, []Tag{{"a", "1"}, {"b", ""}}},
		"without key": {struct{ Tags []*tag }{[]*tag{{nil, text("1")}}}, []Tag{{"", "1"}}},
	} {
		if diff := cmp.Diff(test.want, In(test.spec)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
