package kube

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// No report copies the id of a claim into the status before AWS's tags, or our own create, confirm
// it. Otherwise, a forged claim would make a stranger's untagged group ours.
func TestReportsDoNotProveAForgedClaim(t *testing.T) {
	for name, r := range map[string]resource.Report{
		"a bad spec":            {State: resource.Terminal, Reason: "InvalidSpec"},
		"a missing reference":   {State: resource.Waiting, Reason: resource.ReasonReferencesNotReady},
		"a role not mapped":     {State: resource.Waiting, Reason: "RoleNotMapped"},
		"a throttled look":      {State: resource.Waiting, Reason: "RequestLimitExceeded"},
		"an unsupported demand": {State: resource.Terminal, Reason: "AnnotationNotSupported"},
		"not visible yet":       {State: resource.Waiting, Reason: "NotVisibleYet"},
		"an older version's":    {State: resource.Synced, Digest: "d"},
		"another id is proven":  {State: resource.Synced, Digest: "d", Proven: "sg-1"},
		"fields without the id": {State: resource.Blocked, Reason: "NotOwned", Status: json.RawMessage(`{"rules":[]}`)},
	} {
		for shown, status := range map[string]string{"shows its own": "sg-1", "shows none": ""} {
			t.Run(name+", "+shown, func(t *testing.T) {
				c := forged(status)
				before, _, _ := unstructured.NestedFieldCopy(c.Group(), "status", resource.StatusMetadata)
				if got := report(t, c, r); got != status {
					t.Errorf("the status shows %q, want %q", got, status)
				}
				after, _, _ := unstructured.NestedFieldCopy(c.Group(), "status", resource.StatusMetadata)
				if diff := cmp.Diff(before, after); diff != "" {
					t.Errorf("the place in the status (-before +after):\n%s", diff)
				}
				if id, _, _ := unstructured.NestedString(c.Group(), "status", resource.StatusSyncedID); id != "" {
					t.Errorf("%s was never synced", id)
				}
				object := levelIn(t, c, settings).Object
				if problem := ownership.Foreign(object, ownership.Found{ID: "sg-foreign"}); problem == nil {
					t.Error("the stranger's group counts as ours")
				}
			})
		}
	}
}

// The status shows the id of the claim once it is proven, even after the status was lost or edited.
func TestProvenIDIsShown(t *testing.T) {
	for name, shown := range map[string]string{"lost": "", "edited": "sg-9", "right": "sg-foreign"} {
		c := forged(shown)
		if got := report(t, c, resource.Report{State: resource.Synced, Digest: "d", Proven: "sg-foreign"}); got != "sg-foreign" {
			t.Errorf("%s: the status shows %q", name, got)
		}
		if id, _, _ := unstructured.NestedString(c.Group(), "status", resource.StatusSyncedID); id != "sg-foreign" {
			t.Errorf("%s: synced is %q", name, id)
		}
	}
}

// A record restores the finalizer, and shows only a proven id.
func TestRecordShowsOnlyAProvenID(t *testing.T) {
	for name, test := range map[string]struct {
		proven bool
		want   string
	}{"proven": {true, "sg-foreign"}, "not proven": {false, "sg-1"}} {
		c := forged("sg-1")
		claim := mine
		claim.ID, claim.Time = "sg-foreign", time.Now()
		in := resource.RecordInput{Ref: groupRef, UID: "uid-1", Claim: claim, Found: true, Proven: test.proven}
		if written, err := activitiesOf(c).RecordID(t.Context(), in); err != nil || !written.Changed {
			t.Fatal(written, err)
		}
		if got := levelIn(t, c, settings).Object; got.Shown != test.want || !got.Finalizer || got.Claim.ID != "sg-foreign" {
			t.Errorf("%s: it shows %q, want %q; finalizer %t, claim %+v", name, got.Shown, test.want, got.Finalizer, got.Claim)
		}
	}
}

func activitiesOf(c cluster) *Activities {
	return New(&server{objects: c, before: map[string]func() error{}}, settings, record.NewFakeRecorder(10), nil)
}

// report writes a report on the group, and returns the id that the status then shows.
func report(t *testing.T, c cluster, r resource.Report) string {
	t.Helper()
	r.Ref, r.UID, r.Message = groupRef, "uid-1", "m"
	if _, err := activitiesOf(c).PatchStatus(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	group, _ := apis.ByName(groupRef.Kind)
	return level.ShownID(&unstructured.Unstructured{Object: c.Group()}, group)
}
