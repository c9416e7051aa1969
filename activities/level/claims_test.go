package level

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// A claim counts only for the object on which it was written.
func TestWhoseClaim(t *testing.T) {
	with := func(change func(*resource.Claim)) resource.Claim {
		claim := mine
		change(&claim)
		return claim
	}
	other := resource.Ref{Kind: groupRef.Kind, Cluster: "dev", Namespace: "team-a", Name: "other"}
	away := resource.Ref{Kind: groupRef.Kind, Cluster: "dev", Namespace: "team-b", Name: "web"}
	for name, test := range map[string]struct {
		claim   any
		status  string // the id in the status
		counts  bool
		doubt   *resource.Doubt
		problem string
	}{
		"ours":                               {claim: mine, status: "sg-1", counts: true},
		"ours, of an older version":          {claim: with(func(c *resource.Claim) { c.For = resource.Ref{} }), status: "sg-1", counts: true},
		"none, and nothing made":             {},
		"none, but the status has an id":     {status: "sg-1", doubt: &resource.Doubt{ID: "sg-1"}},
		"copied to another name":             {claim: with(func(c *resource.Claim) { c.UID, c.For = "uid-9", other }), status: "sg-1"},
		"copied to another namespace":        {claim: with(func(c *resource.Claim) { c.UID, c.For = "uid-9", away })},
		"copied from another cluster":        {claim: with(func(c *resource.Claim) { c.UID, c.For.Cluster = "uid-9", "prod" }), status: "sg-1"},
		"copied from another installation":   {claim: with(func(c *resource.Claim) { c.UID, c.For, c.Install = "uid-9", other, "prod" })},
		"of an earlier object with the name": {claim: with(func(c *resource.Claim) { c.UID = "uid-0" }), status: "sg-1", doubt: &resource.Doubt{Lost: true, Past: true}},
		"copied, of an older version":        {claim: with(func(c *resource.Claim) { c.UID, c.For = "uid-9", resource.Ref{} }), doubt: &resource.Doubt{Lost: true, Past: true}},
		"garbage":                            {claim: "{", status: "sg-1", doubt: &resource.Doubt{ID: "sg-1", Lost: true}},
		"garbage, and nothing shown":         {claim: "", doubt: &resource.Doubt{Lost: true}},
		"without a uid": {claim: with(func(c *resource.Claim) { c.UID, c.For = "", resource.Ref{} }),
			doubt: &resource.Doubt{ID: "sg-1", Lost: true, Incarnation: 2}},
		"edited":                                {claim: with(func(c *resource.Claim) { c.For = other }), status: "sg-1", doubt: &resource.Doubt{ID: "sg-1", Lost: true, Incarnation: 2}},
		"another installation's on this object": {claim: with(func(c *resource.Claim) { c.Install = "prod" }), status: "sg-1", counts: true, problem: "OtherInstallation"},
		"claimed under another cluster name":    {claim: with(func(c *resource.Claim) { c.For.Cluster = "prod" }), status: "sg-1", counts: true, problem: "OtherCluster"},
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			if test.claim != nil {
				c.Annotate(test.claim)
			}
			if test.status != "" {
				c.Set(test.status, "status", "id")
			}
			got := levelIn(t, c, settings)
			if counts := got.Object.Claim != nil; counts != test.counts {
				t.Errorf("the claim counts: %t, want %t", counts, test.counts)
			}
			if diff := cmp.Diff(test.doubt, got.Object.Doubt); diff != "" {
				t.Errorf("doubt (-want +got):\n%s", diff)
			}
			problem := ""
			if got.Problem != nil {
				problem = got.Problem.Reason
			}
			if problem != test.problem || got.Wait != nil {
				t.Errorf("problem %q, want %q; wait %+v", problem, test.problem, got.Wait)
			}
		})
	}
}

