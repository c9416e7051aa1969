package e2e

import (
	"testing"

	"go.temporal.io/api/history/v1"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
)

// A run that succeeded is reset after an edit that cannot succeed. It holds the previous level and
// report, and writes nothing.
func TestResetAfterAnEdit(t *testing.T) {
	for name, to := range map[string]func([]*history.HistoryEvent) int64{
		"to its report":       lastTask,
		"to after its level":  row{n: 0, at: "completed"}.taskOfBoundary,
		"to before its level": row{n: 0, at: "scheduled"}.taskOfBoundary,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			o := team.apply(t, "ec2.VPC", "main", vpcSpec())
			id := o.awaitSynced(t)
			w.result(t, o.ref)
			run := runOf(t, o)
			o.patch(t, `{"spec":{"cidrBlocks":["10.0.0.0/16","10.1.0.0/99"]}}`)
			o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "spec.cidrBlocks[1]")
			w.result(t, o.ref)
			before := o.get(t)

			resetTo(t, o, run, to(w.history(t, o.ref.WorkflowID(), run).GetEvents()))
			w.result(t, o.ref)
			if after := o.get(t); after.GetResourceVersion() != before.GetResourceVersion() {
				t.Errorf("the object was written: it was\n%v\nand is\n%v", before.Object["status"], after.Object["status"])
			}
			o.wantOneCreate(t, id)
			o.patch(t, `{"spec":{"cidrBlocks":["10.0.0.0/16"]}}`)
			o.awaitSynced(t)
		})
	}
}
