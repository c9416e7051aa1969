package kube

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/resource"
)

// A claim that somebody wrote over the object's own leaves a resource without a claim, but the status
// still shows it. Its deletion asks AWS, and one empty answer does not lead to a second resource.
func TestOverwrittenClaim(t *testing.T) {
	with := func(change func(*resource.Claim)) resource.Claim {
		claim := mine
		change(&claim)
		return claim
	}
	for name, test := range map[string]struct {
		claim resource.Claim
		want  resource.Doubt
	}{
		"of another name":         {with(func(c *resource.Claim) { c.UID, c.For.Name, c.ID = "uid-9", "other", "sg-9" }), resource.Doubt{Lost: true}},
		"of another name, open":   {with(func(c *resource.Claim) { c.UID, c.For.Name, c.ID = "uid-9", "other", "" }), resource.Doubt{Lost: true}},
		"of another cluster":      {with(func(c *resource.Claim) { c.UID, c.For.Cluster, c.ID = "uid-9", "prod", "sg-9" }), resource.Doubt{Lost: true}},
		"of the previous one":     {with(func(c *resource.Claim) { c.UID, c.ID = "uid-0", "sg-9" }), resource.Doubt{Lost: true}},
		"void, of an earlier day": {with(func(c *resource.Claim) { c.Void, c.ID = true, "" }), resource.Doubt{Lost: true, Incarnation: 2}},
		"void, of an earlier one": {with(func(c *resource.Claim) { c.Void, c.ID = true, "sg-0" }), resource.Doubt{Lost: true, Incarnation: 2}},
	} {
		for _, deleting := range []bool{false, true} {
			c := complete()
			c.Annotate(test.claim)
			c.Set("sg-1", "status", "id")
			c.Set([]any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}, "metadata", "finalizers")
			if deleting {
				c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
			}
			got := levelIn(t, c, settings).Object
			if diff := cmp.Diff(&test.want, got.Doubt); diff != "" || got.Goes() || got.Claim != nil {
				t.Errorf("%s, deleting: %t: goes without a call: %t; claim %+v; doubt (-want +got):\n%s", name, deleting, got.Goes(), got.Claim, diff)
			}
			// A report in between keeps the id, which shows the doubt to a later pass.
			c.Set("7", "metadata", "resourceVersion")
			if shown := report(t, c, resource.Report{State: resource.Waiting, Reason: resource.ReasonClaimLost}); shown != "sg-1" {
				t.Errorf("%s: a report leaves the id %q", name, shown)
			}
		}
	}
}

// The claim of the next resource removes the id of the previous one from the status. A later void
// claim therefore never stands beside that id.
func TestNextClaimTakesTheIDOut(t *testing.T) {
	c := complete()
	c.Claim(mine)
	c.Set("sg-1", "status", "id")
	c.Set("a rule", "status", "rules")
	c.Set("7", "metadata", "resourceVersion")
	next := mine
	next.ID, next.Incarnation, next.Run = "", 3, "this"
	a := activitiesOf(c)
	if written, err := a.Claim(t.Context(), resource.ClaimInput{Ref: groupRef, UID: "uid-1", Claim: next, Over: mine.Run}); err != nil || !written.Changed {
		t.Fatal(written, err)
	}
	rules, _, _ := unstructured.NestedString(c.Group(), "status", "rules")
	if got := levelIn(t, c, settings).Object; got.Shown != "" || !got.Claim.Open() || rules == "" {
		t.Errorf("it shows %q, with the claim %+v; rules %q", got.Shown, got.Claim, rules)
	}
	if _, err := a.VoidClaim(t.Context(), resource.GiveUpInput{Ref: groupRef, UID: "uid-1", Run: "this"}); err != nil {
		t.Fatal(err)
	}
	if got := levelIn(t, c, settings).Object; !got.Claim.Nothing() || got.Claim == nil || got.Doubt != nil {
		t.Errorf("void, it has the claim %+v and the doubt %+v", got.Claim, got.Doubt)
	}
}

// Somebody puts an older, void claim over the open claim of a create in flight. A deletion asks AWS
// before it releases the object, and the answer to the create is recorded.
func TestOverwrittenOpenClaim(t *testing.T) {
	open := mine
	open.ID, open.Run, open.Incarnation = "", "this", 3
	void := mine
	void.ID, void.Run, void.Void = "", "before", true
	for name, deleting := range map[string]bool{"living": false, "deleting": true} {
		c := complete()
		c.Annotate(void)
		c.Set("7", "metadata", "resourceVersion")
		c.Set([]any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}, "metadata", "finalizers")
		if deleting {
			c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
		}
		if got := levelIn(t, c, settings).Object; got.Goes() || got.InDoubt() != deleting {
			t.Errorf("%s: goes without a call: %t; doubt %+v", name, got.Goes(), got.Doubt)
		}
		answer := open
		answer.ID = "sg-3"
		written, err := activitiesOf(c).RecordID(t.Context(), resource.RecordInput{Ref: groupRef, UID: "uid-1", Claim: answer, Proven: true})
		if err != nil || !written.Changed {
			t.Errorf("%s: written %+v (%v), want the id", name, written, err)
		}
		if got := levelIn(t, c, settings).Object; !got.Claim.Recorded() || got.Claim.ID != "sg-3" || got.Doubt != nil {
			t.Errorf("%s: the claim is %+v, the doubt %+v", name, got.Claim, got.Doubt)
		}
	}
}
