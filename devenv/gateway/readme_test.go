package gateway

import (
	"os"
	"strings"
	"testing"
)

func TestReadmeListsEveryFault(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		if !strings.Contains(string(readme), "\n| `"+string(fault)+"` |") {
			t.Errorf("the table has no row for %s", fault)
		}
	}
	for _, way := range ways {
		if !strings.Contains(string(readme), "`"+string(way)+"`") {
			t.Errorf("by %q isn't explained", way)
		}
	}
}
