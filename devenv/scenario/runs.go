package scenario

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflow/v1"

	"github.com/tack-dev/tack/devenv/stack"
)

// History returns the history of a run, or of the newest run if runID is empty.
func (w *World) History(ctx context.Context, workflowID, runID string) (*history.History, error) {
	var h history.History
	events := w.Temporal.GetWorkflowHistory(ctx, workflowID, runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return nil, fmt.Errorf("reading the history of %s: %w", workflowID, err)
		}
		h.Events = append(h.Events, event)
	}
	return &h, nil
}

// Pending returns the activity with that name that the open run of a workflow waits for.
func (w *World) Pending(ctx context.Context, workflowID, activity string) (*workflow.PendingActivityInfo, error) {
	described, err := w.Temporal.DescribeWorkflowExecution(ctx, workflowID, "")
	if err != nil {
		return nil, fmt.Errorf("describing workflow %s: %w", workflowID, err)
	}
	for _, p := range described.GetPendingActivities() {
		if p.GetActivityType().GetName() == activity {
			return p, nil
		}
	}
	return nil, fmt.Errorf("describing workflow %s: it does not wait for activity %s: %v", workflowID, activity, described.GetPendingActivities())
}

// Worker returns the running worker with that identity in Temporal.
func (w *World) Worker(identity string) (*stack.Part, error) {
	for _, p := range w.Parts() {
		if pid := p.PID(); pid != 0 && pid == Process(identity) {
			return p, nil
		}
	}
	return nil, fmt.Errorf("finding worker %q: no part of the environment has that process id", identity)
}

// Process returns the process id in the identity of a worker, "<process>@<host>@", or 0 without
// one.
func Process(identity string) int {
	number, _, _ := strings.Cut(strings.TrimPrefix(identity, "worker "), "@")
	pid, _ := strconv.Atoi(number) // it is also 0 if it is not a number
	return pid
}
