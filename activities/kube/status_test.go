package kube

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

var (
	earlier = "2026-01-01T00:00:00Z"
	now     = time.Date(2026, 2, 2, 0, 0, 0, 0, time.UTC)
	nowText = "2026-02-02T00:00:00Z"
)

// Each state has ACK's conditions, and a condition with an unchanged status keeps the time of its
// last transition.
func TestConditions(t *testing.T) {
	const synced, noRole = "Resource synced successfully", "IAM Role is not available: m"
	for name, c := range map[string]struct {
		prior  []any
		report resource.Report
		want   []any
	}{
		"synced": {nil, resource.Report{State: resource.Synced},
			[]any{cond("ACK.ResourceSynced", "True", nowText, "", synced), cond("Ready", "True", nowText, "", synced)}},
		"synced still": {[]any{cond("ACK.ResourceSynced", "True", earlier, "", "")}, resource.Report{State: resource.Synced},
			[]any{cond("ACK.ResourceSynced", "True", earlier, "", synced), cond("Ready", "True", nowText, "", synced)}},
		"synced, with advice of an earlier worker": {nil, resource.Report{State: resource.Synced, Advice: "a"}, []any{
			cond("ACK.ResourceSynced", "True", nowText, "", synced), cond("Ready", "True", nowText, "", synced),
			cond("ACK.Advisory", "True", nowText, "SecondResource", "a"),
		}},
		"synced, with advices of two reasons": {
			[]any{cond("ACK.Advisory", "True", earlier, "One", "a")},
			resource.Report{State: resource.Synced, Advices: []resource.Advice{{Reason: "One", Message: "a"}, {Reason: "Two", Message: "b"}, {Reason: "One", Message: "c"}}},
			[]any{
				cond("ACK.ResourceSynced", "True", nowText, "", synced), cond("Ready", "True", nowText, "", synced),
				cond("ACK.Advisory", "True", earlier, "One", "a; c"), cond("ACK.Advisory", "True", nowText, "Two", "b"),
			},
		},
		"terminal, with advice": {nil, resource.Report{State: resource.Terminal, Reason: "X", Message: "m", Advices: []resource.Advice{{Reason: "One", Message: "a"}}}, []any{
			cond("ACK.Terminal", "True", nowText, "X", "m"), cond("ACK.ResourceSynced", "False", nowText, "X", "m"),
			cond("Ready", "False", nowText, "ACK.Terminal", "m"), cond("ACK.Advisory", "True", nowText, "One", "a"),
		}},
		"advice no more": {[]any{cond("ACK.Advisory", "True", earlier, "One", "a")}, resource.Report{State: resource.Synced},
			[]any{cond("ACK.ResourceSynced", "True", nowText, "", synced), cond("Ready", "True", nowText, "", synced)}},
		"synced, by a selector": {nil, resource.Report{State: resource.Synced, Selected: "s"}, []any{
			cond("ACK.ResourceSynced", "True", nowText, "", synced), cond("Ready", "True", nowText, "", synced),
			cond("ACK.IAMRoleSelected", "True", nowText, "", "s"),
		}},
		"synced no more": {[]any{cond("ACK.ResourceSynced", "True", earlier, "", synced)}, resource.Report{State: resource.Blocked, Reason: "X", Message: "m"}, []any{
			cond("ACK.Recoverable", "True", nowText, "X", "m"), cond("ACK.ResourceSynced", "False", nowText, "X", "m"),
			cond("Ready", "False", nowText, "ACK.Recoverable", "m"),
		}},
		"blocked for another reason": {[]any{cond("ACK.ResourceSynced", "False", earlier, "X", "m")}, resource.Report{State: resource.Blocked, Reason: "Y", Message: "n"}, []any{
			cond("ACK.Recoverable", "True", nowText, "Y", "n"), cond("ACK.ResourceSynced", "False", earlier, "Y", "n"),
			cond("Ready", "False", nowText, "ACK.Recoverable", "n"),
		}},
		"terminal": {nil, resource.Report{State: resource.Terminal, Reason: "InvalidSpec", Message: "m"}, []any{
			cond("ACK.Terminal", "True", nowText, "InvalidSpec", "m"), cond("ACK.ResourceSynced", "False", nowText, "InvalidSpec", "m"),
			cond("Ready", "False", nowText, "ACK.Terminal", "m"),
		}},
		"cured": {[]any{cond("ACK.Terminal", "True", earlier, "X", "m"), cond("ACK.ResourceSynced", "False", earlier, "X", "m")}, resource.Report{State: resource.Synced},
			[]any{cond("ACK.ResourceSynced", "True", nowText, "", synced), cond("Ready", "True", nowText, "", synced)}},
		"references": {nil, resource.Report{State: resource.Waiting, Reason: "ReferencesNotReady", Message: "m"}, []any{
			cond("ACK.ResourceSynced", "False", nowText, "ReferencesNotReady", "m"), cond("Ready", "False", nowText, "ReferencesNotReady", "m"),
			cond("ACK.ReferencesResolved", "Unknown", nowText, "ReferencesNotReady", "Reference resolution failed: m"),
		}},
		"references resolved": {nil, resource.Report{State: resource.Synced, References: &resource.References{Status: "True"}}, []any{
			cond("ACK.ResourceSynced", "True", nowText, "", synced), cond("Ready", "True", nowText, "", synced),
			cond("ACK.ReferencesResolved", "True", nowText, "", ""),
		}},
		"references resolved, but no role": {nil, resource.Report{State: resource.Waiting, Reason: "RoleNotMapped", Message: "m", References: &resource.References{Status: "True"}}, []any{
			cond("ACK.ResourceSynced", "False", nowText, "RoleNotMapped", noRole), cond("Ready", "False", nowText, "RoleNotMapped", noRole),
			cond("ACK.ReferencesResolved", "True", nowText, "", ""),
		}},
		"references refused, and no role": {nil, resource.Report{State: resource.Waiting, Reason: "RoleNotMapped", Message: "m", References: &resource.References{Status: "False", Message: "n"}}, []any{
			cond("ACK.ResourceSynced", "False", nowText, "RoleNotMapped", noRole), cond("Ready", "False", nowText, "RoleNotMapped", noRole),
			cond("ACK.ReferencesResolved", "False", nowText, "ReferencesNotReady", "Reference resolution failed: n"),
		}},
		"no role": {nil, resource.Report{State: resource.Waiting, Reason: "RoleNotMapped", Message: "m"},
			[]any{cond("ACK.ResourceSynced", "False", nowText, "RoleNotMapped", noRole), cond("Ready", "False", nowText, "RoleNotMapped", noRole)}},
		"no role, unreadable": {nil, resource.Report{State: resource.Waiting, Reason: "SelectorsNotReadable", Message: "m"},
			[]any{cond("ACK.ResourceSynced", "False", nowText, "SelectorsNotReadable", noRole), cond("Ready", "False", nowText, "SelectorsNotReadable", noRole)}},
		"a role, no Region": {nil, resource.Report{State: resource.Waiting, Reason: "RegionUnknown", Message: "m"},
			[]any{cond("ACK.ResourceSynced", "False", nowText, "RegionUnknown", "m"), cond("Ready", "False", nowText, "RegionUnknown", "m")}},
		"foreign keeps the others": {[]any{cond("ACK.ResourceSynced", "True", earlier, "", synced)}, resource.Report{State: resource.Foreign, Reason: "OtherController", Message: "m"},
			[]any{cond("ACK.ResourceSynced", "True", earlier, "", synced), cond("ACK.Advisory", "True", nowText, "OtherController", "m")}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, conditionsFor(c.prior, c.report, now)); diff != "" {
				t.Errorf("conditions (-want +got):\n%s", diff)
			}
		})
	}
}

