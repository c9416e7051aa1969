package kube

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/resource"
)

// Letting go of a resource voids its claim and empties the status; done twice, or
// for another id, it writes nothing. What then counts is what the inputs name.
func TestReleaseOfARecordedClaim(t *testing.T) {
	objects := complete()
	objects.claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	objects.set("1", "metadata", "resourceVersion")
	conditions := []any{fields{"type": "ACK.ResourceSynced", "status": "False"}}
	objects.group()["status"] = fields{
		"id": "sg-1", "ackResourceMetadata": fields{"region": "us-west-2"}, "inputsDigest": "d", "conditions": conditions,
	}
	s := &server{objects: objects, before: map[string]func() error{}}
	activities := New(s, settings, record.NewFakeRecorder(10), nil)
	in := resource.ReleaseInput{Ref: resource.Ref{Kind: "ec2.SecurityGroup", Cluster: "dev", Namespace: "team-a", Name: "web"}, UID: "uid-1", ID: "sg-1"}
	for _, try := range []struct {
		id      string
		changed bool
	}{{"", false}, {"sg-2", false}, {"sg-1", true}, {"sg-1", false}} {
		in.ID = try.id
		written, err := activities.Release(t.Context(), in)
		if err != nil || written.Changed != try.changed {
			t.Fatalf("letting go of %q: %+v, %v", try.id, written, err)
		}
	}
	u := &unstructured.Unstructured{Object: objects.group()}
	if claim := claimOf(u); !claim.Nothing() || claim.ID != "sg-1" {
		t.Errorf("the claim is %+v", claim)
	}
	if diff := cmp.Diff(fields{"conditions": conditions}, u.Object["status"]); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	annotated(otherAccount)(objects)
	roleMap(fields{otherAccount: otherRole})(objects)
	if got := objects.level(t, settings); got.Problem != nil || got.Wait != nil || got.Target.AccountID != otherAccount {
		t.Errorf("then: problem %+v, wait %+v, target %+v", got.Problem, got.Wait, got.Target)
	}
}
