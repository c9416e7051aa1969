package level

import (
	"fmt"
	"strings"
)

// field is one occurrence of a reference: the object that holds it, and its path.
type field struct {
	holder map[string]any
	name   string
	path   string // "spec.ingressRules[0].userIDGroupPairs[1].groupRef"
	list   *field // for an item of a list: the list
}

// filled returns the path of the field beside a reference, if that field has a value.
func (f field) filled(into string) string {
	if f.list != nil {
		f.holder, f.name, f.path = f.list.holder, f.list.name, f.list.path
	}
	value := f.holder[into]
	if list, ok := value.([]any); value == nil || value == "" || ok && len(list) == 0 {
		return ""
	}
	return strings.TrimSuffix(f.path, f.name) + into
}

// fill writes an id into the field beside the reference.
func (f field) fill(into, id string) {
	if f.list == nil {
		f.holder[into] = id
		return
	}
	ids, _ := f.list.holder[into].([]any)
	f.list.holder[into] = append(ids, id)
}

// fieldsAt finds every occurrence of a path in a spec.
func fieldsAt(spec map[string]any, path string) []field {
	at := []field{{holder: map[string]any{"spec": spec}, name: "spec", path: "spec"}}
	for _, part := range FieldPath(path) {
		name, list := strings.CutSuffix(part, "[]")
		var next []field
		for _, f := range at {
			holder, ok := f.holder[f.name].(map[string]any)
			if !ok || holder[name] == nil {
				continue
			}
			if !list {
				next = append(next, field{holder: holder, name: name, path: f.path + "." + name})
				continue
			}
			items, _ := holder[name].([]any)
			for i, item := range items {
				next = append(next, field{
					holder: map[string]any{"": item}, path: fmt.Sprintf("%s.%s[%d]", f.path, name, i),
					list: &field{holder: holder, name: name, path: f.path + "." + name},
				})
			}
		}
		at = next
	}
	return at
}

// FieldPath returns the names in a path such as "ackResourceMetadata.arn".
func FieldPath(dotted string) []string { return strings.Split(dotted, ".") }
