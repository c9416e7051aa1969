package kube

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/aws/ownership"
	"github.com/tack-dev/tack/apis"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// verdict returns the verdict on the group, and its level.
func (c cluster) verdict(t *testing.T) (Verdict, resource.Level) {
	t.Helper()
	kind, _ := apis.ByName(groupRef.Kind)
	level, err := ReadLevel(t.Context(), c, settings, kind, groupRef)
	if err != nil {
		t.Fatal(err)
	}
	return VerdictOn(&unstructured.Unstructured{Object: c.group()}, level), level
}

// tell reports a problem as a run does, and returns whether that wrote anything.
func (c cluster) tell(t *testing.T, level resource.Level, p *resource.Problem) bool {
	t.Helper()
	if c.group()["metadata"].(fields)["resourceVersion"] == nil {
		c.set("7", "metadata", "resourceVersion")
	}
	written, err := activitiesOf(c).PatchStatus(t.Context(), resource.Report{
		Ref: groupRef, UID: "uid-1", State: p.State, Reason: p.Reason, Message: p.Message,
		Digest: level.Digest, Generation: level.Object.Generation, Unproven: p.Unproven,
	})
	if err != nil {
		t.Fatal(err)
	}
	return written.Changed
}

// A result that depends only on inputs is reported once: another run would find the same and write
// nothing. A changed input ends that.
func TestVerdictOfInputs(t *testing.T) {
	annotated := func(key string) func(cluster) {
		return func(c cluster) { c.set("true", "metadata", "annotations", key) }
	}
	for name, change := range map[string]func(cluster){
		"another installation's": func(c cluster) { c.claim(resource.Claim{Install: "other", Incarnation: 1, Target: here, ID: "sg-1"}) },
		"another cluster name's": func(c cluster) {
			claim := mine
			claim.ID, claim.For.Cluster = "sg-1", "before"
			c.annotate(claim)
		},
		"another controller's, without a role": func(c cluster) {
			c.set("sg-1", "status", "id")
			delete(c, "configmaps/ack-system/ack-role-account-map")
		},
		"another controller's, with an annotation": all(func(c cluster) { c.set("sg-1", "status", "id") }, annotated(corev1alpha1.AnnotationReadOnly)),
		"an annotation that is refused":            annotated(corev1alpha1.AnnotationReadOnly),
		"the same, and the claim is damaged":       all(func(c cluster) { c.annotate("{") }, annotated(corev1alpha1.AnnotationReadOnly)),
		"the same, being deleted":                  all(func(c cluster) { c.claim(mine); c.set("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp") }, annotated(corev1alpha1.AnnotationReadOnly)),
	} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			change(c)
			verdict, level := c.verdict(t)
			if verdict != NoVerdict || level.Problem == nil {
				t.Fatalf("before the object reports it: %v, problem %+v", verdict, level.Problem)
			}
			if !c.tell(t, level, level.Problem) {
				t.Error("nothing was written")
			}
			if verdict, level = c.verdict(t); verdict != OfInputs {
				t.Errorf("told: %v, problem %+v", verdict, level.Problem)
			}
			if c.tell(t, level, level.Problem) {
				t.Error("the second report writes")
			}
			c.set([]any{}, "status", "conditions")
			c.set("other", "status", resource.StatusInputsDigest)
			if verdict, _ = c.verdict(t); verdict != NoVerdict {
				t.Errorf("with another status: %v", verdict)
			}
		})
	}
}

// A result that depends on AWS's tags is reported once as well. The object is another controller's
// until the tags, the id in the status or the claim change.
func TestVerdictOfTags(t *testing.T) {
	stranger := &ownership.Found{ID: "sg-1"}
	for name, named := range map[string]*ownership.Found{"it is there": stranger, "it is not there": nil} {
		t.Run(name, func(t *testing.T) {
			c := complete()
			c.set("sg-1", "status", "id")
			c.set([]any{fields{"type": "ACK.Advisory", "status": "False"}, fields{"type": "ACK.ResourceSynced", "status": "True"}}, "status", "conditions")
			verdict, level := c.verdict(t)
			if verdict != NoVerdict {
				t.Fatalf("before the object reports it: %v", verdict)
			}
			plan := ownership.Vouched(level.Object, named, nil)
			if len(plan.Steps) > 0 || plan.Create != nil {
				t.Errorf("AWS is written to: %+v", plan)
			}
			c.tell(t, level, plan.Problem)
			if verdict, level = c.verdict(t); verdict != OfTags {
				t.Errorf("told: %v", verdict)
			}
			conditions := c.group()["status"].(fields)["conditions"].([]any)
			conditions = append(conditions, fields{"type": "Ready", "status": "True"}) // of the other controller
			c.set(conditions, "status", "conditions")
			if c.tell(t, level, plan.Problem) {
				t.Error("the second look writes")
			}
			earlier := *plan.Problem // in the words of an earlier version
			earlier.Message = strings.Replace(earlier.Message, "the status names sg-1", "the status tells of sg-1", 1)
			c.tell(t, level, &earlier)
			if verdict, _ = c.verdict(t); verdict != OfTags {
				t.Errorf("told by an earlier version: %v", verdict)
			}
			c.set("sg-2", "status", "id")
			if verdict, _ = c.verdict(t); verdict != NoVerdict {
				t.Errorf("of another id: %v", verdict)
			}
		})
	}
	c := complete() // it was ours: the tags may appear
	c.set("sg-1", "status", "id")
	c.set(int64(1), "status", resource.StatusObservedGeneration)
	_, level := c.verdict(t)
	c.tell(t, level, ownership.Vouched(level.Object, stranger, nil).Problem)
	if verdict, _ := c.verdict(t); verdict != NoVerdict {
		t.Errorf("of one that was ours: %v", verdict)
	}
}
