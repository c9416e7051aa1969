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
			return a.Release(ctx, resource.ReleaseInput{Ref: groupRef, UID: "uid-1", ID: recorded.ID, Planned: planned})
		}},
		"an open claim is released": {&open, func(ctx context.Context, a *Activities, planned string) (resource.Written, error) {
			return a.Release(ctx, resource.ReleaseInput{Ref: groupRef, UID: "uid-1", Run: another, Planned: planned})
		}},
		"the finalizer is removed": {&recorded, func(ctx context.Context, a *Activities, planned string) (resource.Written, error) {
			return a.RemoveFinalizer(ctx, resource.ReleaseInput{Ref: groupRef, UID: "uid-1", Planned: planned})
		}},
		"an id is recorded without a claim": {nil, func(ctx context.Context, a *Activities, planned string) (resource.Written, error) {
			return a.RecordID(ctx, resource.RecordInput{Ref: groupRef, UID: "uid-1", Claim: recorded, Planned: planned})
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
// writes the claim back as void, so that a later pass sweeps for the late request.
func TestReleaseOfADroppedClaim(t *testing.T) {
	lost := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	open := mine
	open.ID, open.Run = "", "this"
	for name, test := range map[string]struct {
		annotated any
		claim     *resource.Claim
		want      bool
	}{
		"dropped":                        {nil, &open, true},
		"dropped, of an older version":   {nil, nil, false},
		"damaged":                        {"{", &open, false},
		"there, so that one is released": {open, nil, true},
	} {
		c := complete()
		c.Set("7", "metadata", "resourceVersion")
		c.Annotate(test.annotated)
		in := resource.ReleaseInput{Ref: groupRef, UID: "uid-1", Lost: lost, Run: "this", Claim: test.claim}
		written, err := activitiesOf(c).Release(t.Context(), in)
		if err != nil || written.Changed != test.want {
			t.Errorf("%s: written %+v, want a change: %t (%v)", name, written, test.want, err)
		}
		claim := levelIn(t, c, settings).Object.Claim
		if test.want && (claim == nil || !claim.Void || !claim.Lost.Equal(lost) || claim.Incarnation != open.Incarnation) {
			t.Errorf("%s: the claim is %+v", name, claim)
		}
	}
}
