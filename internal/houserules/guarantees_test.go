package houserules

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tack-dev/tack/apis"
)

// The documentation for operators says of each kind whether a second resource is swept. A kind that
// is swept has the activity, by the contract of names.
func TestASecondResourceIsKeptAwayOrSwept(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "guarantees.md"))
	if err != nil {
		t.Fatal(err)
	}
	activities := lines(t, filepath.Join("activities", "kind", "testdata", "activities.golden"))
	for _, kind := range apis.Kinds() {
		row := rowOf(string(page), strings.ToUpper(kind.Service)+" "+kind.Kind)
		if row == "" {
			t.Errorf("docs/guarantees.md has no row for %s", kind.Name())
		}
		swept := slices.Contains(activities, kind.Name()+"/Sweep")
		if says := strings.Contains(row, "sweep"); says != swept {
			t.Errorf("docs/guarantees.md says %[2]q about %[1]s; whether it is swept: %[3]t", kind.Name(), row, swept)
		}
	}
}

// rowOf returns the table row that begins with a word.
func rowOf(page, word string) string {
	for line := range strings.SplitSeq(page, "\n") {
		if strings.HasPrefix(line, "| "+word+" |") {
			return line
		}
	}
	return ""
}
