package resource

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// A value that does not fit into a column of 255 characters is shortened and stays unique.
func TestAttributeValue(t *testing.T) {
	// IAM allows 512 characters in a path and 128 in a policy's name.
	path := "/" + strings.Repeat("p", 510) + "/"
	longest := "arn:aws-us-gov:iam::111111111111:policy" + path + strings.Repeat("n", 128)
	for name, v := range map[string]string{
		"empty": "", "an id": "vpc-1", "a name of Kubernetes": strings.Repeat("n", 253), "just fits": strings.Repeat("n", 255),
		"longest ARN": longest, "one too long": strings.Repeat("n", 256), "of several bytes": strings.Repeat("ü", 200), "shifted": "x" + strings.Repeat("ü", 200),
	} {
		got := AttributeValue(v)
		if len(v) <= 255 && got != v {
			t.Errorf("%s: %q is changed to %q", name, v, got)
		}
		if len(got) > 255 || !utf8.ValidString(got) {
			t.Errorf("%s: %q has %d bytes", name, got, len(got))
		}
		if len(v) > 255 && !strings.HasPrefix(v, got[:200]) {
			t.Errorf("%s: %q does not begin like its value", name, got)
		}
		if AttributeValue(got) != got {
			t.Errorf("%s: shortening twice changes it", name)
		}
	}
	if AttributeValue(longest) == AttributeValue(longest[:len(longest)-1]+"x") {
		t.Error("two names are written as one value")
	}
}

// Temporal refuses a start with a longer fairness key.
func TestFairnessKey(t *testing.T) {
	for account, want := range map[string]string{"111111111111": "111111111111", "": "", strings.Repeat("1", 65): ""} {
		if got := FairnessKey(account); got != want {
			t.Errorf("%q: %q, want %q", account, got, want)
		}
	}
}