// Without a claim, our finalizer shows that a create may have been sent: a tool dropped the
// annotation of an open claim. Our status alone proves no request, because an object that waits for
// its role has one, too. A void claim may be an older one that somebody put over an open one. A
// deletion therefore looks once, if there is a role to look with.
func TestOpenClaimDropped(t *testing.T) {
	for name, test := range map[string]struct {
		finalizer, claimed, unmapped bool
		want                         *resource.Doubt
	}{
		"a claim that was dropped": {finalizer: true, want: &resource.Doubt{Lost: true}},
		"nothing was sent yet":     {},
		"void":                     {finalizer: true, claimed: true, want: &resource.Doubt{Incarnation: 2}},
		"void, and without a role": {finalizer: true, claimed: true, unmapped: true},
		"void, and released":       {claimed: true},
	} {
		c := complete()
		c.Set(int64(1), "status", resource.StatusObservedGeneration)
		c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
		if test.finalizer {
			c.Set([]any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}, "metadata", "finalizers")
		}
		if test.claimed {
			void := mine
			void.ID, void.Void = "", true
			c.Annotate(void)
		}
		if test.unmapped {
			delete(c, "namespaces//team-a")
		}
		got := levelIn(t, c, settings)
		if diff := cmp.Diff(test.want, got.Object.Doubt); diff != "" || got.Object.Goes() != (test.want == nil) || got.Wait != nil || got.Problem != nil {
			t.Errorf("%s: goes without a call: %t; doubt (-want +got):\n%s", name, got.Object.Goes(), diff)
		}
	}
}

// An object with a copied claim is released without a call and without a role, whatever its
// finalizer. Its status describes the resource of another object.
func TestDeletionOfACopy(t *testing.T) {
	c := complete()
	delete(c, "namespaces//team-a")
	claim := mine
	claim.UID, claim.For.Name = "uid-9", "other"
	c.Annotate(claim)
	c.Set("sg-1", "status", "id")
	c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp")
	if got := levelIn(t, c, settings); got.Wait != nil || got.Problem != nil || got.Object.Doubt != nil || !got.Object.Claim.Nothing() {
		t.Errorf("got %+v", got)
	}
}

// Another controller's object is left alone even without a role: Tack must not report on it what is
// missing. An object that was ours reports it.
func TestDoubtWithoutARole(t *testing.T) {
	c := complete()
	mapped("222222222222", role)(c)
	c.Set("sg-1", "status", "id")
	if got := levelIn(t, c, settings); got.Problem == nil || got.Problem.State != resource.Foreign || got.Problem.Reason != "OtherController" {
		t.Errorf("another's: %+v", got.Problem)
	}
	c.Set(int64(1), "status", resource.StatusObservedGeneration)
	if got := levelIn(t, c, settings); got.Problem != nil || got.Wait == nil || got.Wait.Reason != "RoleNotMapped" {
		t.Errorf("once ours: problem %+v, wait %+v", got.Problem, got.Wait)
	}
}

// A rejected annotation on the object or its namespace stops every call for an object with a
// doubtful id. Another controller's object keeps its conditions; one of ours is rejected.
func TestDoubtUnderARejectedAnnotation(t *testing.T) {
	for name, test := range map[string]struct {
		key     string
		inSpace bool
	}{
		"account on an object":    {corev1alpha1.AnnotationOwnerAccountID, false},
		"read-only namespace":     {corev1alpha1.AnnotationReadOnly, true},
		"adopting namespace":      {corev1alpha1.AnnotationAdoptionPolicy, true},
		"Region of the namespace": {corev1alpha1.AnnotationRegion, true},
	} {
		for _, ours := range []bool{false, true} {
			c := complete()
			c.Set("sg-1", "status", "id")
			want := resource.Problem{State: resource.Foreign, Reason: "OtherController"}
			if ours {
				c.Set(int64(1), "status", resource.StatusObservedGeneration)
				want = resource.Problem{State: resource.Terminal, Reason: "AnnotationNotSupported"}
			}
			if test.inSpace {
				inNamespace(fields{corev1alpha1.AnnotationOwnerAccountID: account, test.key: "true"})(c)
			} else {
				c.Set("true", "metadata", "annotations", test.key)
			}
			got := levelIn(t, c, settings).Problem
			if got == nil || got.State != want.State || got.Reason != want.Reason || !strings.Contains(got.Message, test.key) {
				t.Errorf("%s, ours %t: got %+v, want %s %s", name, ours, got, want.State, want.Reason)
			}
		}
	}
}

