package ownership

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/resource"
)

// For an object without a claim, AWS's tags decide whether a resource is its own: owner and uid,
// both. An id that the object itself names does not count.
func TestVouched(t *testing.T) {
	self := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "x.Thing", Cluster: "c", Namespace: "n", Name: "t"}}
	owner := self.Tag()
	tagged := func(id, owner, uid string) *Found {
		return &Found{ID: id, Tags: map[string]string{resource.TagOwner: owner, resource.TagUID: uid}}
	}
	own, bare := tagged("x-1", owner, "u/3"), &Found{ID: "x-1"}
	anothers, before := tagged("x-1", "i/c/x.Thing/n/other", "u/1"), tagged("x-1", owner, "before/1")
	for name, test := range map[string]struct {
		named, tagged *Found // the resource with the id, and the one with the owner's tag
		deleting      bool
		lost          bool
		want          string
	}{
		"ours":                            {named: own, tagged: own, want: "x-1, made 3"},
		"another's":                       {named: anothers, want: "Foreign: which belongs to i/c/x.Thing/n/other"},
		"without tags":                    {named: bare, want: "Foreign: which does not carry the tags of this object"},
		"of an object of the same name":   {named: before, want: "Foreign: which belongs to " + owner},
		"not there":                       {want: "Foreign: which AWS does not show"},
		"not there, but another is":       {tagged: own, want: "x-1, made 3"},
		"another's, but ours is there":    {named: bare, tagged: own, want: "x-1, made 3"},
		"goes, and is gone":               {deleting: true, lost: true, want: "nothing"},
		"goes, and is another's":          {deleting: true, lost: true, named: bare, want: "Foreign: which does not carry the tags of this object"},
		"goes, and was never ours":        {deleting: true, want: "Foreign: which AWS does not show"},
		"goes, and has another owner":     {deleting: true, lost: true, named: anothers, want: "nothing"},
		"goes, and another ours is there": {deleting: true, lost: true, named: anothers, tagged: before, want: "Foreign: which belongs to i/c/x.Thing/n/other"},
		"goes, and is of an earlier one":  {deleting: true, lost: true, named: before, want: "Foreign: which belongs to " + owner},
		"goes, another's and never ours":  {deleting: true, named: anothers, want: "Foreign: which belongs to i/c/x.Thing/n/other"},
	} {
		o := resource.Object{Owner: self, Deleting: test.deleting, Doubt: &resource.Doubt{ID: "x-1", Lost: test.lost}}
		plan, got := Vouched(o, test.named, test.tagged), "nothing"
		switch {
		case plan.Problem != nil:
			got = string(plan.Problem.State) + ": " + between(plan.Problem.Message, "x-1, ", ", and no claim")
			if !plan.Problem.Unproven {
				t.Errorf("%s: the id counts as proven", name)
			}
		case plan.ID != "":
			got = plan.ID + ", made " + string(rune('0'+plan.Incarnation))
		}
		if diff := cmp.Diff(test.want, got); diff != "" || len(plan.Steps) > 0 || plan.Create != nil {
			t.Errorf("%s (-want +got):\n%s\nplan: %+v", name, diff, plan)
		}
	}
}

// between returns the part of a text after one mark and before another.
func between(text, after, before string) string {
	_, text, _ = strings.Cut(text, after)
	text, _, _ = strings.Cut(text, before)
	return text
}

// No number is given to two resources, whether the claim or the tags name the higher one.
func TestIncarnation(t *testing.T) {
	self := resource.Owner{Install: "i", UID: "u"}
	third, bare := Found{Tags: self.Tags(3)}, Found{}
	for name, test := range map[string]struct {
		claim *resource.Claim
		found Found
		want  int
	}{
		"no claim":                        {nil, third, 3},
		"no claim and no number":          {nil, bare, 1},
		"an older claim":                  {&resource.Claim{Incarnation: 1}, third, 3},
		"an older claim, recorded":        {&resource.Claim{Incarnation: 1, ID: "x"}, third, 3},
		"they agree":                      {&resource.Claim{Incarnation: 3}, third, 3},
		"the tags were not updated":       {&resource.Claim{Incarnation: 5}, third, 5},
		"tags that name no number":        {&resource.Claim{Incarnation: 2}, bare, 2},
		"a claim and tags without number": {&resource.Claim{}, bare, 0},
	} {
		if got := Incarnation(test.claim, test.found); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
		if test.claim == nil {
			continue
		}
		left := Succeeded(resource.Object{Claim: test.claim}, test.found)
		if next := Next(resource.Object{Claim: left}); left.Recorded() || left.Open() || next != test.want+1 {
			t.Errorf("%s: its successor leaves %+v, and %d as the next number", name, left, next)
		}
	}
}

// A message names the keys that the resource has, or those that AWS accepts on it.
func TestKeysInMessages(t *testing.T) {
	self := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "x.Thing", Cluster: "c", Namespace: "n", Name: "t"}}
	const slashed, plain = "services.k8s.aws/tack-", "services.k8s.aws:tack-"
	for name, test := range map[string]struct {
		found     Found
		want, not string
	}{
		"no tags":                         {Found{}, slashed, plain},
		"no tags, none with a slash":      {Found{Plain: true}, plain, slashed},
		"the uid alone, without a slash":  {Found{Tags: map[string]string{resource.PlainTagUID: "u/1"}}, plain, slashed},
		"the user's tags, with no slash":  {Found{Tags: map[string]string{"team": "a"}, Plain: true}, plain, slashed},
		"the user's tags, some of a path": {Found{Tags: map[string]string{"team/a": "a"}}, slashed, plain},
	} {
		test.found.ID = "x-1"
		doubted := resource.Object{Owner: self, Doubt: &resource.Doubt{ID: "x-1", Lost: true}}
		recorded := resource.Object{Owner: self, Claim: &resource.Claim{ID: "x-1"}}
		deleting := recorded
		deleting.Deleting = true
		for _, message := range []string{
			Vouched(doubted, &test.found, nil).Problem.Message, Foreign(recorded, test.found).Message, Foreign(deleting, test.found).Message,
		} {
			if !strings.Contains(message, test.want+"owner") || strings.Contains(message, test.not+"owner") || strings.Contains(message, test.not+"uid") {
				t.Errorf("%s: %s", name, message)
			}
		}
		if message := Vouched(doubted, &test.found, nil).Problem.Message; !strings.Contains(message, test.want+"uid") {
			t.Errorf("%s: %s", name, message)
		}
	}
}
