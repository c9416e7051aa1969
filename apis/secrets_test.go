package apis_test

import (
	"strings"
	"testing"

	"github.com/tack-dev/tack/apis"
)

// The table lists every plain-text field of an ACK spec with a name that suggests a secret. It
// includes fields of kinds that are not served yet.
func TestSecrets(t *testing.T) {
	found := 0
	for name, f := range loadFacts(t) {
		group, kind, _ := strings.Cut(name, "/")
		service, _, _ := strings.Cut(group, ".")
		listed := map[string]bool{}
		for _, path := range apis.Secrets(service + "." + kind) {
			listed[path] = true
			if f.fields["spec."+path].Type != "string" {
				t.Errorf("%s has no text in spec.%s", name, path)
			}
		}
		for path, field := range f.fields {
			below, ok := strings.CutPrefix(path, "spec.")
			if !ok || field.Type != "string" || !tellsOfSecret(below) {
				continue
			}
			found++
			if !listed[below] {
				t.Errorf("%s of %s is not in the table of secrets", path, name)
			}
		}
	}
	if found == 0 {
		t.Error("no secret field was found: correct the test's pattern")
	}
}

func tellsOfSecret(path string) bool {
	last := strings.ToLower(path[strings.LastIndex(path, ".")+1:])
	for _, word := range []string{"userdata", "password", "secret", "sharedkey", "privatekey", "credential"} {
		if strings.Contains(last, word) {
			return true
		}
	}
	return false
}
