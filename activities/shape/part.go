package shape

import (
	"fmt"
	"reflect"
)

// Part returns how to reach the T in a G: G is T, or embeds it. It panics for other types.
func Part[T, G any]() func(*G) *T {
	t, g := reflect.TypeFor[T](), reflect.TypeFor[G]()
	if t == g {
		return func(got *G) *T { return any(got).(*T) }
	}
	field, found := g.FieldByName(t.Name())
	if !found || !field.Anonymous || !field.IsExported() || field.Type != t {
		panic(fmt.Sprintf("%s neither is nor embeds %s", g, t))
	}
	return func(got *G) *T { return reflect.ValueOf(got).Elem().FieldByIndex(field.Index).Addr().Interface().(*T) }
}

// Text returns the text of a struct in a field with that exact name; nil: the struct has none.
func Text(in any, name string) *string {
	field := reflect.Indirect(reflect.ValueOf(in)).FieldByName(name)
	if !field.IsValid() {
		return nil
	}
	text, _ := reflect.TypeAssert[*string](field)
	return text
}
