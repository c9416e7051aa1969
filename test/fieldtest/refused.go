package fieldtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// refused checks what the kind's Check says: of a spec of Check exactly its words, of a spec of
// Refused anything. Each finding has AWS's code and message, or is one of Silent.
func (s Spec[C, W, G]) refused(t *testing.T, d kind.Definition[C, W, G]) {
	t.Helper()
	silent := map[string]finding.Unsaid{}
	found := 0
	for text, want := range s.Check {
		var got []string
		for _, f := range d.Check(parse[W](t, text)) {
			got = append(got, f.Path+": "+f.Message)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("findings about %s (-want +got):\n%s", text, diff)
		}
		found += answered(t, d, text, silent)
	}
	for _, text := range s.Refused {
		n := answered(t, d, text, silent)
		if n == 0 {
			t.Errorf("nothing is refused of %.200s", text)
		}
		found += n
	}
	if found == 0 {
		t.Error("its check refuses nothing: give specs that it refuses in Check or Refused")
	}
	if slices.Contains(pathsOf[W](), tagKey) {
		for _, text := range badTags() {
			if answered(t, d, text, silent) == 0 {
				t.Errorf("nothing is refused of %.200s", text)
			}
		}
		delete(silent, fmt.Sprintf("%q is the name of an owner tag: choose another", resource.TagOwner)) // the rule is ours
	}
	want := s.Silent
	if want == nil {
		want = map[string]finding.Unsaid{}
	}
	if diff := cmp.Diff(want, silent); diff != "" {
		t.Errorf("findings without a code (-want +got):\n%s", diff)
	}
}

// answered returns how much is refused of a spec. It adds the findings without AWS's answer to silent.
func answered[C, W, G any](t *testing.T, d kind.Definition[C, W, G], text string, silent map[string]finding.Unsaid) int {
	t.Helper()
	want := parse[W](t, text)
	found := d.Check(want)
	tagging.Check(tagging.In(want), d.Tagged.Rules, func(f finding.Finding) { found = append(found, f) })
	for _, f := range found {
		if f.Path == "" || f.Message == "" || f.Code == "" != (f.Answer == "") || f.Code == "" == (f.Unsaid == "") {
			t.Errorf("%.200s: the finding %+v has no answer, or does not say why", text, f)
		}
		if f.Unsaid != "" {
			silent[f.Message] = f.Unsaid
		}
	}
	return len(found)
}

func parse[W any](t *testing.T, text string) (spec W) {
	t.Helper()
	if err := yaml.UnmarshalStrict([]byte(text), &spec); err != nil {
		t.Fatalf("reading a spec: %v\n%s", err, text)
	}
	return spec
}

// badTags are tags that AWS or Tack refuses on every resource. They have keys and values that are too
// long or have a forbidden character, the same key twice, our own key, or are too many.
func badTags() []string {
	many := make([]string, 49)
	for i := range many {
		many[i] = fmt.Sprintf("{key: k%d}", i)
	}
	return []string{
		fmt.Sprintf(`{tags: [{key: %s, value: %s}, {key: a}, {key: a}, {key: %s}, {key: "b|"}]}`, strings.Repeat("x", 129), strings.Repeat("x", 257), resource.TagOwner),
		`{tags: [` + strings.Join(many, ", ") + `, {key: c, value: "|"}, {key: C}]}`,
	}
}
