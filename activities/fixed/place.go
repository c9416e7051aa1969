package fixed

import (
	"reflect"
	"strings"

	"github.com/tack-dev/tack/activities/shape"
)

// place is where a type has a value: a field, a field below it, and so on.
type place [][]int

// placeOf reads a path: "Attachments[].VpcId". It panics where a type lacks a field.
func placeOf(t reflect.Type, path string) (at place) {
	for part := range strings.SplitSeq(path, ".") {
		name, list := strings.CutSuffix(part, "[]")
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		index := shape.Place(t, name)
		if t = t.FieldByIndex(index).Type; list {
			t = t.Elem()
		}
		at = append(at, index)
	}
	return at
}

// values returns the values in the place: none below what is not set, and one for each element of a
// list.
func (at place) values(in reflect.Value) (values []reflect.Value) {
	if in.Kind() == reflect.Pointer && len(at) > 0 {
		if in.IsNil() {
			return nil
		}
		in = in.Elem()
	}
	switch {
	case in.Kind() == reflect.Slice:
		for i := range in.Len() {
			values = append(values, at.values(in.Index(i))...)
		}
		return values
	case len(at) == 0:
		return []reflect.Value{in}
	}
	return at[1:].values(in.FieldByIndex(at[0]))
}
