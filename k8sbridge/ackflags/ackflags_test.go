package ackflags

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A flag of ACK's fails with the words of its row. Flags of the bridge, values and flags of nobody pass.
func TestCheck(t *testing.T) {
	known := flag.NewFlagSet("k8sbridge", flag.ContinueOnError)
	known.String("aws-region", "", "")
	for args, want := range map[string]string{
		"":                                 "",
		"--aws-region=us-west-2":           "",
		"-aws-region us-west-2":            "",
		"--unknown=1":                      "",
		"watch-namespace":                  "",
		"-- --watch-namespace=a":           "",
		"--aws-region x --watch-namespace": "--watch-namespace is a flag of ACK",
		"-watch-selectors=a=b":             "--watch-selectors is a flag of ACK that the bridge does not have. Move the objects",
		"--feature-gates=TeamLevelCARM=true --enable-carm": "IAMRoleSelectors are always on",
	} {
		err := Check(strings.Fields(args), known)
		if got := fmt.Sprint(err); (err == nil) != (want == "") || !strings.Contains(got, want) && want != "" {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
}

// row is one row of the table in the guide.
var row = regexp.MustCompile("(?m)^\\| `--([a-z-]+)` \\| (?:`([a-zA-Z._]+)`)? *\\| (.+) \\|$")

// The guide has one row for each flag, with the words of the error.
func TestTheGuideHasEachFlag(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "moving-from-ack.md"))
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, hit := range row.FindAllStringSubmatch(string(page), -1) {
		got = append(got, strings.Join(hit[1:], "|"))
	}
	for _, f := range All() {
		want = append(want, f.Name+"|"+f.Value+"|"+f.Instead)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows of docs/moving-from-ack.md (-want +got):\n%s", diff)
	}
}
