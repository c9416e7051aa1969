package export

import (
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fakecluster"
)

// A Synced object of each kind exports its id. Before that, the FieldExport says what is missing.
func TestEachKindExportsItsID(t *testing.T) {
	for _, kind := range apis.Kinds() {
		w, err := wishOf(manifest(func(from, _ fields) {
			from["path"] = ".status." + kind.IDField
			from["resource"] = fields{"group": kind.Group, "kind": kind.Kind, "name": "main"}
		}))
		if err != nil {
			t.Fatal(err)
		}
		u := &unstructured.Unstructured{Object: fields{}}
		cluster := fakecluster.Cluster{}
		e := &Exporter{Config: Config{Objects: cluster}}
		want := func(value, reason string) {
			t.Helper()
			got, r, err := e.read(t.Context(), w)
			if err != nil || got != value || (r == nil) != (reason == "") || r != nil && r.Reason != reason {
				t.Errorf("%s: got %q, %+v and %v, want %q, %q", kind.Name(), got, r, err, value, reason)
			}
		}
		want("", resource.ReasonSourceNotFound)
		cluster[kind.Plural+"/ns/main"] = u.Object
		want("", resource.ReasonSourceNotSynced)
		u.Object["status"] = fields{"conditions": []any{fields{"type": string(corev1alpha1.ConditionTypeResourceSynced), "status": "True"}}}
		want("", resource.ReasonFieldNotSet)
		if err := unstructured.SetNestedField(u.Object, "id-1", append([]string{"status"}, level.FieldPath(kind.IDField)...)...); err != nil {
			t.Fatal(err)
		}
		want("id-1", "")
	}
}