// A status that disagrees with the claim settles nothing.
func TestTouchedIsNotSettled(t *testing.T) {
	settled := func() cluster {
		c := complete()
		c.Claim(mine)
		c.Set([]any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}, "metadata", "finalizers")
		c.Set([]any{fields{"type": "ACK.ResourceSynced", "status": "True"}}, "status", "conditions")
		c.Set(levelIn(t, c, settings).Digest, "status", resource.StatusInputsDigest)
		return c
	}
	if got := levelIn(t, settled(), settings).ReportedState; got != resource.Synced {
		t.Fatalf("settled as %q", got)
	}
	forged := mine
	forged.ID = "sg-2"
	for name, change := range map[string]func(cluster){
		"another id in the claim":  func(c cluster) { c.Annotate(forged) },
		"another id in the status": func(c cluster) { c.Set("sg-2", "status", "id") },
		"no claim":                 func(c cluster) { c.Annotate(nil) },
		"garbage":                  func(c cluster) { c.Annotate("{") },
	} {
		c := settled()
		change(c)
		if got := levelIn(t, c, settings).ReportedState; got != "" {
			t.Errorf("%s: settled as %q", name, got)
		}
	}
}

// A change of a claim by somebody else wakes the object; our own writes do not.
func TestTouched(t *testing.T) {
	group, _ := apis.ByName("ec2.SecurityGroup")
	with := func(claim any, id string) *unstructured.Unstructured {
		c := complete()
		if claim != nil {
			c.Annotate(claim)
		}
		if id != "" {
			c.Set(id, "status", "id")
		}
		return &unstructured.Unstructured{Object: c.Group()}
	}
	open, next, forged, void, refused := mine, mine, mine, mine, mine
	refused.ID, refused.Void = "", true
	open.ID, open.Incarnation = "", 2
	next.ID, next.Incarnation = "", 3
	forged.ID, void.Void = "sg-9", true
	for name, test := range map[string]struct {
		was, is      *unstructured.Unstructured
		claim, shown bool
	}{
		"claimed":                {with(nil, ""), with(open, ""), false, false},
		"recorded":               {with(open, ""), with(mine, ""), false, false},
		"shown":                  {with(mine, ""), with(mine, "sg-1"), false, false},
		"gone, and made anew":    {with(mine, "sg-1"), with(next, "sg-1"), false, false},
		"emptied on release":     {with(mine, "sg-1"), with(mine, ""), false, true}, // observed again a second later
		"released":               {with(mine, ""), with(void, ""), false, false},
		"removed":                {with(mine, "sg-1"), with(nil, "sg-1"), true, false},
		"damaged":                {with(mine, "sg-1"), with("{", "sg-1"), true, false},
		"put back":               {with("{", "sg-1"), with(mine, "sg-1"), true, false},
		"put back after removal": {with(nil, "sg-1"), with(mine, "sg-1"), true, false},
		"another id":             {with(mine, "sg-1"), with(forged, "sg-1"), true, false},
		"claimed once more":      {with(void, ""), with(next, ""), false, false},
		"recorded by hand":       {with(void, ""), with(mine, ""), true, false},
		"opened by hand":         {with(void, ""), with(open, ""), true, false},
		"made void by hand":      {with(mine, "sg-1"), with(void, "sg-1"), true, false},
		"another status":         {with(mine, "sg-1"), with(mine, "sg-9"), false, true},
		"void":                   {with(open, ""), with(refused, ""), false, false},
		"an older one, void":     {with(next, ""), with(refused, ""), true, false},
	} {
		if claim, shown := ClaimTouched(test.was, test.is, group), ShownTouched(test.was, test.is, group); claim != test.claim || shown != test.shown {
			t.Errorf("%s: claim touched %t, want %t; status touched %t, want %t", name, claim, test.claim, shown, test.shown)
		}
	}
}
