package resource

import (
	"strings"
	"testing"
)

func TestSeveral(t *testing.T) {
	many := strings.Split(strings.Repeat("x ", 12), " ")[:12]
	for want, messages := range map[string][]string{
		"":                             nil,
		"one":                          {"one"},
		"one; two":                     {"one", "two"},
		"x; x; x; x; x; x; x; x; x; x": many[:10],
		"x; x; x; x; x; x; x; x; x; x; and 2 more": many,
	} {
		if got := Several(messages); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
