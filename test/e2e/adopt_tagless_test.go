package e2e

import (
	"testing"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// forced adds to the annotations of an adoption what the kind requires: force, where AWS has no tags.
func (s sample) forced(annotations fields) fields {
	if s.tagless {
		annotations[corev1alpha1.AnnotationAdoptionForce] = "true"
	}
	return annotations
}

// AWS has no tags for a group, so nothing there shows that another object manages it. Without force, each
// way to adopt it changes nothing and says why. By force, an object adopts the group that was released.
func TestAdoptionOfAGroupNeedsForce(t *testing.T) {
	t.Parallel()
	s, team := sampleOf("iam.Group"), newTeam(t)
	s.prepare(t, team)
	owner := team.apply(t, s.kind, "owner", s.spec())
	id := owner.awaitSynced(t)
	w.result(t, owner.ref)
	mark := lastSeq(t)
	adopts, creates := team.object(s.kind, "adopts"), team.object(s.kind, "creates")
	adopts.adopts(t, corev1alpha1.AdoptionPolicyAdopt, "devs", fields{"name": "devs"})
	other := s.spec()
	other["path"] = "/other/"
	creates.createWith(t, fields{corev1alpha1.AnnotationAdoptionPolicy: corev1alpha1.AdoptionPolicyAdoptOrCreate}, other)
	for _, o := range []object{adopts, creates} {
		o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "NameTaken "+id+" is not adopted: AWS has no tags for a Group, so Tack cannot tell whose it is")
	}
	owner.wantQuiet(t, team)
	if got := team.mutationsSince(t, mark); len(got) > 0 {
		t.Errorf("AWS was changed by %v", got)
	}
	adopts.release(t)
	owner.release(t)
	creates.annotate(t, corev1alpha1.AnnotationAdoptionForce, "true")
	if got := creates.awaitSynced(t); got != id {
		t.Errorf("it adopted %s, want %s", got, id)
	}
	w.result(t, creates.ref)
	creates.annotate(t, corev1alpha1.AnnotationAdoptionForce, "")
	creates.wantQuiet(t, team)
	deleteAll(t, creates)
	if n := s.count(t, team.account); n != 0 {
		t.Errorf("%d groups remain in AWS", n)
	}
}