// cond returns a condition without its empty fields.
func cond(kind, status, since, reason, message string) any {
	c := condition{"type": kind, "status": status, "lastTransitionTime": since}
	set(c, "reason", reason, reason != "")
	set(c, "message", message, message != "")
	return c
}

// An event repeats the conditions. Those that require a person to act are warnings.
func TestTell(t *testing.T) {
	for name, c := range map[string]struct {
		report resource.Report
		want   []string
	}{
		"synced": {resource.Report{State: resource.Synced}, []string{"Normal Synced Resource synced successfully"}},
		"synced, with advice": {resource.Report{State: resource.Synced, Advices: []resource.Advice{{Reason: "One", Message: "a"}}},
			[]string{"Warning One a", "Normal Synced Resource synced successfully"}},
		"waiting":  {resource.Report{State: resource.Waiting, Reason: "RoleNotMapped", Message: "m"}, []string{"Normal Waiting RoleNotMapped: m"}},
		"blocked":  {resource.Report{State: resource.Blocked, Reason: "VpcLimitExceeded", Message: "m"}, []string{"Warning Blocked VpcLimitExceeded: m"}},
		"terminal": {resource.Report{State: resource.Terminal, Reason: "InvalidSpec", Message: "m"}, []string{"Warning Terminal InvalidSpec: m"}},
		"foreign":  {resource.Report{State: resource.Foreign, Reason: "OtherController", Message: "m"}, []string{"Warning Foreign OtherController: m"}},
	} {
		t.Run(name, func(t *testing.T) {
			recorder := record.NewFakeRecorder(10)
			(&Activities{events: recorder}).tell(&unstructured.Unstructured{}, c.report)
			close(recorder.Events)
			var got []string
			for event := range recorder.Events {
				got = append(got, event)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// A report replaces all of the kind's fields, so that the status drops what AWS no longer has.
// Without such fields, the status keeps what it shows.
func TestStatusFor(t *testing.T) {
	prior := fields{
		"id": "sg-1", "rules": []any{"old"}, "inputsDigest": "d1", "retries": int64(2), "nextTryTime": earlier,
		"ackResourceMetadata": fields{"ownerAccountID": account, "region": "us-west-2"},
	}
	got, err := statusFor(prior, resource.Report{State: resource.Synced, Generation: 3, Digest: "d2",
		Status: []byte(`{"id":"sg-1","count":2,"ackResourceMetadata":{"arn":"arn:x"}}`)}, now)
	if err != nil {
		t.Fatal(err)
	}
	delete(got, "conditions")
	want := fields{
		"id": "sg-1", "count": int64(2), "inputsDigest": "d2", "observedGeneration": int64(3),
		"ackResourceMetadata": fields{"ownerAccountID": account, "region": "us-west-2", "arn": "arn:x"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	got, err = statusFor(prior, resource.Report{State: resource.Waiting, Reason: "RoleNotMapped", Generation: 3}, now)
	if err != nil {
		t.Fatal(err)
	}
	if got["rules"] == nil || got["inputsDigest"] != nil {
		t.Errorf("waiting keeps the fields and settles nothing: %v", got)
	}
}

// A repeated report gives the same status: nothing is written.
func TestStatusForIsStable(t *testing.T) {
	report := resource.Report{State: resource.Synced, Generation: 1, Digest: "d", Status: []byte(`{"id":"sg-1","n":1}`)}
	once, err := statusFor(nil, report, now)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := statusFor(once, report, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(once, twice); diff != "" {
		t.Errorf("status changed (-once +twice):\n%s", diff)
	}
}

// A backup may have the claim and not the status: the id is shown again. Existing values stay.
func TestIdentified(t *testing.T) {
	group, _ := apis.ByName("ec2.SecurityGroup")
	policy, _ := apis.ByName("iam.Policy")
	target := resource.Target{Partition: "aws", AccountID: account, Region: "us-west-2"}
	metadata := fields{"ownerAccountID": account, "region": "us-west-2", "partition": "aws"}
	for name, test := range map[string]struct {
		kind   apis.Kind
		claim  *resource.Claim
		status fields
		want   fields
	}{
		"nothing is recorded": {group, &resource.Claim{Target: target}, fields{}, fields{}},
		"no status":           {group, &resource.Claim{Target: target, ID: "sg-1"}, fields{}, fields{"id": "sg-1", "ackResourceMetadata": metadata}},
		"all is shown": {group, &resource.Claim{Target: target, ID: "sg-1"},
			fields{"id": "sg-1", "ackResourceMetadata": fields{"ownerAccountID": account, "region": "us-west-2", "partition": "aws", "arn": "arn:x"}},
			fields{"id": "sg-1", "ackResourceMetadata": fields{"ownerAccountID": account, "region": "us-west-2", "partition": "aws", "arn": "arn:x"}}},
		"the id is an ARN": {policy, &resource.Claim{Target: target, ID: "arn:p", ARN: "arn:p"}, fields{},
			fields{"ackResourceMetadata": fields{"ownerAccountID": account, "region": "us-west-2", "partition": "aws", "arn": "arn:p"}}},
	} {
		if diff := cmp.Diff(test.want, identified(test.status, test.kind, test.claim)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The id of a resource that was once Synced stays known, even if an earlier version wrote the
// status without it. Another incarnation was not Synced.
func TestSyncedID(t *testing.T) {
	recorded := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		claim resource.Claim
		since string // the time when the condition Synced became True; empty: it is not
		state resource.State
		want  string
	}{
		"synced now":                        {resource.Claim{ID: "x-1", Time: recorded}, "", resource.Synced, "x-1"},
		"not synced":                        {resource.Claim{ID: "x-1", Time: recorded}, "", resource.Waiting, ""},
		"synced before":                     {resource.Claim{ID: "x-1", Time: recorded}, "2026-01-01T00:00:01Z", resource.Terminal, "x-1"},
		"an earlier incarnation was synced": {resource.Claim{ID: "x-2", Time: recorded}, "2025-12-31T23:59:59Z", resource.Waiting, ""},
		"no id":                             {resource.Claim{Time: recorded}, "2026-01-01T00:00:01Z", resource.Synced, ""},
	} {
		objects := complete()
		objects.Claim(c.claim)
		if c.since != "" {
			objects.Set([]any{cond("ACK.ResourceSynced", "True", c.since, "", "")}, "status", "conditions")
		}
		group, _ := apis.ByName(groupRef.Kind)
		if got := syncedID(object{kind: group, u: &unstructured.Unstructured{Object: objects.Group()}}, c.state); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
