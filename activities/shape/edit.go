package shape

import (
	"reflect"
	"strings"
)

// Edits are fields that AWS changes together, by one call that leaves the others unchanged.
type Edits[In, W, G any] struct{ fields []edit }

// edit is the place of a field in the API's type, in AWS's answer and in the request.
type edit struct {
	name              string
	want, shown, asks []int
}

// Edit names fields of the API's type W, as manifests have them. Their names in AWS's answer G and
// in the request In differ only in letter case.
func Edit[In, W, G any](names ...string) (e Edits[In, W, G]) {
	for _, name := range names {
		e = e.As(name, name, name)
	}
	return e
}

// As adds a field that has other names in AWS's answer and in the request. It panics where a type
// lacks the field, or has it in another type.
func (e Edits[In, W, G]) As(name, shown, asks string) Edits[In, W, G] {
	p := &pairing{}
	want, answer, request := p.field(reflect.TypeFor[W](), name), p.field(reflect.TypeFor[G](), shown), p.field(reflect.TypeFor[In](), asks)
	if len(p.faults) == 0 {
		p.match(want.Type, answer.Type, name)
		p.match(want.Type, request.Type, name)
	}
	if len(p.faults) > 0 {
		panic("editing " + reflect.TypeFor[W]().String() + ": " + strings.Join(p.faults, "; "))
	}
	e.fields = append(e.fields, edit{name, want.Index, answer.Index, request.Index})
	return e
}

// Into fills the request with the fields that want sets and AWS shows otherwise, and returns them in
// words: "httpTokens required". A field that want leaves out stays as it is.
func (e Edits[In, W, G]) Into(in *In, want *W, got *G) (words []string) {
	if want == nil {
		return nil
	}
	if got == nil {
		got = new(G)
	}
	for _, f := range e.fields {
		wanted := reflect.ValueOf(want).Elem().FieldByIndex(f.want)
		value := Words(wanted)
		if value == "" || value == ShownWords(reflect.ValueOf(got).Elem().FieldByIndex(f.shown)) {
			continue
		}
		(&pairing{}).copy(reflect.ValueOf(in).Elem().FieldByIndex(f.asks), wanted, "", toSDK)
		words = append(words, f.name+" "+value)
	}
	return words
}

// field finds a field by its name in any letter case.
func (p *pairing) field(t reflect.Type, name string) reflect.StructField {
	field, found := fieldOf(t, name)
	if !found {
		p.faults = append(p.faults, name+" is no field of "+t.String())
	}
	return field
}
