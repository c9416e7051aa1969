package e2e

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/worker"
	sdkworkflow "go.temporal.io/sdk/workflow"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/internal/encryption"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

var store = flag.String("store", "", "folder for the histories that the tests make, to be replayed permanently")

// credentials are prefixes of the credentials that STS returns for an assumed role: the access key
// id and the session token.
var credentials = regexp.MustCompile("ASIA[A-Z0-9]{8,}|FQoGZXIvYXdzE[A-Za-z0-9+/]{8,}")

// replayed are the ended runs that were replayed, by run id.
var replayed sync.Map

// checkHistories replays every history of a namespace's objects with the current code, and searches
// for content that must never be in a history.
func (w *world) checkHistories(t *testing.T, namespace string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	runs, err := w.runs(ctx, fmt.Sprintf("%s = '%s'", resource.AttributeNamespace, namespace))
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		h, err := w.check(ctx, run)
		if err != nil {
			t.Error(err)
		}
		if *store != "" && h != nil {
			storeHistory(t, run)
		}
	}
}

// checkTheRest replays, at the end, the runs that the tests' own checks missed: visibility lags
// behind, and some runs end after their test.
func (w *world) checkTheRest(ctx context.Context) error {
	time.Sleep(time.Second)
	runs, err := w.runs(ctx, resource.AttributeCluster+" = 'dev'")
	if err != nil {
		return err
	}
	var errs []error
	for _, run := range runs {
		if _, done := replayed.Load(run.GetExecution().GetRunId()); !done {
			_, err := w.check(ctx, run)
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// check checks one run and replays it.
func (w *world) check(ctx context.Context, run *workflow.WorkflowExecutionInfo) (*history.History, error) {
	id, runID := run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId()
	if s := run.GetStatus(); s == enumspb.WORKFLOW_EXECUTION_STATUS_FAILED || s == enumspb.WORKFLOW_EXECUTION_STATUS_TIMED_OUT {
		return nil, fmt.Errorf("run %s of %s ended as %s: a failed run means a bug", runID, id, s)
	}
	h, err := w.History(ctx, id, runID)
	if _, none := errors.AsType[*serviceerror.NotFound](err); none {
		return nil, nil // a test deleted the run: visibility still lists it for a while
	}
	if err != nil {
		return nil, fmt.Errorf("reading the history of %s: %w", id, err)
	}
	if key := credentials.FindString(h.String()); key != "" {
		return h, fmt.Errorf("the history of %s contains the access key %s", id, key)
	}
	if err := failedTask(h); err != nil {
		return h, fmt.Errorf("checking the run of %s: %w", id, err)
	}
	replayer, err := newReplayer(allKeys)
	if err != nil {
		return h, err
	}
	if err := replayer.ReplayWorkflowHistory(nil, h); err != nil {
		return h, fmt.Errorf("replaying run %s of %s: %w", runID, id, err)
	}
	if run.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		replayed.Store(runID, true)
	}
	return h, nil
}

// failedTask returns an error if a workflow task failed because of a bug.
func failedTask(h *history.History) error {
	for _, event := range h.GetEvents() {
		failed := event.GetWorkflowTaskFailedEventAttributes()
		if failed != nil && failed.GetCause() != enumspb.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND &&
			failed.GetCause() != enumspb.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW && !lacksKey(event) && !ended(h, failed.GetCause()) {
			return fmt.Errorf("a workflow task failed: %s: %s", failed.GetCause(), failed.GetFailure().GetMessage())
		}
	}
	return nil
}

// ended reports whether a workflow task failed because a test terminated its run.
func ended(h *history.History, cause enumspb.WorkflowTaskFailedCause) bool {
	events := h.GetEvents()
	return cause == enumspb.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND &&
		events[len(events)-1].GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED
}

func newReplayer(keys encryption.Keys) (worker.WorkflowReplayer, error) {
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{
		DisableRegistrationAliasing: true, DataConverter: keys.DataConverter(), FailureConverter: keys.FailureConverter(),
	})
	if err != nil {
		return nil, fmt.Errorf("making a replayer: %w", err)
	}
	for _, kind := range apis.Kinds() {
		replayer.RegisterWorkflowWithOptions(workflows.Reconcile, sdkworkflow.RegisterOptions{Name: kind.Name()})
	}
	replayer.RegisterWorkflowWithOptions(workflows.Plan, sdkworkflow.RegisterOptions{Name: resource.WorkflowPlan})
	return replayer, nil
}

// runs returns the runs that a visibility query finds.
func (w *world) runs(ctx context.Context, query string) (runs []*workflow.WorkflowExecutionInfo, err error) {
	var page []byte
	for {
		answer, err := w.Temporal.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{Query: query, NextPageToken: page})
		if err != nil {
			return nil, fmt.Errorf("listing runs: %w", err)
		}
		runs = append(runs, answer.GetExecutions()...)
		if page = answer.GetNextPageToken(); len(page) == 0 {
			return runs, nil
		}
	}
}

