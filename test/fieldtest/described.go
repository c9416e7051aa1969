package fieldtest

import (
	"cmp"
	"maps"
	"testing"

	"github.com/tack-dev/tack/activities/kind"
)

// described checks the specs that describe the resources. Together they contain every field of their
// type, except for references, tags and the unread ones. A comparison with the same resource
// plans nothing, or an adopted resource would be changed.
func (s Spec[C, W, G]) described(t *testing.T, d kind.Definition[C, W, G], paths []string) {
	t.Helper()
	described := s.Described
	if described == nil {
		described = []*G{s.Got, cmp.Or(s.Whole, s.Got)}
	}
	set := map[string]bool{}
	for _, got := range described {
		maps.Copy(set, setIn(d.Spec(got)))
	}
	for _, path := range paths {
		want(t, "described: "+path, set[path], s.Unread[path])
	}
	for _, got := range described {
		if refused := d.Check(d.Spec(got)); len(refused) > 0 {
			t.Errorf("the description is refused: %v", refused)
		}
		c := caseOf(s.ID, d.Spec(got))
		c.Tags = d.Facts(got).Tags
		if draft := d.Draft(d.Spec(got), got, c); len(draft.Steps)+len(draft.Notes) > 0 {
			t.Errorf("the resource does not match its own description: %v %q", draft.Steps, draft.Notes)
		}
	}
}
