package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// A stale list shows a run only after some empty lists, and Temporal's own count is later still. The
// old version's workers may stop only after both.
func TestQuietWaitsForStaleLists(t *testing.T) {
	lists := []int{0, 0, 3, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	drains := []int{1, 1, 0}
	listed, counted := 0, 0
	q := quiet{
		pause: time.Millisecond, inARow: 4,
		left: func() (int, error) {
			n := 0
			if listed < len(lists) {
				n = lists[listed]
			}
			listed++
			return n, nil
		},
		draining: func() ([]string, error) {
			counted++
			if drains[counted-1] == 0 {
				return nil, nil
			}
			return []string{"old"}, nil
		},
	}
	if err := q.await(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Four empty lists in a row end at the eleventh list; then each count follows one list.
	if listed != 13 || counted != 3 {
		t.Errorf("returned after %d lists and %d counts, want 13 and 3", listed, counted)
	}
}

// The error names a version that never drains, and a failed list ends the wait.
func TestQuietSaysWhatIsLeft(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	none := func() (int, error) { return 0, nil }
	err := quiet{pause: time.Millisecond, inARow: 2, left: none, draining: func() ([]string, error) { return []string{"old-1"}, nil }}.await(ctx)
	if err == nil || !strings.Contains(err.Error(), "old-1") {
		t.Errorf("got %v, want it to name old-1", err)
	}
	down := errors.New("down")
	err = quiet{pause: time.Millisecond, inARow: 2, left: func() (int, error) { return 0, down }}.await(t.Context())
	if !errors.Is(err, down) {
		t.Errorf("got %v, want %v", err, down)
	}
}

type summary = deploymentpb.WorkerDeploymentInfo_WorkerDeploymentVersionSummary

// counting fakes a Temporal that lists no open run, and drains the versions step by step.
type counting struct {
	client.Client
	steps            [][]*summary // of the old versions, one per description
	described, lists int
}

// service is the part of Temporal's interface that the SDK does not wrap.
type service struct {
	workflowservice.WorkflowServiceClient
	*counting
}

func (c *counting) WorkflowService() workflowservice.WorkflowServiceClient { return service{nil, c} }

func (c service) DescribeWorkerDeployment(context.Context, *workflowservice.DescribeWorkerDeploymentRequest, ...grpc.CallOption) (*workflowservice.DescribeWorkerDeploymentResponse, error) {
	step := c.steps[min(c.described, len(c.steps)-1)]
	c.described++
	return &workflowservice.DescribeWorkerDeploymentResponse{WorkerDeploymentInfo: &deploymentpb.WorkerDeploymentInfo{
		VersionSummaries: append([]*summary{versionOf("new", &summary{Status: enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT})}, step...),
	}}, nil
}

func (c *counting) ListWorkflow(context.Context, *workflowservice.ListWorkflowExecutionsRequest) (*workflowservice.ListWorkflowExecutionsResponse, error) {
	c.lists++
	return &workflowservice.ListWorkflowExecutionsResponse{}, nil
}

func versionOf(buildID string, v *summary) *summary {
	v.DeploymentVersion = &deploymentpb.WorkerDeploymentVersion{DeploymentName: "tack", BuildId: buildID}
	return v
}

func drainage(s enumspb.VersionDrainageStatus) *deploymentpb.VersionDrainageInfo {
	return &deploymentpb.VersionDrainageInfo{Status: s}
}

// A version is done only if Temporal reports it as drained, if it is gone, or if it was never used.
// A version without a drainage status is not done.
func TestWhichVersionsMayHaveRuns(t *testing.T) {
	then := timestamppb.Now()
	for name, c := range map[string]struct {
		v    *summary
		want bool
	}{
		"previous, no status":            {versionOf("old", &summary{}), true},
		"previous, still as current":     {versionOf("old", &summary{Status: enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT, CurrentSinceTime: then}), true},
		"previous, unspecified":          {versionOf("old", &summary{DrainageInfo: drainage(enumspb.VERSION_DRAINAGE_STATUS_UNSPECIFIED)}), true},
		"draining":                       {versionOf("older", &summary{Status: enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING}), true},
		"draining, by an older server":   {versionOf("older", &summary{DrainageInfo: drainage(enumspb.VERSION_DRAINAGE_STATUS_DRAINING)}), true},
		"current before an earlier call": {versionOf("older", &summary{Status: enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_INACTIVE, FirstActivationTime: then}), true},
		"ramping before":                 {versionOf("older", &summary{RampingSinceTime: then}), true},
		"previous, drained":              {versionOf("old", &summary{Status: enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED, FirstActivationTime: then}), false},
		"drained, by an older server":    {versionOf("old", &summary{DrainageInfo: drainage(enumspb.VERSION_DRAINAGE_STATUS_DRAINED)}), false},
		"never current":                  {versionOf("older", &summary{Status: enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_INACTIVE}), false},
	} {
		r := rolling{buildID: "new", previous: "old"}
		if got := r.mayHaveRuns(c.v); got != c.want {
			t.Errorf("%s: %t, want %t", name, got, c.want)
		}
	}
}

// Lists are empty from the start. Temporal reports no drainage status for the old version at first,
// then reports it as draining, and then as drained or gone.
func TestRollWaitsForTheCount(t *testing.T) {
	silent, drains := versionOf("old", &summary{}), versionOf("old", &summary{Status: enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING})
	drained := versionOf("old", &summary{Status: enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED})
	for name, last := range map[string][]*summary{"drained": {drained}, "gone": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The first description only shows whether there is another version.
			c := &counting{steps: [][]*summary{{silent}, {silent}, {silent}, {drains}, {drains}, last}}
			var out strings.Builder
			d := deployment{name: "tack", patience: time.Second}
			if err := d.roll(t.Context(), c, &out, "new", "old"); err != nil {
				t.Fatal(err)
			}
			if c.described != 6 || c.lists != emptyLists+4 {
				t.Errorf("it returned after %d descriptions and %d lists, want 6 and %d", c.described, c.lists, emptyLists+4)
			}
			if diff := cmp.Diff("no open run is listed on old: waiting until Temporal reports them as drained\n", out.String()); diff != "" {
				t.Errorf("printed (-want +got):\n%s", diff)
			}
		})
	}
	// roll does not wait for a version that was never used.
	c := &counting{steps: [][]*summary{{versionOf("tried", &summary{Status: enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_INACTIVE})}}}
	if err := (deployment{name: "tack"}).roll(t.Context(), c, &strings.Builder{}, "new", ""); err != nil || c.lists != emptyLists {
		t.Errorf("%v after %d lists, want %d", err, c.lists, emptyLists)
	}
}
