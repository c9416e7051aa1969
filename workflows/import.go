package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// Import lists the objects of a kind that another controller left, and lets Tack take them over if
// asked. The objects' own runs then do so. If the bridge dies in the middle, Temporal repeats the rest.
func Import(ctx workflow.Context, in resource.ImportStart) (found []resource.Importable, err error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              resource.QueueKube(in.Cluster),
		StartToCloseTimeout:    importLimit,
		ScheduleToCloseTimeout: importLimit,
		HeartbeatTimeout:       importSilence,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: time.Second, MaximumInterval: 10 * time.Second},
		Summary:                "list " + in.Kind,
	})
	err = workflow.ExecuteActivity(ctx, resource.KubeImport, in).Get(ctx, &found)
	return found, err
}
