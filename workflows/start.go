package workflows

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/resource"
)

// Wake signals the run of an object, and starts one if there is none. It returns the run that
// received the signal. Callers retry when it fails.
func Wake(ctx context.Context, c client.Client, ref resource.Ref, known resource.Known, poke resource.Poke) (client.WorkflowRun, error) {
	attributes := []temporal.SearchAttributeUpdate{}
	for name, value := range map[string]string{
		resource.AttributeKind: ref.Kind, resource.AttributeCluster: ref.Cluster,
		resource.AttributeNamespace: ref.Namespace, resource.AttributeName: ref.Name,
		resource.AttributeAccount: known.Account, resource.AttributeRegion: known.Region,
		resource.AttributeResourceID: known.ID, resource.AttributeState: string(known.State),
	} {
		if value != "" {
			attributes = append(attributes, temporal.NewSearchAttributeKeyKeyword(name).ValueSet(resource.AttributeValue(value)))
		}
	}
	run, err := c.SignalWithStartWorkflow(ctx, ref.WorkflowID(), resource.SignalPoke, poke, client.StartWorkflowOptions{
		TaskQueue:           resource.QueueWorkflows,
		WorkflowTaskTimeout: WorkflowTaskTimeout,
		// A closed run is followed by a new one; an open one receives the signal. No policy here
		// may end a run, because it might be between a create and its record.
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		TypedSearchAttributes: temporal.NewSearchAttributes(attributes...),
		// This priority is for its workflow tasks; each activity has its own key.
		Priority:      temporal.Priority{FairnessKey: resource.FairnessKey(known.Account)},
		StaticSummary: ref.String(),
		StaticDetails: fmt.Sprintf("One burst of changes of %s in cluster %s. See the object:\n\n`kubectl get %s.%s.services.k8s.aws %s -n %s -o yaml`", ref, ref.Cluster, strings.ToLower(ref.ShortKind()), ref.Service(), ref.Name, ref.Namespace),
	}, ref.Kind, resource.Start{Ref: ref, Handed: known.Handed})
	if err != nil {
		return nil, fmt.Errorf("waking %s: %w", ref.WorkflowID(), err)
	}
	return run, nil
}

// planTimeout ends a plan that nobody waits for any more.
const planTimeout = 10 * time.Minute

// StartPlan starts a workflow that plans for one object. Like those of the object's own runs, its id
// names the cluster.
func StartPlan(ctx context.Context, c client.Client, in resource.PlanStart) (client.WorkflowRun, error) {
	id := strings.Join([]string{resource.WorkflowPlan, in.Ref.Cluster, in.Ref.Kind, in.Ref.Namespace, in.Ref.Name}, "/")
	id = id[:min(len(id), maxPlanID)] + "/" + unique()
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id, TaskQueue: resource.QueueWorkflows, WorkflowTaskTimeout: WorkflowTaskTimeout, WorkflowExecutionTimeout: planTimeout,
		StaticSummary: "plan of " + in.Ref.String(),
	}, resource.WorkflowPlan, in)
	if err != nil {
		return nil, fmt.Errorf("starting the plan of %s: %w", in.Ref, err)
	}
	return run, nil
}

// maxPlanID limits the readable part of the id, in bytes.
const maxPlanID = 200

// unique returns a text that no other id ends with.
func unique() string { return rand.Text() } //nolint:forbidigo // a client calls it, and no workflow

// StartImport starts a workflow that lists the objects of a kind, or lets Tack take them over.
func StartImport(ctx context.Context, c client.Client, in resource.ImportStart) (client.WorkflowRun, error) {
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:        strings.Join([]string{resource.WorkflowImport, in.Cluster, in.Kind, unique()}, "/"),
		TaskQueue: resource.QueueWorkflows, WorkflowTaskTimeout: WorkflowTaskTimeout, WorkflowExecutionTimeout: importLimit,
		StaticSummary: "import of " + in.Kind,
	}, resource.WorkflowImport, in)
	if err != nil {
		return nil, fmt.Errorf("starting the import of %s: %w", in.Kind, err)
	}
	return run, nil
}

// StartApproval starts a workflow that approves what an object waits for. Its history says who approved.
func StartApproval(ctx context.Context, c client.Client, in resource.Approval) (client.WorkflowRun, error) {
	id := strings.Join([]string{resource.WorkflowApprove, in.Ref.Cluster, in.Ref.Kind, in.Ref.Namespace, in.Ref.Name}, "/")
	run, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: id[:min(len(id), maxPlanID)] + "/" + unique(), TaskQueue: resource.QueueWorkflows, WorkflowTaskTimeout: WorkflowTaskTimeout, WorkflowExecutionTimeout: 2 * approveLimit,
		StaticSummary: "approval by " + in.By,
	}, resource.WorkflowApprove, in)
	if err != nil {
		return nil, fmt.Errorf("starting the approval of %s: %w", in.Ref, err)
	}
	return run, nil
}
