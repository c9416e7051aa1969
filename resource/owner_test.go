package resource

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Every form of the owner tags names the same owner.
func TestOwnershipOf(t *testing.T) {
	whole := Ownership{Owner: "i/c/ec2.VPC/n/v", UID: "u-1", Incarnation: 2}
	for name, c := range map[string]struct {
		tags map[string]string
		want Ownership
	}{
		"none":             {map[string]string{"team": "a"}, Ownership{}},
		"in one tag":       {map[string]string{TagOwner: whole.Owner, TagUID: "u-1/2"}, whole},
		"in two tags":      {map[string]string{TagOwner: whole.Owner, TagUID: "u-1", TagIncarnation: "2"}, whole},
		"while they join":  {map[string]string{TagOwner: whole.Owner, TagUID: "u-1/2", TagIncarnation: "1"}, whole},
		"slash-free":       {map[string]string{PlainTagOwner: whole.Owner, PlainTagUID: "u-1/2"}, whole},
		"both keys":        {map[string]string{TagOwner: whole.Owner, TagUID: "u-1", TagIncarnation: "2", PlainTagOwner: "x", PlainTagUID: "x/9"}, whole},
		"owner alone":      {map[string]string{TagOwner: whole.Owner}, Ownership{Owner: whole.Owner}},
		"garbage":          {map[string]string{TagOwner: whole.Owner, TagUID: "u-1/x"}, Ownership{Owner: whole.Owner, UID: "u-1"}},
		"a making below 1": {map[string]string{TagUID: "u-1", TagIncarnation: "-3"}, Ownership{UID: "u-1"}},
	} {
		if got := OwnershipOf(c.tags); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

// A cluster and an installation have names that IAM accepts in the value of a tag.
func TestIsPart(t *testing.T) {
	for text, want := range map[string]bool{
		"dev": true, "prod-eu_1.a": true, "a:b=c+d@e": true, "größe": true, strings.Repeat("x", 100): true,
		"": false, "a/b": false, "a b": false, "a\u00a0b": false, "prod*1": false, "prod,eu": false, "a(b)": false, "dev#2": false, "a\n": false,
		"a\xff": false, strings.Repeat("x", 101): false,
	} {
		if got := IsPart(text); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
}

// A long owner tag is cut between two characters, and differs for each owner.
func TestALongOwnerTag(t *testing.T) {
	seen := map[string]bool{}
	for n := range 4 {
		owner := Owner{Install: strings.Repeat("x", n) + strings.Repeat("ü", 40), Ref: Ref{Cluster: strings.Repeat("ü", 50), Kind: "ec2.SecurityGroup", Namespace: "n", Name: strings.Repeat("n", 200)}}
		tag := owner.Tag()
		if !utf8.ValidString(tag) || len(tag) > maxTagValue || len(tag) < maxTagValue-3 || seen[tag] {
			t.Errorf("the tag is %q", tag)
		}
		seen[tag] = true
	}
	same := Owner{Install: "i", Ref: Ref{Cluster: "c", Kind: "k", Namespace: "n", Name: strings.Repeat("n", 253)}}
	const want = "i/c/k/n/"
	if tag := same.Tag(); len(tag) != maxTagValue || !strings.HasPrefix(tag, want) {
		t.Errorf("the tag of ASCII names is %q", tag)
	}
}
