package fieldtest

import (
	"reflect"
	"strings"
)

// pathsOf returns the paths of all fields of a type that contain a value.
func pathsOf[T any]() []string { return pathsIn(reflect.TypeFor[T]()) }

func pathsIn(t reflect.Type) []string {
	var paths []string
	walkType(t, "", func(path string) { paths = append(paths, path) })
	return paths
}

func walkType(t reflect.Type, path string, found func(string)) {
	switch {
	case t.Kind() == reflect.Pointer:
		walkType(t.Elem(), path, found)
	case t.Kind() == reflect.Slice:
		walkType(t.Elem(), path+"[]", found)
	case hasFields(t):
		for f := range t.Fields() {
			walkType(f.Type, below(path, f), found)
		}
	default:
		found(path)
	}
}

// setIn returns the paths of the fields that are set anywhere in a value.
func setIn(v any) map[string]bool {
	set := map[string]bool{}
	walkValue(reflect.ValueOf(v), "", func(path string) { set[path] = true })
	return set
}

func walkValue(v reflect.Value, path string, found func(string)) {
	switch {
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			walkValue(v.Elem(), path, found)
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			walkValue(v.Index(i), path+"[]", found)
		}
	case hasFields(v.Type()):
		for i := range v.NumField() {
			walkValue(v.Field(i), below(path, v.Type().Field(i)), found)
		}
	default:
		found(path)
	}
}

// hasFields reports whether a type is an object of the API: a time and a reference count as single
// values.
func hasFields(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t.Name() != "Time" && t.Name() != "AWSResourceReferenceWrapper"
}

func below(path string, f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if path == "" {
		return name
	}
	return path + "." + name
}
