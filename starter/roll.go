package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

// Temporal's lists of runs are seconds behind: the first list may miss a run that started on the old
// version a moment ago. Several lists in a row must therefore be empty.
const (
	listPause  = 500 * time.Millisecond
	emptyLists = 12
)

// rolling moves open runs to a version.
type rolling struct {
	deployment
	client   client.Client
	buildID  string
	previous string               // the version that was current before, if any
	asked    map[string]time.Time // when each run was asked to move, by run id
	ended    int
	said     bool // whether it already printed that it waits for Temporal's count
}

// roll moves every open run to the version and waits until no other version has a run. Then the
// workers of the other versions can be stopped.
func (d deployment) roll(ctx context.Context, c client.Client, out io.Writer, buildID, previous string) error {
	r := &rolling{deployment: d, client: c, buildID: buildID, previous: previous, asked: map[string]time.Time{}}
	if alone, err := r.alone(ctx); alone || err != nil {
		return err
	}
	err := quiet{
		pause: listPause, inARow: emptyLists,
		left: func() (int, error) { return r.moveAll(ctx) },
		draining: func() ([]string, error) {
			versions, err := r.draining(ctx)
			if len(versions) > 0 && err == nil && !r.said {
				r.said = true
				fmt.Fprintf(out, "no open run is listed on %s: waiting until Temporal reports them as drained\n", strings.Join(versions, ", "))
			}
			return versions, err
		},
	}.await(ctx)
	if len(r.asked) > 0 {
		fmt.Fprintf(out, "moved to it: %d open runs, %d of them restarted\n", len(r.asked), r.ended)
	}
	if err != nil {
		return fmt.Errorf("waiting for open runs to move to version %s: %w: keep the workers of the other versions running, and run this command again", buildID, err)
	}
	return nil
}

// moveAll moves the runs that are listed on other versions, and counts them.
func (r *rolling) moveAll(ctx context.Context) (int, error) {
	runs, err := r.elsewhere(ctx)
	if err != nil {
		return 0, err
	}
	for _, run := range runs {
		if err := r.move(ctx, run); err != nil {
			return 0, err
		}
	}
	return len(runs), nil
}

// quiet waits until no other version has a run.
type quiet struct {
	pause    time.Duration
	inARow   int
	left     func() (int, error)      // asks the listed runs to move, and counts them
	draining func() ([]string, error) // the versions that may still have a run
}

// await returns after enough empty lists in a row, when no version is still draining. Otherwise its
// error names those versions.
func (q quiet) await(ctx context.Context) error {
	empty := 0
	var still []string
	err := every(ctx, q.pause, func() (bool, error) {
		n, err := q.left()
		if err != nil {
			return false, err
		}
		empty++
		if n > 0 {
			empty = 0
		}
		if empty < q.inARow {
			return false, nil
		}
		still, err = q.draining()
		return err == nil && len(still) == 0, err
	})
	if len(still) > 0 && ctx.Err() != nil {
		return fmt.Errorf("%w: Temporal does not report as drained: %s", err, strings.Join(still, ", "))
	}
	return err
}

// alone reports whether the deployment has no other version: then there is no run to move.
func (r *rolling) alone(ctx context.Context) (bool, error) {
	versions, err := r.others(ctx)
	return len(versions) == 0, err
}

// others returns the other versions of the deployment.
func (r *rolling) others(ctx context.Context) (others []*deploymentpb.WorkerDeploymentInfo_WorkerDeploymentVersionSummary, err error) {
	described, err := r.describe(ctx, r.client)
	if err != nil {
		return nil, err
	}
	for _, v := range described.GetVersionSummaries() {
		if v.GetDeploymentVersion().GetBuildId() != r.buildID {
			others = append(others, v)
		}
	}
	return others, nil
}

// draining returns the other versions that Temporal does not report as drained. Temporal determines
// this itself, some minutes after they were last current.
// https://docs.temporal.io/production-deployment/worker-deployments/worker-versioning#sunsetting-an-old-deployment-version
func (r *rolling) draining(ctx context.Context) (versions []string, err error) {
	others, err := r.others(ctx)
	for _, v := range others {
		if r.mayHaveRuns(v) {
			versions = append(versions, v.GetDeploymentVersion().GetBuildId())
		}
	}
	return versions, err
}

// mayHaveRuns reports whether a version may still have runs. For a moment after a version was
// current, Temporal reports no drainage status: that counts as not drained. A version that was
// never current or ramping has no runs, and Temporal never drains it.
func (r *rolling) mayHaveRuns(v *deploymentpb.WorkerDeploymentInfo_WorkerDeploymentVersionSummary) bool {
	switch {
	case v.GetStatus() == enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED || v.GetDrainageInfo().GetStatus() == enumspb.VERSION_DRAINAGE_STATUS_DRAINED:
		return false
	case v.GetStatus() == enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING || v.GetDrainageInfo().GetStatus() == enumspb.VERSION_DRAINAGE_STATUS_DRAINING:
		return true
	}
	active := v.GetFirstActivationTime() != nil || v.GetLastCurrentTime() != nil || v.GetCurrentSinceTime() != nil || v.GetRampingSinceTime() != nil
	return active || v.GetDeploymentVersion().GetBuildId() == r.previous
}

// elsewhere returns the open runs on other versions.
func (r *rolling) elsewhere(ctx context.Context) ([]*workflow.WorkflowExecutionInfo, error) {
	page, err := r.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: namespace(), PageSize: 500,
		Query: fmt.Sprintf("ExecutionStatus = 'Running' AND WorkflowType NOT IN ('%s', '%s', '%s') AND TaskQueue = '%s' AND TemporalWorkerDeployment = '%s' AND TemporalWorkerDeploymentVersion != '%s:%s'",
			resource.WorkflowPlan, resource.WorkflowImport, resource.WorkflowApprove, resource.QueueWorkflows, r.name, r.name, r.buildID), // these end by themselves
	})
	if err != nil {
		return nil, fmt.Errorf("listing open runs: %w", err)
	}
	return page.GetExecutions(), nil
}

// move asks a run, once, to continue on the current version. A run that does not answer has no
// worker left, so move ends and restarts it. The claim on its object makes that safe at any
// point.
func (r *rolling) move(ctx context.Context, run *workflow.WorkflowExecutionInfo) error {
	id, runID := run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId()
	at, asked := r.asked[runID]
	var err error
	switch {
	case !asked:
		r.asked[runID] = time.Now()
		err = r.client.SignalWorkflow(ctx, id, runID, resource.SignalRoll, nil)
	case time.Since(at) > r.patience:
		r.ended++
		err = r.client.TerminateWorkflow(ctx, id, runID, "its worker version has no worker left")
		if err == nil {
			_, err = workflows.Wake(ctx, r.client, refOf(run), resource.Known{}, resource.Poke{Reason: "restarted on the current version"})
		}
	}
	var gone *serviceerror.NotFound
	if err != nil && !errors.As(err, &gone) {
		return fmt.Errorf("moving %s: %w", id, err)
	}
	return nil
}

// refOf reads the object of a run from the run's search attributes.
func refOf(run *workflow.WorkflowExecutionInfo) resource.Ref {
	value := func(name string) (v string) {
		if p, ok := run.GetSearchAttributes().GetIndexedFields()[name]; ok {
			_ = converter.GetDefaultDataConverter().FromPayload(p, &v) // our search attributes are keywords
		}
		return v
	}
	return resource.Ref{
		Kind: run.GetType().GetName(), Cluster: value(resource.AttributeCluster),
		Namespace: value(resource.AttributeNamespace), Name: value(resource.AttributeName),
	}
}
