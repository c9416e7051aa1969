package e2e

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/resource"
)

// A read-only object of each kind adopts a resource, and its spec gets AWS's values. AWS gets no write
// through the create, an edit and the deletion of the object. Without the annotation, the edit is
// applied at once.
func TestReadOnlyEachKind(t *testing.T) {
	ofEachKind(t, func(t *testing.T, s sample, team team) {
		first := team.apply(t, s.kind, "first", s.spec())
		id := first.awaitSynced(t)
		w.result(t, first.ref)
		was := first.get(t)
		first.release(t)
		mark := lastSeq(t)
		o := team.object(s.kind, "second")
		annotations := o.adoptionOf(corev1alpha1.AdoptionPolicyAdopt, nameOf(o.kind, id, was))
		annotations[corev1alpha1.AnnotationReadOnly] = "true"
		o.createWith(t, annotations, s.spec())
		if got := o.awaitSynced(t); got != id {
			t.Errorf("it observes %s, want %s", got, id)
		}
		o.wantObserved(t)
		o.patch(t, s.change)
		o.awaitDifference(t)
		o.wantQuiet(t, team)
		team.wantUntouched(t, mark)
		o.annotate(t, corev1alpha1.AnnotationReadOnly, "")
		o.awaitApplied(t)
		w.result(t, o.ref)
		if len(team.mutationsSince(t, mark)) == 0 {
			t.Error("the edit is not applied")
		}
		mark = lastSeq(t)
		o.annotate(t, corev1alpha1.AnnotationReadOnly, "true")
		o.wantQuiet(t, team)
		o.delete(t)
		o.awaitGone(t)
		team.wantUntouched(t, mark)
		if n := s.count(t, team.account); n != 1 {
			t.Errorf("there are %d in AWS, want 1", n)
		}
	})
}

// A read-only object observes the resource of another object, and says what differs. It cannot manage
// that resource.
func TestReadOnlyOfAnother(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	owner := team.apply(t, "ec2.VPC", "owner", vpcSpec())
	id := owner.awaitSynced(t)
	w.result(t, owner.ref)
	mark := lastSeq(t)
	o := team.object("ec2.VPC", "second")
	annotations := o.adoptionOf(corev1alpha1.AdoptionPolicyAdoptOrCreate, id)
	annotations[corev1alpha1.AnnotationReadOnly] = "True"
	o.createWith(t, annotations, fields{"cidrBlocks": vpcSpec()["cidrBlocks"], "enableDNSHostnames": true})
	o.awaitDifference(t)
	if got := o.awaitSynced(t); got != id {
		t.Errorf("it observes %s, want %s", got, id)
	}
	team.wantUntouched(t, mark)
	o.annotate(t, corev1alpha1.AnnotationReadOnly, "false")
	o.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "OwnedByAnother "+id+" belongs to ")
	team.wantUntouched(t, mark)
	o.annotate(t, corev1alpha1.AnnotationReadOnly, "true")
	deleteAll(t, o, owner)
}

// A read-only object that names no resource says so, and makes none. Neither does one whose resource
// does not exist. The deletion of either needs no role.
func TestReadOnlyWithoutAResource(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	mark := lastSeq(t)
	o, absent := team.object("ec2.VPC", "unnamed"), team.object("ec2.VPC", "absent")
	o.createWith(t, fields{corev1alpha1.AnnotationReadOnly: "true"}, vpcSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "ReadOnlyWithoutID the object is read-only, and nothing names its resource: add the annotations "+corev1alpha1.AnnotationAdoptionPolicy)
	annotations := absent.adoptionOf(corev1alpha1.AdoptionPolicyAdoptOrCreate, "vpc-0123456789abcdef0")
	annotations[corev1alpha1.AnnotationReadOnly] = "true"
	absent.createWith(t, annotations, vpcSpec())
	absent.awaitCondition(t, corev1alpha1.ConditionTypeRecoverable, "True", "ReadOnlyNotFound AWS shows no vpc-0123456789abcdef0 in account "+team.account)
	absent.annotate(t, corev1alpha1.AnnotationReadOnly, "yes")
	absent.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", `its value is neither "true" nor "false"`)
	team.wantUntouched(t, mark)
	o.annotate(t, corev1alpha1.AnnotationReadOnly, "")
	o.awaitSynced(t)
	o.annotate(t, corev1alpha1.AnnotationReadOnly, "true")
	team.annotate(t, corev1alpha1.AnnotationOwnerAccountID, "999999999999")
	absent.annotate(t, corev1alpha1.AnnotationReadOnly, "true")
	deleteAll(t, o, absent)
	if n := len(w.vpcs(t, team.account)); n != 1 {
		t.Errorf("there are %d VPCs, want 1", n)
	}
}

// wantUntouched checks that nothing changed AWS in the team's account after a mark.
func (team team) wantUntouched(t *testing.T, mark int64) {
	t.Helper()
	if got := team.mutationsSince(t, mark); len(got) > 0 {
		t.Errorf("AWS was changed by %v", got)
	}
}

// wantObserved checks that a read-only object shows its resource as one that it adopted, and that does
// not differ.
func (o object) wantObserved(t *testing.T) {
	t.Helper()
	w.result(t, o.ref)
	u := o.get(t)
	if u.GetAnnotations()[corev1alpha1.AnnotationAdopted] != "true" {
		t.Error("it does not say that it adopted its resource")
	}
	if words, differs := adviceOf(u)[resource.ReasonReadOnly]; differs {
		t.Errorf("it differs: %s", words)
	}
}

// awaitDifference waits until a read-only object shows that its spec differs.
func (o object) awaitDifference(t *testing.T) {
	t.Helper()
	o.await(t, "the advice that the spec differs", soon, func(u *unstructured.Unstructured) bool {
		return strings.Contains(adviceOf(u)[resource.ReasonReadOnly], "Tack does not apply its spec") && scenario.Synced(u)
	})
}

// awaitApplied waits until an object is Synced without such an advice.
func (o object) awaitApplied(t *testing.T) {
	t.Helper()
	o.await(t, "Synced without a difference", soon, func(u *unstructured.Unstructured) bool {
		_, differs := adviceOf(u)[resource.ReasonReadOnly]
		return !differs && scenario.Synced(u)
	})
}
