package workflows_test

import (
	"errors"
	"slices"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// asServer makes the test environment treat a timeout as the server does. The environment does not
// know timeouts that are not retryable, but a timeout of the whole activity ends it there.
func (w *world) asServer(name string, err error) error {
	var timeout *temporal.TimeoutError
	if !errors.As(err, &timeout) {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	policy := w.options[name].RetryPolicy
	if policy != nil && slices.Contains(policy.NonRetryableErrorTypes, "TemporalTimeout:"+timeout.TimeoutType().String()) {
		return temporal.NewTimeoutError(enumspb.TIMEOUT_TYPE_SCHEDULE_TO_CLOSE, nil)
	}
	return err
}

// accountsOfTests are those of all objects of these tests, before and after a move.
var accountsOfTests = []string{"111122223333", "444455556666"}

// spy notes the options of each activity that the workflow requests.
type spy struct {
	interceptor.WorkerInterceptorBase
	world *world
}

// InterceptWorkflow puts the spy in front of every workflow.
func (s *spy) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &spyInbound{interceptor.WorkflowInboundInterceptorBase{Next: next}, s.world}
}

type spyInbound struct {
	interceptor.WorkflowInboundInterceptorBase
	world *world
}

// Init puts the spy in front of the requests of the workflow.
func (s *spyInbound) Init(next interceptor.WorkflowOutboundInterceptor) error {
	return s.Next.Init(&spyOutbound{interceptor.WorkflowOutboundInterceptorBase{Next: next}, s.world})
}

type spyOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase
	world *world
}

// ExecuteActivity notes the options.
func (s *spyOutbound) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	options := workflow.GetActivityOptions(ctx)
	s.world.mu.Lock()
	s.world.options[strings.TrimPrefix(name, kind+"/")] = options
	s.world.asked = append(s.world.asked, options)
	s.world.mu.Unlock()
	return s.Next.ExecuteActivity(ctx, name, args...)
}

// UpsertTypedSearchAttributes notes the search attributes of the run.
func (s *spyOutbound) UpsertTypedSearchAttributes(ctx workflow.Context, updates ...temporal.SearchAttributeUpdate) error {
	s.world.mu.Lock()
	s.world.shown = temporal.NewSearchAttributes(updates...)
	s.world.mu.Unlock()
	return s.Next.UpsertTypedSearchAttributes(ctx, updates...)
}

// wantFairOptions checks the options that every activity of a run must have.
func (w *world) wantFairOptions() {
	w.t.Helper()
	for _, o := range w.asked {
		if !slices.Contains(accountsOfTests, o.Priority.FairnessKey) {
			w.t.Errorf("%q is asked for in the queue of account %q: it holds up others", o.Summary, o.Priority.FairnessKey)
		}
		if o.StartToCloseTimeout == 0 || o.ScheduleToCloseTimeout == 0 || o.Summary == "" {
			w.t.Errorf("an activity lacks a timeout or a summary: %+v", o)
		}
	}
}
