package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/tack-dev/tack/internal/encryption"
	"github.com/tack-dev/tack/resource"
)

// alive is how recently a worker must have polled to count as running: a poll lasts at most a
// minute.
const alive = 90 * time.Second

type deployment struct {
	name, buildID string
	setCurrent    bool
	wait          time.Duration
	patience      time.Duration
}

func parseDeployment(args []string) (cmd command, err error) {
	var d deployment
	f := flag.NewFlagSet("deployment", flag.ContinueOnError)
	path := encryption.Flag(f)
	f.StringVar(&d.name, "deployment", "tack", "name of the Worker Deployment")
	f.StringVar(&d.buildID, "build-id", "", "the version to make current (empty: the newest that polls)")
	f.BoolVar(&d.setCurrent, "set-current", false, "make a version current, and move every open run to it")
	f.DurationVar(&d.wait, "wait", 10*time.Minute, "how long to wait for pollers, for open runs to move, and for Temporal to report the other versions as drained, some minutes later")
	f.DurationVar(&d.patience, "patience", 30*time.Second, "how long to wait before a run that does not move, because its version has no worker left, is ended and restarted")
	if err = f.Parse(args); err != nil {
		return cmd, err
	}
	cmd.do = d.run
	cmd.keys, err = encryption.Load(*path)
	return cmd, err
}

func (d deployment) run(ctx context.Context, c client.Client, out io.Writer) error {
	if d.setCurrent {
		if err := d.makeCurrent(ctx, c, out); err != nil {
			return err
		}
	}
	described, err := c.WorkerDeploymentClient().GetHandle(d.name).Describe(ctx, client.WorkerDeploymentDescribeOptions{})
	if err != nil {
		return fmt.Errorf("describing deployment %q: %w", d.name, err)
	}
	current := described.Info.RoutingConfig.CurrentVersion
	for _, v := range described.Info.VersionSummaries {
		mark := " "
		if current != nil && current.BuildID == v.Version.BuildID {
			mark = "*"
		}
		fmt.Fprintf(out, "%s %s  since %s\n", mark, v.Version.BuildID, v.CreateTime.Local().Format(time.DateTime))
	}
	return nil
}

// makeCurrent waits until all queues of a version have pollers: runs that start on a version that
// lacks some of its workers would hang.
func (d deployment) makeCurrent(ctx context.Context, c client.Client, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, d.wait)
	defer cancel()
	buildID, err := d.awaitPollers(ctx, c)
	if err != nil {
		return err
	}
	before, err := d.describe(ctx, c)
	if err != nil {
		return err
	}
	handle := c.WorkerDeploymentClient().GetHandle(d.name)
	// Temporal lists the pollers of a deployment shortly after those of the queues.
	var refused error
	err = every(ctx, 200*time.Millisecond, func() (bool, error) {
		_, refused = handle.SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: buildID})
		return refused == nil, nil
	})
	if err != nil {
		return fmt.Errorf("making version %s current: %w", buildID, errors.Join(refused, err))
	}
	fmt.Fprintf(out, "current version: %s\n", buildID)
	previous := before.GetRoutingConfig().GetCurrentDeploymentVersion().GetBuildId()
	if previous == buildID {
		previous = "" // an earlier call set it
	}
	return d.roll(ctx, c, out, buildID, previous)
}

// describe returns Temporal's record of the deployment. The SDK omits which versions were ever
// current.
func (d deployment) describe(ctx context.Context, c client.Client) (*deploymentpb.WorkerDeploymentInfo, error) {
	described, err := c.WorkflowService().DescribeWorkerDeployment(ctx, &workflowservice.DescribeWorkerDeploymentRequest{Namespace: namespace(), DeploymentName: d.name})
	if err != nil {
		return nil, fmt.Errorf("describing deployment %q: %w", d.name, err)
	}
	return described.GetWorkerDeploymentInfo(), nil
}

func (d deployment) awaitPollers(ctx context.Context, c client.Client) (buildID string, err error) {
	err = every(ctx, 200*time.Millisecond, func() (bool, error) {
		buildID, err = d.newestPolling(ctx, c)
		return buildID != "", err
	})
	if err != nil {
		return "", fmt.Errorf("waiting for workers of deployment %q on the queues %s and %s: start them: %w", d.name, resource.QueueWorkflows, resource.QueueAWS, err)
	}
	return buildID, nil
}

// newestPolling returns the newest version with pollers on all queues.
func (d deployment) newestPolling(ctx context.Context, c client.Client) (string, error) {
	orchestrators, err := d.polling(ctx, c, resource.QueueWorkflows, enumspb.TASK_QUEUE_TYPE_WORKFLOW)
	if err != nil {
		return "", err
	}
	callers, err := d.polling(ctx, c, resource.QueueAWS, enumspb.TASK_QUEUE_TYPE_ACTIVITY)
	if err != nil {
		return "", err
	}
	described, err := c.WorkerDeploymentClient().GetHandle(d.name).Describe(ctx, client.WorkerDeploymentDescribeOptions{})
	if _, none := errors.AsType[*serviceerror.NotFound](err); none {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("describing deployment %q: %w", d.name, err)
	}
	newest, since := "", time.Time{}
	for _, v := range described.Info.VersionSummaries {
		id := v.Version.BuildID
		wanted := d.buildID == "" || d.buildID == id
		if wanted && orchestrators[id] && callers[id] && v.CreateTime.After(since) {
			newest, since = id, v.CreateTime
		}
	}
	return newest, nil
}

// polling returns the versions with a live poller on a queue.
func (d deployment) polling(ctx context.Context, c client.Client, queue string, kind enumspb.TaskQueueType) (map[string]bool, error) {
	answer, err := c.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace: namespace(), TaskQueue: &taskqueue.TaskQueue{Name: queue}, TaskQueueType: kind,
	})
	if err != nil {
		return nil, fmt.Errorf("describing queue %s: %w", queue, err)
	}
	return d.polled(answer.GetPollers()), nil
}

// polled returns the versions with a live poller among the pollers of a queue. Temporal lists a
// poller for minutes after it is gone. The newest poll is the present: Temporal's time is not this
// computer's.
func (d deployment) polled(pollers []*taskqueue.PollerInfo) map[string]bool {
	var present time.Time
	for _, p := range pollers {
		if at := p.GetLastAccessTime().AsTime(); at.After(present) {
			present = at
		}
	}
	versions := map[string]bool{}
	for _, p := range pollers {
		if o := p.GetDeploymentOptions(); o.GetDeploymentName() == d.name && present.Sub(p.GetLastAccessTime().AsTime()) < alive {
			versions[o.GetBuildId()] = true
		}
	}
	return versions
}

// every retries until the function is done or ctx ends.
func every(ctx context.Context, pause time.Duration, try func() (done bool, err error)) error {
	for {
		if done, err := try(); done || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}
