// Package fixed compares the fields that AWS sets at the create and cannot change afterwards.
package fixed

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"

	"github.com/tack-dev/tack/activities/shape"
)

// Fields are the fields of a spec W that AWS cannot change, with those of the resource G. The zero
// value has none.
type Fields[W, G any] struct {
	pairs []pair
	// onlyShown leaves out what AWS does not show of a resource: there is nothing to compare.
	onlyShown bool
}

type pair struct {
	name      string
	want, got []int
}

// Of names fields, as manifests have them, whose name in AWS's answer differs only in letter case.
// It panics where a type lacks one.
func Of[W, G any](names ...string) (f Fields[W, G]) { return f.And(names...) }

// And adds fields.
func (f Fields[W, G]) And(names ...string) Fields[W, G] {
	for _, name := range names {
		f = f.As(name, name)
	}
	return f
}

// As adds a field that has another name in AWS's answer.
func (f Fields[W, G]) As(name, of string) Fields[W, G] {
	f.pairs = append(f.pairs, pair{name, shape.Place(reflect.TypeFor[W](), name), shape.Place(reflect.TypeFor[G](), of)})
	return f
}

// WhereShown leaves out the fields for which AWS shows no value.
func (f Fields[W, G]) WhereShown() Fields[W, G] {
	f.onlyShown = true
	return f
}

// Notes names the fields that differ, below a path: "spec". A field that the spec leaves out never
// differs.
func (f Fields[W, G]) Notes(path string, want W, got *G) (notes []string) {
	for _, p := range f.pairs {
		wanted := shape.Words(reflect.ValueOf(want).FieldByIndex(p.want))
		is := shape.ShownWords(reflect.ValueOf(got).Elem().FieldByIndex(p.got))
		if wanted == "" || is == "" && f.onlyShown || same(wanted, is) {
			continue
		}
		notes = append(notes, Note(path+"."+p.name, is))
	}
	return notes
}

// Note reports a field that AWS fixed when it created the resource.
func Note(path, is string) string {
	return fmt.Sprintf("%s: AWS cannot change it; make a new object, or put back %q", path, is)
}

// same compares as AWS does: it masks the host bits of a CIDR block, and trims spaces at the end of
// a name.
func same(want, is string) bool {
	block, err := netip.ParsePrefix(want)
	other, errOther := netip.ParsePrefix(is)
	if err == nil && errOther == nil {
		return block.Masked() == other.Masked()
	}
	return strings.TrimRight(want, " ") == strings.TrimRight(is, " ")
}
