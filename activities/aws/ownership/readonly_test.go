package ownership

import (
	"testing"

	"github.com/tack-dev/tack/resource"
)

// A read-only object observes what it adopted, whoever owns that. Once it is no longer read-only, only
// force makes it manage the resource of another owner.
func TestOwnersOfWhatIsObserved(t *testing.T) {
	self := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: "it"}}
	other := resource.Owner{Install: "other", UID: "v", Ref: resource.Ref{Kind: "ec2.VPC", Cluster: "c", Namespace: "n", Name: "it"}}
	stack := map[string]string{"aws:cloudformation:stack-name": "web"}
	adopted, created := &resource.Claim{ID: "vpc-1", Adopted: true}, &resource.Claim{ID: "vpc-1"}
	for name, test := range map[string]struct {
		claim    *resource.Claim
		adoption *resource.Adoption
		tags     map[string]string
		readOnly string // the reason of the problem while the object is read-only
		off      string // that reason afterwards
	}{
		"nobody's":                 {adopted, nil, nil, "", ""},
		"a stack's":                {adopted, nil, stack, "", "OwnedByAnother"},
		"a stack's, by force":      {adopted, &resource.Adoption{Force: true, Done: true}, stack, "", ""},
		"another object's":         {adopted, nil, other.Tags(1), "", "OwnedByAnother"},
		"not adopted yet":          {nil, &resource.Adoption{ID: "vpc-1"}, other.Tags(1), "", "OwnedByAnother"},
		"created, now another's":   {created, nil, other.Tags(1), "OwnedByAnother", "OwnedByAnother"},
		"created, tags removed":    {created, nil, nil, "", ""},
		"created, tagged by tools": {created, nil, stack, "", ""},
	} {
		for _, readOnly := range []bool{true, false} {
			o := resource.Object{Owner: self, Claim: test.claim, Adoption: test.adoption, Shown: "vpc-1", ReadOnly: readOnly}
			got, want := "", test.off
			if readOnly {
				want = test.readOnly
			}
			if problem := Foreign(o, Found{ID: "vpc-1", Tags: test.tags}); problem != nil {
				got = problem.Reason
			}
			if got != want {
				t.Errorf("%s, read-only %t: %q, want %q", name, readOnly, got, want)
			}
		}
	}
}
