package e2e

import (
	"testing"

	"github.com/tack-dev/tack/activities/level"
	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/gateway"
)

const paused, atPause = corev1alpha1.ReconcilePaused, corev1alpha1.AnnotationReconcile

// A pause during a create lets AWS answer and records the id. Nothing else is sent until the pause ends.
func TestPauseDuringACreate(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	held := addRule(t, gateway.Rule{Action: gateway.Actions{"CreateSecurityGroup"}, Account: team.account, Fault: gateway.FaultHoldAfter, Deliver: true, Times: 1})
	o := team.apply(t, "ec2.SecurityGroup", "web", groupSpec("web", 443))
	if err := w.AWS.WaitHolding(t.Context(), held, soon); err != nil {
		t.Fatal(err)
	}
	o.annotate(t, atPause, paused)
	endRule(t, held)
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "Paused the object has the annotation "+atPause)
	w.result(t, o.ref)
	id := o.claim(t).ID
	if id == "" {
		t.Errorf("the id is not recorded: %+v", o.claim(t))
	}
	if got := team.mutationsSince(t, 0); len(got) != 1 || got[0] != "CreateSecurityGroup" {
		t.Errorf("AWS was changed by %v, want the create alone", got)
	}
	mark := lastSeq(t)
	o.patch(t, retagged)
	w.force(t, o.ref)
	w.result(t, o.ref)
	team.wantUntouched(t, mark)
	o.annotate(t, atPause, "")
	if got := o.awaitSynced(t); got != id {
		t.Errorf("the id is %s, was %s", got, id)
	}
	o.wantOneCreate(t, id)
	deleteAll(t, o)
}

// While a namespace is paused, edits, new objects and deletions of its objects wait. All continue as
// soon as the annotation is removed.
func TestPauseOfANamespace(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	edited, deleted := team.apply(t, "ec2.VPC", "edited", vpcSpec()), team.apply(t, "ec2.VPC", "deleted", vpcSpec())
	edited.awaitSynced(t)
	deleted.awaitSynced(t)
	w.result(t, edited.ref)
	w.result(t, deleted.ref)
	team.annotate(t, atPause, "Paused")
	edited.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "annotation "+atPause+`: Tack makes no call for the object: its value is not "paused"`)
	team.annotate(t, atPause, paused)
	edited.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "Paused namespace "+team.name)
	mark := lastSeq(t)
	edited.patch(t, sampleOf("ec2.VPC").change)
	made := team.apply(t, "ec2.VPC", "made", vpcSpec())
	deleted.delete(t)
	deleted.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "its deletion waits")
	made.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "nothing is created or changed")
	w.force(t, edited.ref)
	for _, o := range []object{edited, made, deleted} {
		w.result(t, o.ref)
	}
	team.wantUntouched(t, mark)
	team.annotate(t, atPause, "")
	edited.awaitSynced(t)
	made.awaitSynced(t)
	deleted.awaitGone(t)
	if n := len(w.vpcs(t, team.account)); n != 2 {
		t.Errorf("there are %d VPCs, want 2", n)
	}
	deleteAll(t, edited, made)
}

// The deletion of a paused object waits, visibly, and continues afterwards.
func TestPauseOfADeletion(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	o := team.apply(t, "ec2.VPC", "main", vpcSpec())
	o.awaitSynced(t)
	w.result(t, o.ref)
	o.annotate(t, atPause, paused)
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "Paused the object has the annotation "+atPause)
	mark := lastSeq(t)
	o.delete(t)
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "its deletion waits")
	w.result(t, o.ref)
	team.wantUntouched(t, mark)
	o.annotate(t, atPause, "")
	o.awaitGone(t)
	if n := len(w.vpcs(t, team.account)); n != 0 {
		t.Errorf("%d VPCs remain", n)
	}
}

// A pause during the first look stops the create before its claim.
func TestPauseBeforeACreate(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	looks := addRule(t, gateway.Rule{Action: gateway.Actions{"DescribeVpcs"}, Account: team.account, Fault: gateway.FaultHoldBefore, Deliver: true, Times: 1})
	o := team.apply(t, "ec2.VPC", "main", vpcSpec())
	if err := w.AWS.WaitHolding(t.Context(), looks, soon); err != nil {
		t.Fatal(err)
	}
	o.annotate(t, atPause, paused)
	o.wantWake(t, "annotation changed")
	endRule(t, looks)
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "Paused the object has the annotation "+atPause)
	w.result(t, o.ref)
	if _, claimed := o.get(t).GetAnnotations()[level.AnnotationClaim]; claimed {
		t.Error("the object is claimed")
	}
	team.wantUntouched(t, 0)
	o.annotate(t, atPause, "")
	o.wantOneCreate(t, o.awaitSynced(t))
	deleteAll(t, o)
}
