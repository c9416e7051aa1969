// Package ignoring leaves fields of a spec alone that others manage in AWS. In a comparison, these
// fields have AWS's values.
package ignoring

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/resource"
)

const (
	annotation = "services.k8s.aws/ignore-fields"
	root       = "spec" // begins each path
)

// Problem returns the problem of an object that names fields to ignore that a spec of type W does
// not have; nil: it has all of them. A deletion compares nothing.
func Problem[W any](o resource.Object) *resource.Problem {
	var words []string
	for _, path := range o.Ignored {
		if why := Refused[W](path); why != "" {
			words = append(words, path+": "+why)
		}
	}
	if len(words) == 0 || o.Deleting {
		return nil
	}
	return &resource.Problem{State: resource.Terminal, Reason: resource.ReasonIgnoreFields,
		Message: "annotation " + annotation + ": " + resource.Several(words)}
}

// Refused says why an object with a spec of type W cannot ignore the field at path; empty: it can.
func Refused[W any](path string) string {
	names := strings.Split(path, ".")
	if names[0] != root {
		_, rest, other := strings.Cut(path, ".")
		if !other || !strings.EqualFold(names[0], root) {
			rest = path
		}
		return "the path does not begin with spec: write spec." + rest
	}
	if len(names) == 1 {
		return "it names no field: write one below it, as in spec.tags"
	}
	at := reflect.TypeFor[W]()
	for i, name := range names[1:] {
		above := strings.Join(names[:i+1], ".")
		if why := indivisible(at, above); why != "" {
			return why
		}
		field, there := fieldOf(at, name)
		if !there {
			return missing(at, above, name)
		}
		at = pointed(field.Type)
	}
	return ""
}

// indivisible says why a field is ignored only as a whole; empty: it has fields of its own.
func indivisible(t reflect.Type, path string) string {
	switch t.Kind() { //nolint:exhaustive // a field of any other type is one value
	case reflect.Slice:
		return fmt.Sprintf("%s is a list, which is ignored as a whole: write %s", path, path)
	case reflect.Map:
		return fmt.Sprintf("%s is a map, which is ignored as a whole: write %s", path, path)
	case reflect.Struct:
		if name := t.Name(); name != "Time" && name != "AWSResourceReferenceWrapper" {
			return ""
		}
	}
	return fmt.Sprintf("%s is ignored as a whole: write %s", path, path)
}

// missing says that there is no such field, and which one is meant.
func missing(t reflect.Type, above, name string) string {
	plain, index, _ := strings.Cut(name, "[")
	if field, there := fieldOf(t, plain); there && index != "" {
		if why := indivisible(pointed(field.Type), above+"."+plain); why != "" {
			return why
		}
	}
	for field := range t.Fields() {
		if strings.EqualFold(nameOf(field), name) {
			return fmt.Sprintf("there is no such field: write %s.%s", above, nameOf(field))
		}
	}
	return "there is no such field"
}

// Merged returns want with the values of described in the fields at the paths. The value of a field
// that described lacks is no value: the spec leaves it out.
func Merged[W any](want, described W, paths []string) W {
	for _, path := range paths {
		if Refused[W](path) == "" {
			merge(reflect.ValueOf(&want).Elem(), reflect.ValueOf(&described).Elem(), below(path))
		}
	}
	return want
}

// merge sets the field of to that the names lead to. It changes copies of what pointers lead to,
// because others use it too.
func merge(to, from reflect.Value, names []string) {
	field, _ := fieldOf(to.Type(), names[0])
	to, from = to.FieldByIndex(field.Index), from.FieldByIndex(field.Index)
	switch {
	case len(names) == 1:
		to.Set(from)
	case to.Kind() == reflect.Struct:
		merge(to, from, names[1:])
	case to.Kind() == reflect.Pointer:
		part := valueAt(to)
		merge(part, valueAt(from), names[1:])
		if !to.IsNil() || !part.IsZero() {
			to.Set(part.Addr())
		}
	}
}

// valueAt returns a copy of what a pointer leads to; zero where it is nil.
func valueAt(pointer reflect.Value) reflect.Value {
	value := reflect.New(pointer.Type().Elem()).Elem()
	if !pointer.IsNil() {
		value.Set(pointer.Elem())
	}
	return value
}

// Leave returns the spec to compare. Its fields at the paths have the values of the resource that
// describe and tags describe. The user's tags are among the fields, and the owner tags are not.
func Leave[W any](paths []string, want W, describe func() W, tags map[string]string) W {
	if len(paths) == 0 {
		return want
	}
	described := describe()
	if tagging.Carries(described) {
		raw, _ := json.Marshal(map[string]any{"tags": tagging.Users(tags)})
		_ = json.Unmarshal(raw, &described) // every spec with tags has this form
	}
	return Merged(want, described, paths)
}

// DefaultTags returns the default tags that Tack keeps on the resource of an object. Where others manage
// its tags, these are only the ones that inform. The same holds while an adoption fills the spec: tags
// that are already there become tags of the spec, and those that Tack adds must not.
func DefaultTags(o resource.Object) []resource.DefaultTag {
	if !resource.Covers(o.Ignores(), root+".tags") && !o.Fills() {
		return o.DefaultTags
	}
	return slices.DeleteFunc(slices.Clone(o.DefaultTags), func(tag resource.DefaultTag) bool { return !resource.Informs(tag.Key) })
}

// Sought returns the spec with which a resource is read. It has no ignored secret, so that AWS is not
// asked for it.
func Sought[W any](paths []string, want W, secrets []string) W {
	var none W
	return Merged(want, none, slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		name := path[strings.LastIndexByte(path, '.')+1:]
		return !slices.ContainsFunc(secrets, func(secret string) bool { return strings.EqualFold(secret, name) })
	}))
}

// Without returns fields of a spec, in JSON, without those at the paths.
func Without(fields json.RawMessage, paths []string) json.RawMessage {
	if len(fields) == 0 || len(paths) == 0 {
		return fields
	}
	var spec map[string]any
	_ = json.Unmarshal(fields, &spec) // Tack wrote it
	for _, path := range paths {
		if names := below(path); len(names) > 0 {
			remove(spec, names)
		}
	}
	if len(spec) == 0 {
		return nil
	}
	raw, _ := json.Marshal(spec) // it was decoded from JSON
	return raw
}

// remove removes a field. An object that has no other field goes with it.
func remove(from map[string]any, names []string) {
	if len(names) == 1 {
		delete(from, names[0])
		return
	}
	if part, there := from[names[0]].(map[string]any); there {
		remove(part, names[1:])
		if len(part) == 0 {
			delete(from, names[0])
		}
	}
}

// Advice names the fields that an object with a spec of type W ignores; nil: none.
func Advice[W any](o resource.Object) []resource.Advice {
	if len(o.Ignored) == 0 || Problem[W](o) != nil {
		return nil
	}
	return []resource.Advice{{Reason: resource.ReasonFieldsIgnored, Message: fmt.Sprintf(
		"after the create, Tack leaves these fields as they are in AWS: %s (annotation %s)", strings.Join(o.Ignored, ", "), annotation)}}
}

// below returns the names in a path below spec.
func below(path string) []string { return strings.Split(path, ".")[1:] }

func fieldOf(t reflect.Type, name string) (reflect.StructField, bool) {
	for field := range t.Fields() {
		if nameOf(field) == name {
			return field, true
		}
	}
	return reflect.StructField{}, false
}

// nameOf returns the name of a field in manifests.
func nameOf(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

func pointed(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}
