package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"

	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

// explain wakes the object's run and prints what the run reads. The run reads the cluster again and
// makes no AWS call for the command. The caller needs no access to the cluster, because the bridge
// has it.
func (f following) explain(ctx context.Context, ref resource.Ref) error {
	why := "explain " + rand.Text() // distinguishes the answer from earlier reads
	run, err := workflows.Wake(ctx, f.client, ref, resource.Known{}, resource.Poke{Reason: why})
	if err != nil {
		return err
	}
	asked := reading{why: why}
	for runID := run.GetRunID(); runID != ""; asked.heard = true {
		if runID, err = f.await(ctx, ref.WorkflowID(), runID, &asked); err != nil {
			return fmt.Errorf("following %s: %w", ref.WorkflowID(), err)
		}
	}
	if asked.level == nil {
		return fmt.Errorf("following %s: its run ended before it read the cluster: run this command again", ref.WorkflowID())
	}
	if asked.level.Gone {
		return fmt.Errorf("cluster %q has no %s", ref.Cluster, ref)
	}
	f.tellLevel(ref, *asked.level)
	return f.tellFailures(ctx, ref)
}

// settling is how long a woken run may take until it waits again.
const settling = 5 * time.Second

// reading is the read of the cluster that a poke requests.
type reading struct {
	why       string
	heard     bool  // the run has the poke
	scheduled int64 // the event that schedules the read
	level     *resource.Level
}

// await follows one run until the read is complete, or the run ends.
func (f following) await(ctx context.Context, workflowID, runID string, asked *reading) (next string, err error) {
	events := f.client.GetWorkflowHistory(ctx, workflowID, runID, true, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return "", err
		}
		if err := f.take(event, asked); err != nil || asked.level != nil {
			return "", err
		}
		if a := event.GetWorkflowExecutionContinuedAsNewEventAttributes(); a != nil {
			next = a.GetNewExecutionRunId()
		}
	}
	return next, nil
}

func (f following) take(event *history.HistoryEvent, asked *reading) error {
	if a := event.GetWorkflowExecutionSignaledEventAttributes(); a != nil && a.GetSignalName() == resource.SignalPoke {
		var poke resource.Poke
		if err := f.payloads.FromPayloads(a.GetInput(), &poke); err != nil {
			return fmt.Errorf("reading a signal: %w", err)
		}
		asked.heard = asked.heard || poke.Reason == asked.why
	}
	if a := event.GetActivityTaskScheduledEventAttributes(); a != nil && asked.heard && asked.scheduled == 0 && a.GetActivityType().GetName() == resource.KubeLevel {
		asked.scheduled = event.GetEventId()
	}
	if a := event.GetActivityTaskCompletedEventAttributes(); a != nil && asked.scheduled != 0 && a.GetScheduledEventId() == asked.scheduled {
		asked.level = &resource.Level{}
		if err := f.payloads.FromPayloads(a.GetResult(), asked.level); err != nil {
			return fmt.Errorf("reading the level: %w", err)
		}
	}
	return nil
}

func (f following) tellLevel(ref resource.Ref, level resource.Level) {
	fmt.Fprintf(f.out, "%s of cluster %s\n", ref, ref.Cluster)
	for _, line := range level.Chain {
		fmt.Fprintln(f.out, "  "+line)
	}
	switch t := level.Target; {
	case level.Problem != nil:
		fmt.Fprintf(f.out, "  problem: %s: %s\n", level.Problem.Reason, level.Problem.Message)
	case level.Wait != nil:
		if len(level.Chain) == 0 || level.Target.RoleARN != "" {
			fmt.Fprintf(f.out, "  waits: %s: %s\n", level.Wait.Reason, level.Wait.Message)
		}
		fmt.Fprintln(f.out, "  so AWS is not called")
	case t.RoleARN != "":
		fmt.Fprintf(f.out, "  so AWS is called in account %s, Region %s, as %s\n", t.AccountID, t.Region, t.RoleARN)
	default:
		fmt.Fprintln(f.out, "  the object has no resource in AWS, and none will be created")
	}
}

// tellFailures prints the last failures of the run's pending activities. Only there does it show
// that AWS refuses to let the role be assumed.
func (f following) tellFailures(ctx context.Context, ref resource.Ref) error {
	deadline := time.Now().Add(settling)
	for {
		described, err := f.client.DescribeWorkflowExecution(ctx, ref.WorkflowID(), "")
		if err != nil {
			return fmt.Errorf("describing %s: %w", ref.WorkflowID(), err)
		}
		open := described.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
		for _, p := range described.GetPendingActivities() {
			if p.GetActivityType().GetName() == resource.KubeAwait {
				return nil // reported already
			}
			if failure := p.GetLastFailure(); failure != nil {
				fmt.Fprintf(f.out, "  but: %s: %s\n", failure.GetApplicationFailureInfo().GetType(), failure.GetMessage())
				return nil
			}
		}
		if !open || time.Now().After(deadline) {
			return nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
