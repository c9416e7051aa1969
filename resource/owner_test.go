package resource

import "testing"

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
