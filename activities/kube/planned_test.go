package kube

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/testsuite"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/resource"
)

// Only the run that observed AWS writes the resulting decision. A run that was reset repeats the
// decision of another run, and must observe first.
func TestDecisionsOfAResetRun(t *testing.T) {
	const this, another = "default-test-run-id", "another" // the first is that of the test environment
	recorded := mine
	recorded.Run = another
	open := recorded
	open.ID = ""
	finalizer := []any{"finalizers.ec2.services.k8s.aws/SecurityGroup"}
	for name, test := range map[string]struct {
		claim *resource.Claim
		write func(ctx context.Context, a *Activities, planned string) (resource.Written, error)
	}{
		"a resource is released": {&recorded, func(ctx context.Context, a *Activities, planned string) (resource.Written, error) {
			return a.VoidClaim(ctx, resource.GiveUpInput{Ref: groupRef, UID: "uid-1", ID: recorded.ID, Planned: planned})
		}},
		"an open claim is released": {&open, func(ctx context.Context, a *Activities, planned string) (resource.Written, error) {
			return a.VoidClaim(ctx, resource.GiveUpInput{Ref: groupRef, UID: "uid-1", Run: another, Planned: planned})
		}},
		"the finalizer is removed": {&recorded, func(ctx context.Context, a *Activities, planned string) (resource.Written, error) {
			return a.RemoveFinalizer(ctx, resource.GiveUpInput{Ref: groupRef, UID: "uid-1", Planned: planned})
		}},
		"an id is recorded without a claim": {nil, func(ctx context.Context, a *Activities, planned string) (resource.Written, error) {
			return a.RecordID(ctx, resource.RecordInput{Ref: groupRef, UID: "uid-1", Claim: recorded, Planned: planned})
		}},
		"an id is recorded again": {&recorded, func(ctx context.Context, a *Activities, planned string) (resource.Written, error) {
			return a.RecordID(ctx, resource.RecordInput{Ref: groupRef, UID: "uid-1", Claim: recorded, Planned: planned})
		}},
		"an id is found for an open claim": {&open, func(ctx context.Context, a *Activities, planned string) (resource.Written, error) {
			return a.RecordID(ctx, resource.RecordInput{Ref: groupRef, UID: "uid-1", Claim: recorded, Found: true, Planned: planned})
		}},
		"a status is written": {&recorded, func(ctx context.Context, a *Activities, planned string) (resource.Written, error) {
			return a.PatchStatus(ctx, resource.Report{Ref: groupRef, UID: "uid-1", State: resource.Blocked, Reason: "Old", Planned: planned})
		}},
	} {
		for planned, stale := range map[string]bool{this: false, another: true, "": false} {
			c := complete()
			c.Set("7", "metadata", "resourceVersion")
			c.Set(finalizer, "metadata", "finalizers")
			if test.claim != nil {
				c.Claim(*test.claim)
			}
			a := New(&server{objects: c, before: map[string]func() error{}}, settings, record.NewFakeRecorder(10), nil)
			env := (&testsuite.WorkflowTestSuite{}).NewTestActivityEnvironment()
			write := func(ctx context.Context) (resource.Written, error) { return test.write(ctx, a, planned) }
			env.RegisterActivity(write)
			value, err := env.ExecuteActivity(write)
			if err != nil {
				t.Fatal(name, err)
			}
			var got resource.Written
			if err := value.Get(&got); err != nil {
				t.Fatal(name, err)
			}
			if diff := cmp.Diff(resource.Written{Stale: stale, Changed: !stale}, got); diff != "" {
				t.Errorf("%s, planned by %q (-want +got):\n%s", name, planned, diff)
			}
		}
	}
}

