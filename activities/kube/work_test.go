package kube

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/activities/level"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// workOf returns the work of the group, and its level.
func workOf(t *testing.T, c cluster) (level.Work, resource.Level) {
	t.Helper()
	kind, _ := apis.ByName(groupRef.Kind)
	l, err := level.Read(t.Context(), c, settings, kind, groupRef)
	if err != nil {
		t.Fatal(err)
	}
	return level.WorkOf(&unstructured.Unstructured{Object: c.Group()}, l), l
}

// tell reports a problem as a run does, and returns whether that wrote anything.
func tell(t *testing.T, c cluster, l resource.Level, p *resource.Problem) bool {
	t.Helper()
	if c.Group()["metadata"].(fields)["resourceVersion"] == nil {
		c.Set("7", "metadata", "resourceVersion")
	}
	written, err := activitiesOf(c).PatchStatus(t.Context(), resource.Report{
		Ref: groupRef, UID: "uid-1", State: p.State, Reason: p.Reason, Message: p.Message,
		Digest: l.Digest, Generation: l.Object.Generation, Unproven: p.Unproven,
	})
	if err != nil {
		t.Fatal(err)
	}
	return written.Changed
}

// A result that depends only on inputs is reported once: another run would find the same and write
// nothing. A changed input ends that.
func TestAProblemIsReportedOnce(t *testing.T) {
	annotated := func(key string) func(cluster) {
		return func(c cluster) { c.Set("true", "metadata", "annotations", key) }
	}
	for name, test := range map[string]struct {
		change func(cluster)
		want   level.Work
	}{
		"another installation's": {func(c cluster) { c.Claim(resource.Claim{Install: "other", Incarnation: 1, Target: here, ID: "sg-1"}) }, level.Reported},
		"another cluster name's": {func(c cluster) {
			claim := mine
			claim.ID, claim.For.Cluster = "sg-1", "before"
			c.Annotate(claim)
		}, level.Reported},
		"another controller's, without a role": {func(c cluster) {
			c.Set("sg-1", "status", "id")
			delete(c, "configmaps/ack-system/ack-role-account-map")
		}, level.Reported},
		"another controller's, with an annotation": {all(func(c cluster) { c.Set("sg-1", "status", "id") }, annotated(corev1alpha1.AnnotationDeletionPolicy+"x")), level.Reported},
		"an annotation that is refused":            {annotated(corev1alpha1.AnnotationDeletionPolicy + "x"), level.Settled},
		"the same, and the claim is damaged":       {all(func(c cluster) { c.Annotate("{") }, annotated(corev1alpha1.AnnotationDeletionPolicy+"x")), level.Reported},
		"the same, being deleted":                  {all(func(c cluster) { c.Claim(mine); c.Set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp") }, annotated(corev1alpha1.AnnotationDeletionPolicy+"x")), level.Reported},
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			test.change(c)
			work, l := workOf(t, c)
			if work != level.Unfinished || l.Problem == nil {
				t.Fatalf("before the object reports it: %v, problem %+v", work, l.Problem)
			}
			if !tell(t, c, l, l.Problem) {
				t.Error("nothing was written")
			}
			if work, l = workOf(t, c); work != test.want {
				t.Errorf("work: %v, problem %+v", work, l.Problem)
			}
			if tell(t, c, l, l.Problem) {
				t.Error("the second report writes")
			}
			c.Set([]any{}, "status", "conditions")
			c.Set("other", "status", resource.StatusInputsDigest)
			if work, _ = workOf(t, c); work != level.Unfinished {
				t.Errorf("with another status: %v", work)
			}
		})
	}
}

// A result that depends on AWS's tags is reported once as well. The object is another controller's
// until the tags, the id in the status or the claim change.
func TestAnObjectLeftAloneIsReportedOnce(t *testing.T) {
	stranger := &ownership.Found{ID: "sg-1"}
	for name, named := range map[string]*ownership.Found{"it is there": stranger, "it is not there": nil} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			c.Set("sg-1", "status", "id")
			c.Set([]any{fields{"type": "ACK.Advisory", "status": "False"}, fields{"type": "ACK.ResourceSynced", "status": "True"}}, "status", "conditions")
			work, l := workOf(t, c)
			if work != level.Unfinished {
				t.Fatalf("before the object reports it: %v", work)
			}
			plan := ownership.Vouched(l.Object, named, nil)
			if len(plan.Steps) > 0 || plan.Create != nil {
				t.Errorf("AWS is written to: %+v", plan)
			}
			tell(t, c, l, plan.Problem)
			if work, l = workOf(t, c); work != level.LeftAlone {
				t.Errorf("work: %v", work)
			}
			conditions := c.Group()["status"].(fields)["conditions"].([]any)
			conditions = append(conditions, fields{"type": "Ready", "status": "True"}) // of the other controller
			c.Set(conditions, "status", "conditions")
			if tell(t, c, l, plan.Problem) {
				t.Error("the second look writes")
			}
			earlier := *plan.Problem // in the words of an earlier version
			earlier.Message = strings.Replace(earlier.Message, "the status names sg-1", "the status tells of sg-1", 1)
			tell(t, c, l, &earlier)
			if work, _ = workOf(t, c); work != level.LeftAlone {
				t.Errorf("reported by an earlier version: %v", work)
			}
			c.Set("sg-2", "status", "id")
			if work, _ = workOf(t, c); work != level.Unfinished {
				t.Errorf("of another id: %v", work)
			}
		})
	}
	c := complete() // it was ours: the tags may appear
	c.Set("sg-1", "status", "id")
	c.Set(int64(1), "status", resource.StatusObservedGeneration)
	_, l := workOf(t, c)
	tell(t, c, l, ownership.Vouched(l.Object, stranger, nil).Problem)
	if work, _ := workOf(t, c); work != level.Unfinished {
		t.Errorf("of one that was ours: %v", work)
	}
}
