package workflows

import (
	"context"
	"strings"
	"testing"

	"go.temporal.io/sdk/client"

	"github.com/tack-dev/tack/resource"
)

// starts keeps the options of the last start.
type starts struct {
	client.Client
	options client.StartWorkflowOptions
}

func (s *starts) SignalWithStartWorkflow(_ context.Context, _, _ string, _ any, o client.StartWorkflowOptions, _ any, _ ...any) (client.WorkflowRun, error) {
	s.options = o
	return nil, nil
}

// A start stays within the limits of Temporal and of its stores, whatever names and annotations
// say. Otherwise, they refuse the whole start.
func TestStartHoldsToLimits(t *testing.T) {
	long := strings.Repeat("x", 700)
	s := &starts{}
	ref := resource.Ref{Kind: "iam.Policy", Cluster: long, Namespace: strings.Repeat("n", 63), Name: strings.Repeat("n", 253)}
	if _, err := Wake(t.Context(), s, ref, resource.Known{Account: long, Region: long, ID: "arn:" + long, State: resource.Synced}, resource.Poke{}); err != nil {
		t.Fatal(err)
	}
	if n := s.options.TypedSearchAttributes.Size(); n != len(resource.SearchAttributes()) {
		t.Errorf("%d search attributes, want all", n)
	}
	for key, value := range s.options.TypedSearchAttributes.GetUntypedValues() {
		if text, ok := value.(string); !ok || len(text) > 255 {
			t.Errorf("%s has %d bytes", key.GetName(), len(text))
		}
	}
	if len(s.options.Priority.FairnessKey) > 64 || len(s.options.StaticSummary) > 400 || len(s.options.StaticDetails) > 20000 {
		t.Errorf("fairness key of %d bytes, summary of %d, details of %d", len(s.options.Priority.FairnessKey), len(s.options.StaticSummary), len(s.options.StaticDetails))
	}
}
