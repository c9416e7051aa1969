package e2e

import (
	"strings"
	"testing"

	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/converter"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// A deletion waits for its approval, and AWS receives nothing meanwhile. The starter approves one, and an
// annotation another. The history of the deletion says who approved.
func TestApproval(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	first, second := team.apply(t, "ec2.VPC", "first", vpcSpec()), team.apply(t, "ec2.VPC", "second", vpcSpec())
	first.awaitSynced(t)
	second.awaitSynced(t)
	if out, err := starterWith(t, "approve", "ec2.VPC", team.name+"/first"); err == nil || !strings.Contains(out, "waits for no approval") {
		t.Errorf("an object that waits for nothing was approved: %v, %s", err, out)
	}
	team.annotate(t, corev1alpha1.AnnotationApprove, corev1alpha1.ApproveDelete)
	mark := lastSeq(t)
	first.delete(t)
	second.delete(t)
	for _, o := range []object{first, second} {
		o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "ApprovalRequired its deletion waits for an approval")
		w.result(t, o.ref)
		w.force(t, o.ref)
		w.result(t, o.ref)
	}
	if got := team.mutationsSince(t, mark); len(got) > 0 {
		t.Errorf("before the approval, AWS was changed by %v", got)
	}
	out, err := starterWith(t, "approve", "ec2.VPC", team.name+"/first")
	if err != nil || !strings.Contains(out, "approved what VPC "+team.name+"/first waits for") {
		t.Errorf("the approval failed: %v, %s", err, out)
	}
	first.awaitGone(t)
	first.wantApprover(t, "delete by ")
	second.annotate(t, corev1alpha1.AnnotationApproved, corev1alpha1.ApproveDelete+" by alice")
	second.awaitGone(t)
	second.wantApprover(t, "delete by alice")
	if n := len(w.vpcs(t, team.account)); n != 0 {
		t.Errorf("%d VPCs remain", n)
	}
}

// wantApprover checks that the history of the object's last run has an approval that begins with a text.
func (o object) wantApprover(t *testing.T, approval string) {
	t.Helper()
	for _, l := range levelsOf(w.history(t, o.ref.WorkflowID(), "")) {
		if strings.HasPrefix(l.Annotations[corev1alpha1.AnnotationApproved], approval) {
			return
		}
	}
	t.Errorf("the history of %s has no approval %q", o.ref, approval)
}

// levelsOf returns the levels in a history: those that the run read, and the one that the bridge handed over.
func levelsOf(h *historypb.History) (levels []resource.Level) {
	from := converter.GetDefaultDataConverter()
	for _, event := range h.GetEvents() {
		var l resource.Level
		if done := event.GetActivityTaskCompletedEventAttributes(); done != nil && from.FromPayloads(done.GetResult(), &l) == nil {
			levels = append(levels, l)
		}
		var start resource.Start
		if began := event.GetWorkflowExecutionStartedEventAttributes(); began != nil && from.FromPayloads(began.GetInput(), &start) == nil && start.Handed != nil {
			levels = append(levels, start.Handed.Level)
		}
	}
	return levels
}

// The flag of the bridge asks for approvals everywhere. A retained resource needs none.
func TestApprovalByFlag(t *testing.T) {
	team := newTeam(t)
	t.Cleanup(func() { restartOurs(t, stack.Bridge) })
	restartOurs(t, stack.Bridge+" --approve=delete")
	kept, o := team.apply(t, "ec2.VPC", "kept", vpcSpec()), team.apply(t, "ec2.VPC", "gone", vpcSpec())
	kept.awaitSynced(t)
	o.awaitSynced(t)
	kept.release(t)
	o.delete(t)
	o.await(t, "waiting", soon, func(u *unstructured.Unstructured) bool {
		return scenario.Condition(u, corev1alpha1.ConditionTypeResourceSynced)["reason"] == resource.ReasonApprovalRequired
	})
	restartOurs(t, stack.Bridge)
	o.awaitGone(t)
}
