package workflows_test

import (
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/apis"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

// Every stored history must replay, permanently: runs of an older version may be open when a newer
// one starts. A change of the workflow adds histories, with the flag -store of the end-to-end
// tests, and removes none.
func TestStoredHistories(t *testing.T) {
	replayer, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DisableRegistrationAliasing: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range apis.Kinds() {
		replayer.RegisterWorkflowWithOptions(workflows.Reconcile, workflow.RegisterOptions{Name: kind.Name()})
	}
	replayer.RegisterWorkflowWithOptions(workflows.Import, workflow.RegisterOptions{Name: resource.WorkflowImport})
	replayer.RegisterWorkflowWithOptions(workflows.Approve, workflow.RegisterOptions{Name: resource.WorkflowApprove})
	replayer.RegisterWorkflowWithOptions(workflows.Plan, workflow.RegisterOptions{Name: resource.WorkflowPlan})
	files, err := filepath.Glob("testdata/*/*.json.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stored histories: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			z, err := gzip.NewReader(f)
			if err != nil {
				t.Fatal(err)
			}
			h, err := client.HistoryFromJSON(z, client.HistoryJSONOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if err := replayer.ReplayWorkflowHistory(nil, h); err != nil {
				t.Error(err)
			}
		})
	}
}
