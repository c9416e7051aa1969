package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/workflow/v1"
	"google.golang.org/protobuf/proto"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/internal/encryption"
	"github.com/tack-dev/tack/resource"
)

// wantNothingInClear looks for a text of the spec in all that is written of an
// object elsewhere: its claim and status, events, and the logs of all that reads
// specs.
func wantNothingInClear(t *testing.T, o object, marker string) {
	t.Helper()
	u := o.get(t)
	delete(u.Object, "spec")
	u.SetManagedFields(nil)
	if text := show(u, nil); strings.Contains(text, marker) {
		t.Errorf("%s tells it beside the spec: %s", o.ref, text)
	}
	events, err := w.kube.Resource(schema.GroupVersionResource{Version: "v1", Resource: "events"}).Namespace(o.ref.Namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range events.Items {
		if text := show(&event, nil); strings.Contains(text, marker) {
			t.Errorf("an event tells it: %s", text)
		}
	}
	for _, part := range []string{stack.Bridge, stack.Temporal, "worker-1", "worker-2"} {
		log, err := os.ReadFile(w.Part(part).LogFile())
		if err != nil {
			t.Fatal(err)
		}
		if i := bytes.Index(log, []byte(marker)); i >= 0 {
			t.Errorf("the log of %s tells it: %s", part, log[max(0, i-200):i+len(marker)])
		}
	}
}

// awaitRuns waits until search tells of the end of all runs of a team's objects.
func (team team) awaitRuns(t *testing.T) []*workflow.WorkflowExecutionInfo {
	t.Helper()
	ctx := within(t, soon)
	for {
		runs, err := w.runs(ctx, fmt.Sprintf("%s = '%s'", resource.AttributeNamespace, team.name))
		open := slices.ContainsFunc(runs, func(run *workflow.WorkflowExecutionInfo) bool {
			return run.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING
		})
		if err == nil && !open && len(runs) >= len(confidential()) {
			return runs
		}
		select {
		case <-ctx.Done():
			t.Fatalf("of namespace %s there are %d runs, open ones: %t: %v", team.name, len(runs), open, err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func bytesOf(t *testing.T, m proto.Message) string {
	t.Helper()
	raw, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// canceledBeforeStart is what the server itself writes of an activity that was
// canceled while it was not under way, as a poke does with a wait.
const canceledBeforeStart = `"ACTIVITY_ID_NOT_STARTED"`

// wantHistoriesEncrypted looks through every byte that Temporal keeps of a team's
// runs. They replay with the keys, and with neither of them alone.
func wantHistoriesEncrypted(t *testing.T, team team, marker string) {
	t.Helper()
	byKey := map[string]int{}
	for _, run := range team.awaitRuns(t) {
		id, runID := run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId()
		if raw := bytesOf(t, run); strings.Contains(raw, marker) {
			t.Errorf("the list of runs tells it of %s: %q", id, raw)
		}
		h := w.history(t, id, runID)
		for _, text := range []string{marker, base64.StdEncoding.EncodeToString([]byte(marker))} {
			if raw := bytesOf(t, h); strings.Contains(raw, text) {
				t.Errorf("a history of %s holds %q: %q", id, text, raw)
			}
		}
		for _, p := range payloadsOf(t, h) {
			key := string(p.GetMetadata()["encryption-key-id"])
			byKey[key]++
			if key == "" && string(p.GetData()) != canceledBeforeStart {
				t.Errorf("a history of %s has in clear: %s", id, p.GetData())
			}
		}
		// Read again each time: a replay changes the history that it is given.
		if err := replay(t, allKeys, w.history(t, id, runID)); err != nil {
			t.Errorf("with the keys, a history of %s does not replay: %v", id, err)
		}
		if err := replay(t, encryption.Keys{}, w.history(t, id, runID)); err == nil {
			t.Errorf("without keys, a history of %s replays all the same", id)
		}
	}
	if byKey["old"] == 0 || byKey["new"] == 0 {
		t.Errorf("by key there are the payloads %v, want some of both keys", byKey)
	}
}

// payloadsOf are all payloads of a history but search attributes, which Temporal
// must be able to read.
func payloadsOf(t *testing.T, h *history.History) (all []*commonpb.Payload) {
	t.Helper()
	visit(t, h, func(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
		all = append(all, payloads...)
		return payloads, nil
	})
	return all
}

// decrypt puts a history in clear: it is to be stored.
func decrypt(t *testing.T, h *history.History) {
	t.Helper()
	visit(t, h, allKeys.Codec().Decode)
}

func visit(t *testing.T, h *history.History, each func([]*commonpb.Payload) ([]*commonpb.Payload, error)) {
	t.Helper()
	err := proxy.VisitPayloads(context.Background(), h, proxy.VisitPayloadsOptions{
		SkipSearchAttributes: true,
		Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
			return each(payloads)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func replay(t *testing.T, keys encryption.Keys, h *history.History) error {
	t.Helper()
	replayer, err := newReplayer(keys)
	if err != nil {
		t.Fatal(err)
	}
	return replayer.ReplayWorkflowHistory(nil, h)
}
