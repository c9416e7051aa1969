package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

// rolling moves open runs to a version.
type rolling struct {
	deployment
	client  client.Client
	buildID string
	told    map[string]time.Time // by run id
	ended   int
}

// roll moves every open run to the version and waits until none is left on
// another, so that its workers may be stopped.
func (d deployment) roll(ctx context.Context, c client.Client, out io.Writer, buildID string) error {
	r := &rolling{deployment: d, client: c, buildID: buildID, told: map[string]time.Time{}}
	err := every(ctx, 500*time.Millisecond, func() (bool, error) {
		runs, err := r.elsewhere(ctx)
		if err != nil {
			return false, err
		}
		for _, run := range runs {
			if err := r.move(ctx, run); err != nil {
				return false, err
			}
		}
		return len(runs) == 0, nil
	})
	if len(r.told) > 0 {
		fmt.Fprintf(out, "moved to it: %d open runs, %d of them begun anew\n", len(r.told), r.ended)
	}
	if err != nil {
		return fmt.Errorf("waiting for open runs to move to version %s: %w", buildID, err)
	}
	return nil
}

// elsewhere are the open runs on other versions.
func (r *rolling) elsewhere(ctx context.Context) ([]*workflow.WorkflowExecutionInfo, error) {
	page, err := r.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: namespace(), PageSize: 500,
		Query: fmt.Sprintf("ExecutionStatus = 'Running' AND TaskQueue = '%s' AND TemporalWorkerDeployment = '%s' AND TemporalWorkerDeploymentVersion != '%s:%s'",
			resource.QueueWorkflows, r.name, r.name, r.buildID),
	})
	if err != nil {
		return nil, fmt.Errorf("listing open runs: %w", err)
	}
	return page.GetExecutions(), nil
}

// move asks a run, once, to continue on the current version. One that does not
// answer has no worker left: it is ended and begun anew, which the claim on its
// object makes safe at any point.
func (r *rolling) move(ctx context.Context, run *workflow.WorkflowExecutionInfo) error {
	id, runID := run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId()
	asked, told := r.told[runID]
	var err error
	switch {
	case !told:
		r.told[runID] = time.Now()
		err = r.client.SignalWorkflow(ctx, id, runID, resource.SignalRoll, nil)
	case time.Since(asked) > r.patience:
		r.ended++
		err = r.client.TerminateWorkflow(ctx, id, runID, "its worker version has no worker left")
		if err == nil {
			_, err = workflows.Wake(ctx, r.client, refOf(run), resource.Known{}, resource.Poke{Reason: "begun anew on the current version"})
		}
	}
	var gone *serviceerror.NotFound
	if err != nil && !errors.As(err, &gone) {
		return fmt.Errorf("moving %s: %w", id, err)
	}
	return nil
}

// refOf reads from the search attributes of a run which object it is for.
func refOf(run *workflow.WorkflowExecutionInfo) resource.Ref {
	value := func(name string) (v string) {
		if p, ok := run.GetSearchAttributes().GetIndexedFields()[name]; ok {
			_ = converter.GetDefaultDataConverter().FromPayload(p, &v) // ours are keywords
		}
		return v
	}
	return resource.Ref{
		Kind: run.GetType().GetName(), Cluster: value(resource.AttributeCluster),
		Namespace: value(resource.AttributeNamespace), Name: value(resource.AttributeName),
	}
}
