package kube

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/activities/aws/ownership"
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
				before, _, _ := unstructured.NestedFieldCopy(c.group(), "status", resource.StatusMetadata)
				if got := report(t, c, r); got != status {
					t.Errorf("the status shows %q, want %q", got, status)
				}
				after, _, _ := unstructured.NestedFieldCopy(c.group(), "status", resource.StatusMetadata)
				if diff := cmp.Diff(before, after); diff != "" {
					t.Errorf("the place in the status (-before +after):\n%s", diff)
				}
				if id, _, _ := unstructured.NestedString(c.group(), "status", resource.StatusSyncedID); id != "" {
					t.Errorf("%s was never synced", id)
				}
				object := c.level(t, settings).Object
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
		if id, _, _ := unstructured.NestedString(c.group(), "status", resource.StatusSyncedID); id != "sg-foreign" {
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
		if got := c.level(t, settings).Object; got.Shown != test.want || !got.Finalizer || got.Claim.ID != "sg-foreign" {
			t.Errorf("%s: it shows %q, want %q; finalizer %t, claim %+v", name, got.Shown, test.want, got.Finalizer, got.Claim)
		}
	}
}

// Nothing is made in a parent that only a claim, or only a status, names. An object that is made
// keeps working with the id that was Synced last, if the claim agrees.
func TestReferencesToAForgedParent(t *testing.T) {
	parent := resource.Ref{Kind: "ec2.VPC", Cluster: "dev", Namespace: "team-a", Name: "main"}
	own := resource.Claim{Install: "dev", UID: "uid of vpcs/team-a/main", For: parent, Incarnation: 1, ID: "vpc-1", Target: here}
	another, away, installed := own, own, own
	another.ID = "vpc-foreign"
	away.For.Cluster = "elsewhere"
	installed.Install = "other"
	for name, test := range map[string]struct {
		claim         resource.Claim
		shown, synced string
		created, kept string // what a child waits for that is not made, or is made; empty: nothing
	}{
		"all agree":               {claim: own, shown: "vpc-1", synced: "vpc-1"},
		"never synced before":     {claim: own, shown: "vpc-1"},
		"a forged claim":          {another, "vpc-1", "vpc-1", "claim tells of vpc-foreign and its status of vpc-1", "claim tells of vpc-foreign and its status of vpc-1"},
		"a forged status":         {own, "vpc-foreign", "vpc-1", "claim tells of vpc-1 and its status of vpc-foreign", ""},
		"a lost status":           {own, "", "", "claim tells of vpc-1 and its status of none", "claim tells of vpc-1 and its status of none"},
		"of another installation": {installed, "vpc-1", "vpc-1", `claimed by installation "other"`, `claimed by installation "other"`},
		"of another cluster":      {away, "vpc-1", "vpc-1", `--cluster "elsewhere" claimed`, `--cluster "elsewhere" claimed`},
	} {
		for made, want := range map[bool]string{false: test.created, true: test.kept} {
			c := complete()
			c.set(fields{"from": fields{"name": "main"}}, "spec", "vpcRef")
			if made {
				c.claim(mine)
			}
			raw, _ := json.Marshal(test.claim)
			status := fields{"conditions": []any{fields{"type": "ACK.ResourceSynced", "status": "True"}}}
			set(status, "vpcID", test.shown, test.shown != "")
			set(status, resource.StatusSyncedID, test.synced, test.synced != "")
			c["vpcs/team-a/main"] = fields{
				"metadata": fields{"name": "main", "namespace": "team-a", "uid": own.UID, "annotations": fields{AnnotationClaim: string(raw)}},
				"status":   status,
			}
			got := c.level(t, settings)
			switch {
			case want == "" && (got.Wait != nil || !strings.Contains(string(got.Object.Spec), `"vpcID":"vpc-1"`)):
				t.Errorf("%s, made %t: wait %+v, spec %s", name, made, got.Wait, got.Object.Spec)
			case want != "" && (got.Wait == nil || !strings.Contains(got.Wait.Message, "has no id yet") || !strings.Contains(got.Wait.Message, want)):
				t.Errorf("%s, made %t: wait %+v, want %q", name, made, got.Wait, want)
			case strings.Contains(string(got.Object.Spec), "vpc-foreign"):
				t.Errorf("%s, made %t: spec %s", name, made, got.Object.Spec)
			}
		}
	}
}

// A correction of an object's claim or status wakes the objects that refer to it.
func TestReadinessTellsOfAgreement(t *testing.T) {
	group, _ := apis.ByName(groupRef.Kind)
	right := forged("sg-foreign")
	away := forged("sg-foreign")
	claim := mine
	claim.ID, claim.Install = "sg-foreign", "other"
	away.annotate(claim)
	edited := forged("sg-foreign")
	edited.set(int64(1), "status", "observedGeneration")
	edited.set(int64(2), "metadata", "generation")
	for name, other := range map[string]cluster{"spec edited": edited, "status edited": forged("sg-1"), "status lost": forged(""), "another installation's": away} {
		if ReadyFor(&unstructured.Unstructured{Object: right.group()}, group) == ReadyFor(&unstructured.Unstructured{Object: other.group()}, group) {
			t.Errorf("%s: nobody is woken", name)
		}
	}
}

// forged is a cluster with a group that has a stranger's id in its claim and shows that id.
func forged(shown string) cluster {
	c := complete()
	c.set("7", "metadata", "resourceVersion")
	c.set(account, "status", "ackResourceMetadata", "ownerAccountID")
	if shown != "" {
		c.set(shown, "status", "id")
	}
	claim := mine
	claim.ID = "sg-foreign"
	c.annotate(claim)
	return c
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
	return recordedID(&unstructured.Unstructured{Object: c.group()}, group)
}
