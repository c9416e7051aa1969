package e2e

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// differing makes a VPC as ACK does, which lacks a tag of its spec.
func differing(t *testing.T, team team, name string) ackObject {
	t.Helper()
	l := ackVPC(t, team, name)
	l.untag(t, team, "team")
	return l
}

// A take-over that began goes on without the annotation, and without the claim that a tool drops with it.
// AWS keeps its values until the object says "false".
func TestTakeOverGoesOnWithoutItsAnnotation(t *testing.T) {
	team := newTeam(t)
	l := differing(t, team, "main")
	restart(t, stack.Bridge, func() { l.apply(t) })
	team.annotate(t, atTakeOver, "true")
	const differs = "TakeOverDiffers "
	l.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", differs+l.id)
	w.result(t, l.ref)
	mark := lastSeq(t)
	wantOpen := func(after string) {
		t.Helper()
		w.force(t, l.ref)
		w.result(t, l.ref)
		l.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", differs+l.id)
		if got := team.mutationsSince(t, mark); len(got) > 0 {
			t.Errorf("%s, AWS was changed by %v", after, got)
		}
	}
	team.annotate(t, atTakeOver, "")
	wantOpen("without the annotation")
	team.annotate(t, atTakeOver, "false")
	wantOpen("refused for the namespace")
	team.annotate(t, atTakeOver, "")
	l.annotate(t, level.AnnotationClaim, "")
	l.await(t, "the claim", soon, func(u *unstructured.Unstructured) bool {
		return u.GetAnnotations()[level.AnnotationClaim] != ""
	})
	wantOpen("without the claim")
	l.annotate(t, atTakeOver, "false")
	l.awaitSynced(t)
	if got := ec2Tags(t, team.account, l.id)["team"]; got != "a" {
		t.Errorf("the spec is applied, and the tag is %q", got)
	}
	deleteAll(t, l.object)
}

// leftBeforeDefaultTags leaves objects as ACK does, and returns the check of their take-over by a bridge with
// --resource-tags=env=prod. The take-over changes no tag but the owner tags. After it, Tack sets the tags of
// the flag, which replace ACK's two.
func leftBeforeDefaultTags(t *testing.T) (check func()) {
	t.Helper()
	team := newTeam(t)
	same, differs := ackVPC(t, team, "same"), differing(t, team, "differs")
	before := ec2Tags(t, team.account, differs.id)
	restart(t, stack.Bridge, func() {
		same.apply(t)
		differs.apply(t)
	})
	return func() {
		t.Helper()
		team.annotate(t, atTakeOver, "true")
		differs.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", fmt.Sprintf("TakeOverDiffers %s is taken over", differs.id))
		same.awaitTaken(t)
		same.awaitTags(t, team, same.id, map[string]string{"team": "a", "env": "prod", resource.TagNamespace: "", resource.TagControllerVersion: ""})
		wantOnlyOwned(t, team, differs, before)
		deleteAll(t, same.object, differs.object)
	}
}
