// Package request encodes the SDK's requests and answers in JSON for histories.
package request

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Compact encodes v in JSON without nulls, empty lists and objects, and unset enums. An SDK request
// has dozens of fields and uses three: the others would fill the Web UI. Keys are sorted, so that
// equal requests have equal bytes.
func Compact(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encoding a %T: %v", v, err)) // SDK shapes are plain data
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		panic(fmt.Sprintf("reading back a %T: %v", v, err))
	}
	dropUnset(tree, reflect.ValueOf(v))
	tree, _ = prune(tree)
	if tree == nil {
		return json.RawMessage("{}")
	}
	raw, _ = json.Marshal(tree) // decoded from JSON
	return raw
}

// prune drops everything empty below v and reports whether anything remains.
func prune(v any) (any, bool) {
	switch v := v.(type) {
	case nil:
		return nil, false
	case map[string]any:
		for key, child := range v {
			if pruned, keep := prune(child); keep {
				v[key] = pruned
			} else {
				delete(v, key)
			}
		}
		return v, len(v) > 0
	case []any:
		kept := v[:0]
		for _, child := range v {
			if pruned, keep := prune(child); keep {
				kept = append(kept, pruned)
			}
		}
		return kept, len(kept) > 0
	}
	return v, true
}

// dropUnset drops empty strings in struct fields that are not pointers. In the SDK's shapes these
// are enums, and the SDK sends no empty enum. An empty text that AWS must receive, such as a
// description to clear, is behind a pointer. Values of maps and lists remain as they are.
func dropUnset(tree any, v reflect.Value) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	object, _ := tree.(map[string]any)
	list, _ := tree.([]any)
	switch { // a struct, map or list that encodes itself, such as a time, stays unchanged
	case object != nil && v.Kind() == reflect.Struct:
		dropUnsetFields(object, v)
	case object != nil && v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		for _, key := range v.MapKeys() {
			dropUnset(object[key.String()], v.MapIndex(key))
		}
	case v.Kind() == reflect.Slice && len(list) == v.Len():
		for i := range list {
			dropUnset(list[i], v.Index(i))
		}
	}
}

func dropUnsetFields(object map[string]any, v reflect.Value) {
	for i := range v.NumField() {
		name, field := jsonName(v.Type().Field(i)), v.Field(i)
		if field.Kind() == reflect.String && field.Len() == 0 {
			delete(object, name)
		} else {
			dropUnset(object[name], field)
		}
	}
}

// jsonName returns the JSON key of a struct's field.
func jsonName(f reflect.StructField) string {
	if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
		return name
	}
	return f.Name
}