func (w *world) history(t *testing.T, workflowID, runID string) *history.History {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	h, err := w.History(ctx, workflowID, runID)
	if err != nil {
		t.Fatalf("reading the history of %s: %v", workflowID, err)
	}
	return h
}

// activitiesOf returns the names of the activities that a history scheduled.
func activitiesOf(h *history.History) (names []string) {
	for _, event := range h.GetEvents() {
		if a := event.GetActivityTaskScheduledEventAttributes(); a != nil {
			names = append(names, a.GetActivityType().GetName())
		}
	}
	return names
}

// story describes the events of an object, for the message of a failed test.
func (w *world) story(ref resource.Ref) string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var b bytes.Buffer
	h, err := w.History(ctx, ref.WorkflowID(), "")
	if err != nil {
		return err.Error()
	}
	for _, event := range h.GetEvents() {
		fmt.Fprintln(&b, event.GetEventTime().AsTime().Format("05.000"), event.GetEventId(), strings.TrimPrefix(event.GetEventType().String(), "EVENT_TYPE_"),
			event.GetActivityTaskScheduledEventAttributes().GetActivityType().GetName(),
			event.GetActivityTaskFailedEventAttributes().GetFailure().GetMessage(),
			event.GetWorkflowTaskFailedEventAttributes().GetFailure().GetMessage())
	}
	described, err := w.Temporal.DescribeWorkflowExecution(ctx, ref.WorkflowID(), "")
	if err != nil {
		return b.String() + err.Error()
	}
	for _, p := range described.GetPendingActivities() {
		fmt.Fprintln(&b, "pending:", p.GetActivityType().GetName(), p.GetState(), "attempt", p.GetAttempt(), p.GetLastFailure().GetMessage())
	}
	entries, _ := w.AWS.Journal(ctx, gatewayQuery(ref))
	for _, e := range entries {
		fmt.Fprintln(&b, "aws:", e.Time.Format("05.000"), e.Action, e.Status, e.Code, e.Resources)
	}
	return b.String()
}

// result returns the end of the object's last run.
func (w *world) result(t *testing.T, ref resource.Ref) (result resource.Result) {
	t.Helper()
	ctx := within(t, soon)
	if err := w.Temporal.GetWorkflow(ctx, ref.WorkflowID(), "").Get(ctx, &result); err != nil {
		t.Fatalf("reading the result of %s: %v", ref.WorkflowID(), err)
	}
	return result
}

// storeHistory stores an ended history in a file named after the test.
func storeHistory(t *testing.T, run *workflow.WorkflowExecutionInfo) {
	t.Helper()
	if run.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return
	}
	// The history is read again: a replay changes the history that it receives.
	h := w.history(t, run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId())
	decrypt(t, h)
	raw, err := protojson.Marshal(h)
	if err != nil {
		t.Fatalf("encoding a history: %v", err)
	}
	if err := os.MkdirAll(*store, 0o755); err != nil {
		t.Fatalf("storing a history: %v", err)
	}
	name := strings.NewReplacer("/", "_", " ", "_", "[", "", "]", "").Replace(t.Name())
	for n := 1; ; n++ {
		path := filepath.Join(*store, fmt.Sprintf("%s_%s_%d.json.gz", name, run.GetType().GetName(), n))
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			t.Fatalf("storing a history: %v", err)
		}
		z := gzip.NewWriter(f)
		_, err = z.Write(raw)
		if err := errors.Join(err, z.Close(), f.Close()); err != nil {
			t.Fatalf("storing a history: %v", err)
		}
		return
	}
}
