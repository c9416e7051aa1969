// Package fixed compares the fields that AWS sets at the create and cannot change afterwards.
package fixed

import (
	"net/netip"
	"reflect"
	"slices"
	"strconv"
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
	name string
	want []int
	got  []place // any of them may have the value
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

// As adds a field that has another place in AWS's answer: "GroupName", or "Attachments[].VpcId" in a
// list. Where several are given, or the list has several elements, any may have the value.
func (f Fields[W, G]) As(name string, of ...string) Fields[W, G] {
	p := pair{name: name, want: shape.Place(reflect.TypeFor[W](), name)}
	for _, path := range of {
		p.got = append(p.got, placeOf(reflect.TypeFor[G](), path))
	}
	f.pairs = append(slices.Clip(f.pairs), p)
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
		shown := p.shown(got)
		has := func(is string) bool { return same(wanted, is) }
		if wanted == "" || f.onlyShown && !slices.ContainsFunc(shown, given) || slices.ContainsFunc(shown, has) {
			continue
		}
		notes = append(notes, Note(path+"."+p.name, append(shown, "")[0]))
	}
	return notes
}

func given(text string) bool { return text != "" }

// shown returns what AWS shows in the places of the field.
func (p pair) shown(got any) (words []string) {
	for _, at := range p.got {
		for _, value := range at.values(reflect.ValueOf(got).Elem()) {
			words = append(words, shape.ShownWords(value))
		}
	}
	return words
}

// unchangeable follows the field in a note.
const unchangeable = ": AWS cannot change it; make a new object, or put back "

// Note reports a field that AWS fixed when it created the resource.
func Note(path, is string) string { return path + unchangeable + strconv.Quote(is) }

// Named returns the fields of those notes that Note made, in the order of the notes.
func Named(notes []string) (fields []string) {
	for _, note := range notes {
		if field, _, found := strings.Cut(note, unchangeable); found {
			fields = append(fields, field)
		}
	}
	return fields
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
