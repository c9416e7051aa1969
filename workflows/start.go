package workflows

import (
	"context"
	"fmt"
	"strings"

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
	}, ref.Kind, resource.Start{Ref: ref})
	if err != nil {
		return nil, fmt.Errorf("waking %s: %w", ref.WorkflowID(), err)
	}
	return run, nil
}
