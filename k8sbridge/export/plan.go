package export

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/resource"
)

// plan is what follows for the target of a FieldExport.
type plan struct {
	write bool            // the key needs the value
	force bool            // it is owned by FieldExports that no longer ask for it
	done  resource.Report // the state after that
}

// planFor compares the key in the target with the value. claims returns the managers that present
// FieldExports use. It is called only if the key belongs to another FieldExport.
func planFor(w wish, value string, u *unstructured.Unstructured, claims func() (map[string]string, error)) (plan, error) {
	synced := plan{done: resource.Report{State: resource.Synced}}
	is, exists := valueIn(u, w.target, w.key)
	if !exists {
		synced.write = true
		return synced, nil
	}
	others, strangers := ownersOf(u, w)
	if len(others) > 0 {
		present, err := claims()
		if err != nil {
			return plan{}, err
		}
		for _, manager := range others {
			if other := present[manager]; other != "" {
				return plan{done: *report(resource.Blocked, resource.ReasonKeyOwned,
					"FieldExport %s writes key %s of %s: choose another key with spec.to.key, or delete that FieldExport", other, w.key, w.target)}, nil
			}
		}
	}
	switch {
	case is == value:
		return synced, nil
	case len(strangers) > 0:
		return plan{done: *owned(w, "which is owned by field manager "+strings.Join(strangers, ", "))}, nil
	case len(others) > 0:
		synced.write, synced.force = true, true
		return synced, nil
	case !slices.Contains(managersOf(u, w.key), w.manager()):
		return plan{done: *owned(w, "of unknown origin")}, nil
	}
	synced.write = true
	return synced, nil
}

func owned(w wish, whose string) *resource.Report {
	return report(resource.Blocked, resource.ReasonKeyOwned,
		"key %s of %s has another value, %s: remove the key, which is then written again, or choose another with spec.to.key", w.key, w.target, whose)
}

// valueIn returns the value of a key in a ConfigMap or Secret. A value in bytes that are not text
// differs from every text.
func valueIn(u *unstructured.Unstructured, t target, key string) (value string, exists bool) {
	for _, field := range []string{"data", "binaryData"} {
		data, _, _ := unstructured.NestedMap(u.Object, field)
		text, is := data[key].(string)
		switch {
		case !is:
			continue
		case field == "data" && !t.secret():
			return text, true
		}
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil || field == "binaryData" {
			return "\x00", true
		}
		return string(raw), true
	}
	return "", false
}

// ownersOf returns the managers of the key: those of other FieldExports, and strangers.
func ownersOf(u *unstructured.Unstructured, w wish) (others, strangers []string) {
	for _, manager := range managersOf(u, w.key) {
		switch {
		case manager == w.manager():
		case strings.HasPrefix(manager, managers):
			others = append(others, manager)
		default:
			strangers = append(strangers, manager)
		}
	}
	return others, strangers
}

// managersOf returns the field managers of a key.
func managersOf(u *unstructured.Unstructured, key string) (found []string) {
	entries, _, _ := unstructured.NestedSlice(u.Object, "metadata", "managedFields")
	for _, entry := range entries {
		entry, _ := entry.(map[string]any)
		for _, field := range []string{"f:data", "f:binaryData"} {
			if _, owns, _ := unstructured.NestedFieldNoCopy(entry, "fieldsV1", field, "f:"+key); owns {
				found = append(found, fmt.Sprint(entry["manager"]))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
