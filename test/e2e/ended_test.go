package e2e

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
)

// lost limits two waits: until the bridge finds an object whose run ended, and until a run learns
// the outcome of a request in flight.
const lost = 3 * time.Minute

// endRun ends an object's run by hand, if there is one.
func (o object) endRun(t *testing.T) {
	t.Helper()
	err := w.Temporal.TerminateWorkflow(t.Context(), o.ref.WorkflowID(), "", "a person ends it")
	if _, over := errors.AsType[*serviceerror.NotFound](err); err != nil && !over {
		t.Fatal(err)
	}
}

// A waiting object loses its run, and nothing in the cluster changes: it gets another run, without
// a person's help.
func TestWaitingObjectLosesItsRun(t *testing.T) {
	t.Parallel()
	team := newUnmappedTeam(t)
	o := team.apply(t, "ec2.VPC", "patient", vpcSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role is not available")
	o.endRun(t)
	for deadline := time.Now().Add(lost); ; time.Sleep(200 * time.Millisecond) {
		run, err := w.Temporal.DescribeWorkflowExecution(t.Context(), o.ref.WorkflowID(), "")
		if err != nil {
			t.Fatal(err)
		}
		if run.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no run begins for %s after its run was ended", o.ref)
		}
	}
	w.mapRole(t, team.account, scenario.RoleIn(team.account))
	o.wantOneCreate(t, o.awaitSynced(t))
}

// Runs end at random moments during the creation and deletion of objects. All objects converge,
// with one resource each, and no resource remains.
func TestRunsEndedAtRandom(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	var objects []object
	endSome := func() {
		for range 2 * len(objects) {
			objects[dice.IntN(len(objects))].endRun(t)
			time.Sleep(time.Duration(dice.IntN(150)) * time.Millisecond)
		}
	}
	for n := range 6 {
		objects = append(objects, team.apply(t, "ec2.VPC", fmt.Sprintf("vpc-%d", n), vpcSpec()))
	}
	endSome()
	for _, o := range objects {
		o.await(t, "synced", lost, func(u *unstructured.Unstructured) bool {
			return status(u, corev1alpha1.ConditionTypeResourceSynced) == "True"
		})
		o.wantOneAccepted(t)
	}
	for _, o := range objects {
		o.delete(t)
	}
	endSome()
	ctx := within(t, lost)
	for _, o := range objects {
		for {
			if _, err := o.client().Get(ctx, o.ref.Name, metav1.GetOptions{}); apierrors.IsNotFound(err) {
				break
			}
			time.Sleep(100 * time.Millisecond)
			if ctx.Err() != nil {
				t.Fatalf("%s still exists\n%s", o.ref, w.story(o.ref))
			}
		}
	}
	if vpcs := w.vpcs(t, team.account); len(vpcs) > 0 {
		t.Errorf("%d VPCs remain", len(vpcs))
	}
}
