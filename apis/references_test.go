package apis_test

import (
	"strings"
	"testing"

	"github.com/tack-dev/tack/apis"
)

// Tack follows every reference that users can write. Its kind and its target field exist.
func TestReferencesAndCRDs(t *testing.T) {
	for file, c := range loadCRDs(t) {
		spec := map[string]field{}
		flatten(spec, "spec", c.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"], false)
		name := strings.TrimSuffix(c.Spec.Group, ".services.k8s.aws") + "." + c.Spec.Names.Kind
		followed := map[string]bool{}
		for _, r := range apis.References(name) {
			path := "spec." + r.Path
			followed[path] = true
			if _, ok := spec[path+".from.name"]; !ok {
				t.Errorf("%s: no reference at %s", file, path)
			}
			parent := strings.TrimSuffix(path, "[]")
			if into := parent[:strings.LastIndex(parent, ".")+1] + r.Into; spec[into].Type == "" {
				t.Errorf("%s: %s fills %s, which does not exist", file, path, into)
			}
			if _, ok := apis.Referable(r.Kind); !ok {
				t.Errorf("%s: %s names objects of kind %s, which does not exist", file, path, r.Kind)
			}
		}
		for path := range spec {
			if ref, ok := strings.CutSuffix(path, ".from.name"); ok && !followed[ref] {
				t.Errorf("%s: no row follows %s", file, ref)
			}
		}
	}
}
