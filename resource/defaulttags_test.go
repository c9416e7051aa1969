package resource

import "testing"

// The default tags are an input of an object, except where they are not named and where a value may differ.
func TestDigestOfDefaultTags(t *testing.T) {
	digest := func(deleting bool, tags ...DefaultTag) string {
		return Level{Object: Object{Deleting: deleting, DefaultTags: tags}}.Digested().Digest
	}
	none := Level{Object: Object{DefaultTags: []DefaultTag{}}}.Digested().Digest
	prod, dev := DefaultTag{Key: "env", Value: "prod"}, DefaultTag{Key: "env", Value: "dev"}
	first, second := DefaultTag{Key: "by", Value: "v1", AnyValue: true}, DefaultTag{Key: "by", Value: "v2", AnyValue: true}
	for name, c := range map[string]struct {
		was, is string
		same    bool
	}{
		"not named":               {Level{}.Digested().Digest, digest(false), true},
		"an empty flag":           {Level{}.Digested().Digest, none, false},
		"another value":           {digest(false, prod), digest(false, dev), false},
		"another version of Tack": {digest(false, first), digest(false, second), true},
		"a deletion":              {digest(true, prod), digest(true, dev), true},
	} {
		if same := c.was == c.is; same != c.same {
			t.Errorf("%s: same digest %t, want %t", name, same, c.same)
		}
	}
}
