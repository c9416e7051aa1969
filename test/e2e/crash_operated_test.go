package e2e

import (
	"context"
	"errors"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/tack-dev/tack/devenv/stack"
)

const operatorSays = "a row of the crash matrix"

// endRun ends the object's run like an operator in the Web UI, and returns when the run has ended.
// It resets even a run that is already over.
func (r row) endRun(t *testing.T, o object) {
	t.Helper()
	id, run := o.ref.WorkflowID(), runOf(t, o)
	var err error
	switch r.what {
	case theRun:
		err = w.Temporal.TerminateWorkflow(t.Context(), id, run, operatorSays)
	case cancelledRun:
		err = w.Temporal.CancelWorkflow(t.Context(), id, run)
	case deletedRun:
		_, err = w.Temporal.WorkflowService().DeleteWorkflowExecution(t.Context(), &workflowservice.DeleteWorkflowExecutionRequest{
			Namespace: stack.TemporalNamespace, WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id, RunId: run},
		})
	case resetRun:
		resetTo(t, o, run, lastTask(w.history(t, id, run).GetEvents()))
		return
	}
	if _, over := errors.AsType[*serviceerror.NotFound](err); err != nil && !over {
		t.Fatal(err)
	}
	for ctx := within(t, soon); isOpen(ctx, id, run); time.Sleep(20 * time.Millisecond) {
		if ctx.Err() != nil {
			t.Fatalf("run %s does not end\n%s", run, w.story(o.ref))
		}
	}
}

func isOpen(ctx context.Context, id, run string) bool {
	described, err := w.Temporal.DescribeWorkflowExecution(ctx, id, run)
	if _, none := errors.AsType[*serviceerror.NotFound](err); none {
		return false
	}
	return err != nil || described.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
}

// resetLater resets the run when its work is done. The target is the task that scheduled the
// activity of the boundary, which then runs again, or the task that received its result.
func (r row) resetLater(t *testing.T, o object) {
	t.Helper()
	run := runOf(t, o)
	events := w.history(t, o.ref.WorkflowID(), run).GetEvents()
	resetTo(t, o, run, r.taskOfBoundary(events))
}

// taskOfBoundary returns the event of the workflow task that belongs to the boundary, or of the
// last task if the run took another path.
func (r row) taskOfBoundary(events []*history.HistoryEvent) int64 {
	scheduled, boundary, completed := 0, int64(0), false
	for _, event := range events {
		if a := event.GetActivityTaskScheduledEventAttributes(); a != nil {
			if scheduled == r.n {
				if r.at == "scheduled" {
					return a.GetWorkflowTaskCompletedEventId()
				}
				boundary = event.GetEventId()
			}
			scheduled++
		}
		if a := event.GetActivityTaskCompletedEventAttributes(); a != nil && a.GetScheduledEventId() == boundary {
			completed = true
		}
		if completed && event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			return event.GetEventId()
		}
	}
	return lastTask(events)
}

// lastTask returns the event of the last workflow task that a run can be reset to.
func lastTask(events []*history.HistoryEvent) (id int64) {
	for _, event := range events {
		if event.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			id = event.GetEventId()
		}
	}
	return id
}

// resetTo starts a new run with the history of that run up to the task. Without such a task there
// is no history to keep yet.
func resetTo(t *testing.T, o object, run string, task int64) {
	t.Helper()
	if task == 0 {
		t.Logf("run %s has no task yet", run)
		return
	}
	persist(t, "resetting the run of "+o.ref.String(), func(int) error {
		_, err := w.Temporal.ResetWorkflowExecution(t.Context(), &workflowservice.ResetWorkflowExecutionRequest{
			Namespace: stack.TemporalNamespace, Reason: operatorSays, RequestId: t.Name(),
			WorkflowExecution:         &commonpb.WorkflowExecution{WorkflowId: o.ref.WorkflowID(), RunId: run},
			WorkflowTaskFinishEventId: task,
		})
		return err
	})
}

// A finished run is reset to before its create, as a person can do in the Web UI. It reads AWS
// first, and creates no second resource of any kind.
func TestResetBeforeTheCreate(t *testing.T) {
	ofSomeKinds(t, func(t *testing.T, s sample, team team) {
		o := team.apply(t, s.kind, "it", s.spec())
		id := o.awaitSynced(t)
		w.result(t, o.ref)
		create := row{sample: s, what: resetRunLater, at: "scheduled"}
		for n, name := range activitiesOf(w.history(t, o.ref.WorkflowID(), "")) {
			if name == s.kind+"/Create" {
				create.n = n
			}
		}
		create.resetLater(t, o)
		w.result(t, o.ref)
		if got := o.awaitSynced(t); got != id {
			t.Errorf("it was %s and is %s now", id, got)
		}
		o.wantOneCreate(t, id)
		if n := s.count(t, team.account); n != 1 {
			t.Errorf("there are %d in AWS, want 1", n)
		}
		o.wantQuiet(t, team)
	})
}
