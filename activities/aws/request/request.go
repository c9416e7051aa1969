// Package request puts the SDK's requests and answers into JSON for histories.
package request

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Compact is v in JSON without nulls, empty lists and objects, and enums that are
// not set, which would fill the Web UI: an SDK request has dozens of fields and
// uses three. Keys are sorted, so that equal requests have equal bytes.
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
	raw, _ = json.Marshal(tree) // came from JSON
	return raw
}

// prune drops what is empty below v and says whether anything is left.
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

// dropUnset drops the empty strings of struct fields that are no pointers: in the
// SDK's shapes those are enums, of which it sends none that is empty. An empty
// text that AWS is to get, such as a description to be cleared, is behind a
// pointer; values of maps and lists stand for themselves.
func dropUnset(tree any, v reflect.Value) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	object, _ := tree.(map[string]any)
	list, _ := tree.([]any)
	switch { // a struct, map or list that encodes itself, as a time does, is left as it is
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

// jsonName is the key of a struct's field in JSON.
func jsonName(f reflect.StructField) string {
	if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
		return name
	}
	return f.Name
}
