package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/resource"
)

// keepWhatFailed stores the histories of a failed row's objects and the journal of its account. It
// prints the command that repeats the row.
func keepWhatFailed(t *testing.T, r row, team *team) {
	t.Helper()
	dir := failedDir(crashDir(t), r.name())
	t.Cleanup(func() {
		if !t.Failed() {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), soon)
		defer cancel()
		err := errors.Join(os.MkdirAll(dir, 0o755), keepJournal(ctx, dir, team.account), keepHistories(ctx, dir, team.name))
		t.Logf("stored its histories and journal in %s (%v); repeat it with: %s", dir, err, repeat(r.name(), *crashSeed))
	})
}

func failedDir(dir, row string) string {
	return filepath.Join(dir, "failed", strings.ReplaceAll(row, "/", "_"))
}

// repeat returns the command that runs one row again.
func repeat(row string, seed uint64) string {
	return fmt.Sprintf("make crash ARGS='-crash.only=^%s$$ -crash.seed=%d'", row, seed)
}

func keepJournal(ctx context.Context, dir, account string) error {
	entries, err := w.AWS.Journal(ctx, gateway.Query{Account: account})
	if err != nil {
		return err
	}
	raw, err := json.MarshalIndent(entries, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "journal.json"), raw, 0o644)
}

func keepHistories(ctx context.Context, dir, namespace string) error {
	runs, err := w.runs(ctx, fmt.Sprintf("%s = '%s'", resource.AttributeNamespace, namespace))
	if err != nil {
		return err
	}
	for _, run := range runs {
		h, err := w.History(ctx, run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId())
		if err != nil {
			return err
		}
		raw, err := protojson.Marshal(h)
		if err != nil {
			return err
		}
		name := run.GetType().GetName() + "-" + run.GetExecution().GetRunId() + ".json"
		if err := os.WriteFile(filepath.Join(dir, name), raw, 0o644); err != nil {
			return err
		}
	}
	return nil
}
