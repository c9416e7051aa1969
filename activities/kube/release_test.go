package kube

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/record"

	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
)

// The release of a resource voids its claim and empties the status. A repeat, or a release of
// another id, writes nothing. After that, the place in the inputs counts.
func TestReleaseOfARecordedClaim(t *testing.T) {
	const other = "222222222222"
	objects := complete()
	objects.Claim(resource.Claim{Install: "dev", Incarnation: 1, Target: here, ID: "sg-1"})
	objects.Set("1", "metadata", "resourceVersion")
	conditions := []any{fields{"type": "ACK.ResourceSynced", "status": "False"}}
	objects.Group()["status"] = fields{
		"id": "sg-1", "ackResourceMetadata": fields{"region": "us-west-2"}, "inputsDigest": "d", "conditions": conditions,
	}
	s := &server{objects: objects, before: map[string]func() error{}}
	activities := New(s, settings, record.NewFakeRecorder(10), nil)
	in := resource.GiveUpInput{Ref: resource.Ref{Kind: "ec2.SecurityGroup", Cluster: "dev", Namespace: "team-a", Name: "web"}, UID: "uid-1", ID: "sg-1"}
	for _, try := range []struct {
		id      string
		changed bool
	}{{"", false}, {"sg-2", false}, {"sg-1", true}, {"sg-1", false}} {
		in.ID = try.id
		written, err := activities.VoidClaim(t.Context(), in)
		if err != nil || written.Changed != try.changed {
			t.Fatalf("releasing %q: %+v, %v", try.id, written, err)
		}
	}
	u := &unstructured.Unstructured{Object: objects.Group()}
	group, _ := apis.ByName("ec2.SecurityGroup")
	if claim := level.ClaimOf(u, group); !claim.Nothing() || claim.ID != "sg-1" {
		t.Errorf("the claim is %+v", claim)
	}
	if diff := cmp.Diff(fields{"conditions": conditions}, u.Object["status"]); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	annotated(other)(objects)
	roleMap(fields{other: "arn:aws:iam::" + other + ":role/tack"})(objects)
	if got := levelIn(t, objects, settings); got.Problem != nil || got.Wait != nil || got.Target.AccountID != other {
		t.Errorf("then: problem %+v, wait %+v, target %+v", got.Problem, got.Wait, got.Target)
	}
}
