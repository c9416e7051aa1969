package kube

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

var (
	earlier = "2026-01-01T00:00:00Z"
	now     = time.Date(2026, 2, 2, 0, 0, 0, 0, time.UTC)
	nowText = "2026-02-02T00:00:00Z"
)

// Each state has ACK's conditions, and a condition that still says the same
// keeps the time of its last transition.
func TestConditions(t *testing.T) {
	for name, c := range map[string]struct {
		prior  []any
		report resource.Report
		want   map[string]string // type → status and time
	}{
		"synced": {nil, resource.Report{State: resource.Synced},
			map[string]string{"ACK.ResourceSynced": "True " + nowText, "Ready": "True " + nowText}},
		"synced still": {[]any{cond("ACK.ResourceSynced", "True")}, resource.Report{State: resource.Synced},
			map[string]string{"ACK.ResourceSynced": "True " + earlier, "Ready": "True " + nowText}},
		"synced no more": {[]any{cond("ACK.ResourceSynced", "True")}, resource.Report{State: resource.Blocked, Reason: "X"},
			map[string]string{"ACK.ResourceSynced": "False " + nowText, "Ready": "False " + nowText, "ACK.Recoverable": "True " + nowText}},
		"terminal": {nil, resource.Report{State: resource.Terminal, Reason: "InvalidSpec", Message: "m"},
			map[string]string{"ACK.Terminal": "True " + nowText, "ACK.ResourceSynced": "False " + nowText, "Ready": "False " + nowText}},
		"cured": {[]any{cond("ACK.Terminal", "True"), cond("ACK.ResourceSynced", "False")}, resource.Report{State: resource.Synced},
			map[string]string{"ACK.ResourceSynced": "True " + nowText, "Ready": "True " + nowText}},
		"references": {nil, resource.Report{State: resource.Waiting, Reason: "ReferencesNotReady"},
			map[string]string{"ACK.ResourceSynced": "False " + nowText, "Ready": "False " + nowText, "ACK.ReferencesResolved": "Unknown " + nowText}},
		"foreign keeps the others": {[]any{cond("ACK.ResourceSynced", "True")}, resource.Report{State: resource.Foreign, Reason: "OtherController"},
			map[string]string{"ACK.ResourceSynced": "True " + earlier, "ACK.Advisory": "True " + nowText}},
	} {
		t.Run(name, func(t *testing.T) {
			got := map[string]string{}
			for _, c := range conditionsFor(c.prior, c.report, now) {
				c := c.(condition)
				got[c["type"].(string)] = c["status"].(string) + " " + c["lastTransitionTime"].(string)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("conditions (-want +got):\n%s", diff)
			}
		})
	}
}

func cond(kind, status string) any {
	return condition{"type": kind, "status": status, "lastTransitionTime": earlier}
}

// A report replaces the kind's fields as a whole, so that what AWS no longer has
// is no longer shown; without them, what is shown stays.
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

// The same report twice gives the same status: nothing is written.
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

// A backup may have the claim and not the status: the id is shown again. What is
// shown stays.
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
