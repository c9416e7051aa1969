package level

import (
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
)

// Literal is the id or name of a resource of a kind, which a spec holds in place of a reference.
type Literal struct{ Kind, Value string }

// Literals returns the ids and names that a spec holds in the fields that a reference would fill.
func Literals(kind apis.Kind, u *unstructured.Unstructured) (all []Literal) {
	spec, _, _ := unstructured.NestedMap(u.Object, "spec")
	for _, reference := range apis.References(kind.Name()) {
		for _, f := range fieldsAt(spec, filledBy(reference)) {
			if value, ok := f.holder[f.name].(string); ok && value != "" {
				if reference.Shown != "" {
					value = value[strings.LastIndexByte(value, '.')+1:] // the id at its end
				}
				all = append(all, Literal{reference.Kind, value})
			}
		}
	}
	return all
}

// filledBy returns the path of the field that a reference fills: of "routes[].gatewayRef" it is
// "routes[].gatewayID".
func filledBy(reference apis.Reference) string {
	path, list := strings.CutSuffix(reference.Path, "[]")
	path = path[:strings.LastIndexByte(path, '.')+1] + reference.Into
	if list {
		path += "[]"
	}
	return path
}

// Names returns the values by which a spec may name an object's resource: its id, and the name at
// the end of an ARN.
func Names(kind apis.Kind, u *unstructured.Unstructured) []string {
	id := Known(u, kind).ID
	switch name := id[strings.LastIndexByte(id, '/')+1:]; {
	case id == "":
		return nil
	case name != id:
		return []string{id, name}
	}
	return []string{id}
}
