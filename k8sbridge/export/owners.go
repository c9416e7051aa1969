package export

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
)

// owners are the field managers of a key.
type owners struct {
	mine, ack bool     // the FieldExport itself; a program with the name of ACK's controllers
	others    []string // other FieldExports
	strangers []string // all else
}

// ownersOf returns who owns the key of a FieldExport.
func ownersOf(u *unstructured.Unstructured, w wish) (o owners) {
	for _, manager := range managersOf(u, w.key) {
		switch {
		case manager == w.manager():
			o.mine = true
		case strings.HasPrefix(manager, managers):
			o.others = append(o.others, manager)
		case manager == level.ManagerOfACK:
			o.ack = true
		default:
			o.strangers = append(o.strangers, manager)
		}
	}
	return o
}

// onlyACK reports whether nothing but ACK's controller owns the key. Tack owns an equal value as well:
// later it can then write another one.
func (o owners) onlyACK() bool {
	return o.ack && !o.mine && len(o.others) == 0 && len(o.strangers) == 0
}

// strangersFor returns the managers whose different value stays. ACK's is one of them, unless ACK wrote
// the key for this FieldExport: ACK adds its finalizer before it writes. Other programs have the name of
// ACK's controller too. A value that Tack owns as well is the one that Tack wrote: a manager that changes a
// value takes it from the others.
// Source: https://github.com/aws-controllers-k8s/runtime/blob/main/pkg/runtime/field_export_reconciler.go
func (o owners) strangersFor(w wish) []string {
	if o.ack && (len(o.strangers) > 0 || !w.finalizer && !o.mine && len(o.others) == 0) {
		return slices.Sorted(slices.Values(append(o.strangers, level.ManagerOfACK)))
	}
	return o.strangers
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
