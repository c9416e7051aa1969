package shape

import (
	"fmt"
	"go/token"
	"reflect"
	"strings"
	"time"
)

// Places panics where the type lacks one of the fields.
func Places[T any](names []string) {
	for _, name := range names {
		Place(reflect.TypeFor[T](), name)
	}
}

// Place returns the place of a field whose name differs at most in letter case. It panics where the
// type lacks the field.
func Place(t reflect.Type, name string) []int {
	field, found := fieldOf(t, name)
	if !found {
		panic(fmt.Sprintf("%s has no field %s", t, name))
	}
	return field.Index
}

// fieldOf finds a field by its name, whatever its letter case. A field of an embedded struct counts.
func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	return t.FieldByNameFunc(func(s string) bool { return token.IsExported(s) && strings.EqualFold(s, name) })
}

// Words returns a plain value in words; empty: unset. A time is in UTC and whole seconds, as objects
// store it.
func Words(v reflect.Value) string {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return ""
		}
		v = v.Elem()
	}
	if isTime(v.Type()) {
		at, _ := reflect.TypeAssert[time.Time](timeFor(reflect.TypeFor[time.Time](), v))
		return at.UTC().Format(time.RFC3339)
	}
	return fmt.Sprint(v.Interface())
}

// ShownWords is Words for AWS's answer, where a flag that AWS leaves out is off.
func ShownWords(v reflect.Value) string {
	if v.Type() == reflect.TypeFor[*bool]() && v.IsNil() {
		return "false"
	}
	return Words(v)
}

// SetText sets a text of the struct that in points to, by the exact name of its field. The field is
// a text, or a list that gets this one. It reports whether the struct has such a field.
func SetText(in any, name, value string) bool {
	field := reflect.ValueOf(in).Elem().FieldByName(name)
	switch {
	case !field.IsValid():
		return false
	case field.Type() == reflect.TypeFor[*string]():
		field.Set(reflect.ValueOf(&value))
	case field.Type() == reflect.TypeFor[[]string]():
		field.Set(reflect.ValueOf([]string{value}))
	default:
		return false
	}
	return true
}
