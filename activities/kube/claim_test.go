package kube

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/resource"
)

// A claim never replaces a claim with a possible request of another run, or with a resource of that
// incarnation.
func TestClaimOverAnother(t *testing.T) {
	for name, test := range map[string]struct {
		old  *resource.Claim
		want resource.Written
	}{
		"no claim":                        {nil, resource.Written{Changed: true}},
		"ours, open":                      {&resource.Claim{Install: "dev", Incarnation: 2}, resource.Written{Changed: true}},
		"ours, void":                      {&resource.Claim{Install: "dev", Incarnation: 1, Void: true}, resource.Written{Changed: true}},
		"ours, recorded, gone since":      {&resource.Claim{Install: "dev", Incarnation: 1, ID: "sg-1"}, resource.Written{Changed: true}},
		"ours, recorded in the meantime":  {&resource.Claim{Install: "dev", Incarnation: 2, ID: "sg-2"}, resource.Written{Stale: true}},
		"another installation's, open":    {&resource.Claim{Install: "other", Incarnation: 1}, resource.Written{Stale: true}},
		"another installation's, at work": {&resource.Claim{Install: "other", Incarnation: 1, ID: "sg-3"}, resource.Written{Stale: true}},
	} {
		t.Run(name, func(t *testing.T) {
			a := claimed(test.old)
			got, err := a.Claim(t.Context(), resource.ClaimInput{Ref: groupRef, UID: "uid-1", Claim: resource.Claim{Install: "dev", Incarnation: 2}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("written (-want +got):\n%s", diff)
			}
		})
	}
}

// A claim is not written for a request that was planned for an earlier spec.
func TestClaimForAnEarlierSpec(t *testing.T) {
	for name, test := range map[string]struct {
		generation int64
		want       bool
	}{
		"the same spec":        {1, true},
		"an earlier spec":      {2, false},
		"an older run, silent": {0, true},
	} {
		t.Run(name, func(t *testing.T) {
			a := claimed(nil)
			got, err := a.Claim(t.Context(), resource.ClaimInput{Ref: groupRef, UID: "uid-1", Generation: test.generation, Claim: resource.Claim{Install: "dev", Incarnation: 1}})
			if err != nil || got.Changed != test.want {
				t.Errorf("%+v, %v, want changed: %t", got, err, test.want)
			}
		})
	}
}

// The release of a claim keeps the time of a request that was given up, even an earlier one.
func TestReleaseKeepsWhatWasLost(t *testing.T) {
	early, late := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct{ old, lost, want time.Time }{
		"nothing":       {time.Time{}, time.Time{}, time.Time{}},
		"now":           {time.Time{}, late, late},
		"once more":     {early, late, late},
		"some time ago": {early, time.Time{}, early},
	} {
		t.Run(name, func(t *testing.T) {
			a := claimed(&resource.Claim{Install: "dev", Incarnation: 1, Lost: test.old})
			if _, err := a.VoidClaim(t.Context(), resource.GiveUpInput{Ref: groupRef, UID: "uid-1", Lost: test.lost}); err != nil {
				t.Fatal(err)
			}
			l, err := a.Level(t.Context(), resource.LevelInput{Ref: groupRef})
			if err != nil {
				t.Fatal(err)
			}
			if claim := l.Object.Claim; !claim.Void || !claim.Lost.Equal(test.want) {
				t.Errorf("the claim is %+v, want it void, with lost %s", claim, test.want)
			}
		})
	}
}

// A Synced object is settled until its next observation is due.
func TestSyncedUntilTheNextLook(t *testing.T) {
	for name, test := range map[string]struct {
		again string
		want  resource.State
	}{
		"no next look": {"", resource.Synced},
		"in time":      {time.Now().Add(time.Hour).UTC().Format(time.RFC3339), resource.Synced},
		"now":          {time.Now().Add(-time.Hour).UTC().Format(time.RFC3339), ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			c.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
			c.Set([]any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}, "metadata", "finalizers")
			c.Set([]any{fields{"type": "ACK.ResourceSynced", "status": "True"}}, "status", "conditions")
			c.Set(levelNamed(t, c, settings, "ec2.SecurityGroup", "web").Digest, "status", resource.StatusInputsDigest)
			if test.again != "" {
				c.Set(test.again, "status", resource.StatusNextTry)
			}
			if got := levelNamed(t, c, settings, "ec2.SecurityGroup", "web").ReportedState; got != test.want {
				t.Errorf("settled %q, want %q", got, test.want)
			}
		})
	}
}

// claimed returns the activities of a cluster with a group that has that claim.
func claimed(claim *resource.Claim) *Activities {
	c := complete()
	c.Set("7", "metadata", "resourceVersion")
	if claim != nil {
		claim.Target = here
		c.Claim(*claim)
	}
	return New(&server{objects: c, before: map[string]func() error{}}, settings, record.NewFakeRecorder(10), nil)
}
