package main

import (
	"context"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflow/v1"
)

// pending returns the activity with that name that an object's workflow waits for.
func (s *story) pending(ctx context.Context, o *object, activity string) (*workflow.PendingActivityInfo, error) {
	described, err := s.temporal.DescribeWorkflowExecution(ctx, o.ref.WorkflowID(), "")
	if err != nil {
		return nil, fmt.Errorf("describing workflow %s: %w", o.ref.WorkflowID(), err)
	}
	for _, p := range described.GetPendingActivities() {
		if p.GetActivityType().GetName() == activity {
			return p, nil
		}
	}
	return nil, fmt.Errorf("describing workflow %s: it does not wait for activity %s", o.ref.WorkflowID(), activity)
}

// step is one activity of a workflow that has ended.
type step struct {
	activity string
	worker   string // identity
	timedOut bool
	end      time.Time
}

// history returns the activities of the newest run of an object's workflow.
func (s *story) history(ctx context.Context, o *object) ([]step, error) {
	names, workers := map[int64]string{}, map[int64]string{}
	var steps []step
	events := s.temporal.GetWorkflowHistory(ctx, o.ref.WorkflowID(), "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			return nil, fmt.Errorf("reading the history of %s: %w", o.ref.WorkflowID(), err)
		}
		end := func(scheduled int64, timedOut bool) {
			steps = append(steps, step{names[scheduled], workers[scheduled], timedOut, e.GetEventTime().AsTime()})
		}
		if a := e.GetActivityTaskScheduledEventAttributes(); a != nil {
			names[e.GetEventId()] = a.GetActivityType().GetName()
		} else if a := e.GetActivityTaskStartedEventAttributes(); a != nil {
			workers[a.GetScheduledEventId()] = a.GetIdentity()
		} else if a := e.GetActivityTaskCompletedEventAttributes(); a != nil {
			end(a.GetScheduledEventId(), false)
		} else if a := e.GetActivityTaskTimedOutEventAttributes(); a != nil {
			end(a.GetScheduledEventId(), true)
		}
	}
	return steps, nil
}