// Somebody drops an open claim while its run searches for the resource of the create. The release
// writes the claim back as void, so that a later pass sweeps for the delayed request.
func TestReleaseOfADroppedClaim(t *testing.T) {
	lost := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	open := mine
	open.ID, open.Run = "", "this"
	older := mine
	older.ID, older.Incarnation, older.Void, older.Run = "", 1, true, "before"
	for name, test := range map[string]struct {
		annotated any
		claim     *resource.Claim
		want      bool
	}{
		"dropped":                        {nil, &open, true},
		"dropped, of an older version":   {nil, nil, false},
		"damaged":                        {"{", &open, false},
		"an older, void one put over it": {older, &open, true},
		"there, so that one is released": {open, nil, true},
	} {
		c := complete()
		c.Set("7", "metadata", "resourceVersion")
		c.Annotate(test.annotated)
		in := resource.GiveUpInput{Ref: groupRef, UID: "uid-1", Lost: lost, Run: "this"}
		if test.claim != nil {
			claim := *test.claim // the release changes it
			in.Claim = &claim
		}
		written, err := activitiesOf(c).VoidClaim(t.Context(), in)
		if err != nil || written.Changed != test.want {
			t.Errorf("%s: written %+v, want a change: %t (%v)", name, written, test.want, err)
		}
		claim := levelIn(t, c, settings).Object.Claim
		if test.want && (claim == nil || !claim.Void || !claim.Lost.Equal(lost) || claim.Incarnation != open.Incarnation) {
			t.Errorf("%s: the claim is %+v", name, claim)
		}
	}
}

// A run that was reset to an earlier point records no id over what happened since. It records the
// answer to its create while the claim of that create is still open, because a lost id is worse.
func TestRecordOverAClaim(t *testing.T) {
	const first, reset = "first", "reset" // the second has the kept part of the first one's history
	claim := func(id string, incarnation int, change ...func(*resource.Claim)) *resource.Claim {
		c := mine
		c.ID, c.Incarnation, c.Run = id, incarnation, first
		for _, f := range change {
			f(&c)
		}
		return &c
	}
	void := func(c *resource.Claim) { c.Void = true }
	others := func(c *resource.Claim) { c.Run = "later" }
	for name, test := range map[string]struct {
		old         *resource.Claim
		incarnation int
		found       bool
		planned     string
		own, again  bool // whether the first run, and the reset one, may record
	}{
		"its open claim":                         {claim("", 1), 1, false, first, true, true},
		"its open claim, by a search":            {claim("", 1), 1, true, first, true, false},
		"an open claim of a later run":           {claim("", 1, others), 1, false, first, false, false},
		"its own record":                         {claim("sg-1", 1), 1, false, first, true, false},
		"the record of another resource":         {claim("sg-2", 1), 1, false, first, true, false},
		"a later incarnation":                    {claim("sg-2", 2), 1, false, first, false, false},
		"a later incarnation, as it is carried":  {claim("sg-2", 2), 1, false, "", false, false},
		"an open claim of a later incarnation":   {claim("", 2), 1, false, first, false, false},
		"an earlier incarnation":                 {claim("sg-2", 1), 2, true, first, true, false},
		"a released claim":                       {claim("sg-1", 1, void), 1, true, first, true, false},
		"a released claim, without a search":     {claim("sg-1", 1, void), 1, false, first, false, false},
		"a later incarnation under the same id":  {claim("sg-1", 2), 1, true, first, false, false},
		"its open claim, in a version before it": {claim("", 1), 1, true, "", true, true},
	} {
		in := resource.RecordInput{Claim: *claim("sg-1", test.incarnation), Found: test.found, Planned: test.planned}
		for run, want := range map[string]bool{first: test.own, reset: test.again} {
			if got := mayRecord(test.old, in, run); got != want {
				t.Errorf("%s: the run %q may record: %t, want %t", name, run, got, want)
			}
		}
	}
}

// A level names the run that read it. A run that was reset holds the level of another run.
func TestLevelNamesItsRun(t *testing.T) {
	a := &Activities{live: complete(), settings: settings}
	env := (&testsuite.WorkflowTestSuite{}).NewTestActivityEnvironment()
	env.RegisterActivity(a.Level)
	value, err := env.ExecuteActivity(a.Level, resource.LevelInput{Ref: groupRef})
	var level resource.Level
	if err != nil || value.Get(&level) != nil || level.Run != "default-test-run-id" {
		t.Errorf("the level is of the run %q, %v", level.Run, err)
	}
}
