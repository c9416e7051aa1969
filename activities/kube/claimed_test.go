package kube

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/resource"
)

// A run that was reset does not overwrite anything newer than the kept part of its history.
func TestWritesOfAResetRun(t *testing.T) {
	claim := func(run, id string, incarnation int, void bool) *resource.Claim {
		return &resource.Claim{Install: "dev", Run: run, ID: id, Incarnation: incarnation, Void: void}
	}
	for name, test := range map[string]struct {
		old              *resource.Claim
		in               resource.ClaimInput
		mayClaim, record bool // record: the id x of the run "kept"
	}{
		"nothing":                         {nil, resource.ClaimInput{Claim: *claim("reset", "", 1, false)}, true, true},
		"claimed, and not looked up":      {claim("kept", "", 1, false), resource.ClaimInput{Claim: *claim("reset", "", 1, false)}, false, true},
		"claimed, and looked up":          {claim("kept", "", 1, false), resource.ClaimInput{Claim: *claim("reset", "", 1, false), Over: "kept"}, true, true},
		"claimed by itself":               {claim("reset", "", 1, false), resource.ClaimInput{Claim: *claim("reset", "", 1, false)}, true, false},
		"recorded":                        {claim("kept", "x", 1, false), resource.ClaimInput{Claim: *claim("reset", "", 1, false)}, false, true},
		"released":                        {claim("kept", "x", 1, true), resource.ClaimInput{Claim: *claim("reset", "", 1, false)}, false, false},
		"refused, so its token is spent":  {claim("kept", "", 1, true), resource.ClaimInput{Claim: *claim("reset", "", 1, false)}, false, true},
		"made anew by a later run":        {claim("later", "y", 2, false), resource.ClaimInput{Claim: *claim("reset", "", 1, false)}, false, false},
		"an older void claim put back":    {claim("before", "", 0, true), resource.ClaimInput{Claim: *claim("reset", "", 1, false)}, true, true},
		"of a version without runs, open": {claim("", "", 1, false), resource.ClaimInput{Claim: *claim("reset", "", 1, false)}, true, true},
	} {
		if got := mayClaim(test.old, test.in); got != test.mayClaim {
			t.Errorf("%s: may claim %t, want %t", name, got, test.mayClaim)
		}
		in := resource.RecordInput{Claim: *claim("kept", "x", 1, false)}
		if got := mayRecord(test.old, in, "another"); got != test.record {
			t.Errorf("%s: may record %t, want %t", name, got, test.record)
		}
	}
}

// The first claim of a copied object removes the status that a tool copied along.
func TestClaimOfACopyEmptiesItsStatus(t *testing.T) {
	objects := complete()
	copied := mine
	copied.UID, copied.For.Name = "uid-9", "other"
	objects.Annotate(copied)
	objects.Set("sg-1", "status", "id")
	objects.Set("7", "metadata", "resourceVersion")
	a := New(&server{objects: objects, before: map[string]func() error{}}, settings, record.NewFakeRecorder(10), nil)
	own := resource.Claim{Install: "dev", UID: "uid-1", For: groupRef, Incarnation: 1, Target: here}
	if written, err := a.Claim(t.Context(), resource.ClaimInput{Ref: groupRef, UID: "uid-1", Claim: own}); err != nil || !written.Changed {
		t.Fatal(written, err)
	}
	got := levelIn(t, objects, settings)
	if got.Object.Shown != "" || !got.Object.Claim.Open() {
		t.Errorf("it shows %q, with the claim %+v", got.Object.Shown, got.Object.Claim)
	}
}

// An object that was ours and is now left alone no longer reports Synced.
func TestForeignAfterItWasOurs(t *testing.T) {
	synced := fields{"type": "ACK.ResourceSynced", "status": "True", "message": messageSynced, "lastTransitionTime": earlier}
	report := resource.Report{State: resource.Foreign, Reason: "OtherController", Message: "m"}
	for name, test := range map[string]struct {
		digest any
		want   string
	}{"ours": {"d", "Unknown"}, "another controller's": {nil, "True"}} {
		prior := fields{"id": "sg-1", "conditions": []any{synced}}
		if test.digest != nil {
			prior["inputsDigest"] = test.digest
		}
		got, err := statusFor(prior, report, now)
		if err != nil {
			t.Fatal(err)
		}
		u := &unstructured.Unstructured{Object: fields{"status": got}}
		if level.Holds(u, "ACK.ResourceSynced") != (test.want == "True") || !level.Holds(u, "ACK.Advisory") || got["inputsDigest"] != nil || got["id"] != "sg-1" {
			t.Errorf("%s: %v", name, got)
		}
		again, err := statusFor(got, report, now)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, again); diff != "" {
			t.Errorf("%s: the second report (-first +second):\n%s", name, diff)
		}
	}
}
