package houserules

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/test/golden"
)

// The documentation for operators says of each kind whether a second resource is swept. A kind that
// is swept has the activity, by the contract of names. With -update, the test writes the row of a
// new kind that has a token, or is swept. A person writes which natural key a kind has.
func TestASecondResourceIsKeptAwayOrSwept(t *testing.T) {
	path := filepath.Join(root, "docs", "guarantees.md")
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	activities := lines(t, filepath.Join("activities", "kind", "testdata", "activities.golden"))
	for _, kind := range apis.Kinds() {
		row := rowOf(text, strings.ToUpper(kind.Service)+" "+kind.Kind)
		swept := slices.Contains(activities, kind.Name()+"/Sweep")
		if row == "" {
			row = newRow(t, kind, swept)
			first := rowOf(text, strings.ToUpper(kind.Service)+" ")
			text = strings.Replace(text, first, row+"\n"+first, 1)
		}
		if says := strings.Contains(row, "sweep"); says != swept {
			t.Errorf("docs/guarantees.md says %[2]q about %[1]s; whether it is swept: %[3]t", kind.Name(), row, swept)
		}
	}
	golden.Check(t, path, text)
}

// newRow returns the row of a kind that has none, as its create request says.
func newRow(t *testing.T, kind apis.Kind, swept bool) string {
	t.Helper()
	start := "| " + strings.ToUpper(kind.Service) + " " + kind.Kind + " | "
	if swept {
		return start + "claim, wait, sweep | owner tag | two for a while |"
	}
	create := lines(t, filepath.Join("activities", kind.Service, "testdata", kind.Name()+".requests"))[2]
	if !strings.Contains(create, `"ClientToken":`) {
		t.Fatalf("docs/guarantees.md has no row for %s: add one that names its natural key", kind.Name())
	}
	return start + "token | owner tag; the same token again | only with an edit |"
}

// rowOf returns the first table row that begins with some words.
func rowOf(page, words string) string {
	for line := range strings.SplitSeq(page, "\n") {
		if strings.HasPrefix(line, "| "+words) && (strings.HasSuffix(words, " ") || strings.HasPrefix(line, "| "+words+" |")) {
			return line
		}
	}
	return ""
}
