package resource

import "testing"

// A digest holds the reason and the values of a problem, so that a new wording of its message
// unsettles no object.
func TestDigestHoldsNoWords(t *testing.T) {
	digest := func(p *Problem) string { return Level{Problem: p}.Digested().Digest }
	was := digest(&Problem{Reason: "AccountChanged", Args: []string{"vpc-1", "1", "2"}, Message: "vpc-1 moved"})
	for name, c := range map[string]struct {
		problem *Problem
		same    bool
	}{
		"other words":    {&Problem{Reason: "AccountChanged", Args: []string{"vpc-1", "1", "2"}, Message: "vpc-1 is elsewhere"}, true},
		"other values":   {&Problem{Reason: "AccountChanged", Args: []string{"vpc-1", "1", "3"}, Message: "vpc-1 moved"}, false},
		"values regroup": {&Problem{Reason: "AccountChanged", Args: []string{"vpc-11", "2"}, Message: "vpc-1 moved"}, false},
		"another reason": {&Problem{Reason: "RegionChanged", Args: []string{"vpc-1", "1", "2"}, Message: "vpc-1 moved"}, false},
		"no problem":     {nil, false},
	} {
		if got := digest(c.problem) == was; got != c.same {
			t.Errorf("%s: same digest %t, want %t", name, got, c.same)
		}
	}
}
