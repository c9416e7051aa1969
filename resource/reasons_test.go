package resource_test

import (
	"testing"

	"github.com/tack-dev/tack/resource"
)

func TestReasonsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range resource.Reasons() {
		if seen[r.Name] {
			t.Errorf("%s is listed twice", r.Name)
		}
		seen[r.Name] = true
		if r.Means == "" || r.Next == "" || r.About == "" || r.State == "" {
			t.Errorf("%s lacks its meaning, mover, subject or state", r.Name)
		}
		if (r.Next == resource.User || r.Next == resource.Operator) && r.Remedy == "" {
			t.Errorf("%s: a person acts next, and the table does not say how", r.Name)
		}
		if r.Role && !resource.AboutRole(r.Name) {
			t.Errorf("AboutRole(%s) is false", r.Name)
		}
	}
}
