package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", []string{"> "}},
		{"one", []string{"> one"}},
		{"one two three", []string{"> one two", "  three"}},
		{"http://a.very.long/address then more", []string{"> http://a.very.long/address", "  then more"}},
		{"two spaces  and\na line", []string{"> two", "  spaces", "  and a", "  line"}},
		{"é é é é é é", []string{"> é é é é", "  é é"}},
	} {
		limit := 9
		if strings.HasPrefix(c.text, "http") || strings.HasPrefix(c.text, "one") {
			limit = 11
		}
		if diff := cmp.Diff(c.want, wrap(c.text, limit, "> ", "  ")); diff != "" {
			t.Errorf("%q (-want +got):\n%s", c.text, diff)
		}
	}
}

func TestColumns(t *testing.T) {
	got := columns([][]string{{"OBJECT", "ID", "LAST"}, {"VPC ä", "vpc-1", ""}, {"a link"}})
	want := []string{"   OBJECT  ID     LAST", "   VPC ä   vpc-1", "   a link"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
