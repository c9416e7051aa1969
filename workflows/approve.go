package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// approveLimit ends an approval that the bridge does not write: the person then hears of it.
const approveLimit = time.Minute

// Approve approves what an object waits for. The object's own run then goes on.
func Approve(ctx workflow.Context, in resource.Approval) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              resource.QueueKube(in.Ref.Cluster),
		StartToCloseTimeout:    approveLimit,
		ScheduleToCloseTimeout: approveLimit,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: 10 * time.Second},
		Summary:                "approve what " + in.Ref.String() + " waits for, by " + in.By,
	})
	return workflow.ExecuteActivity(ctx, resource.KubeApprove, in).Get(ctx, nil)
}
