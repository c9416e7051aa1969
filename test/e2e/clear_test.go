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

	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/internal/encryption"
	"github.com/tack-dev/tack/resource"
)

// wantNothingInClear searches for a text of the spec in everything else about an object. That is
// its claim and status, its events, and the logs of all programs that read specs.
func wantNothingInClear(t *testing.T, o object, marker string) {
	t.Helper()
	u := o.get(t)
	delete(u.Object, "spec")
	u.SetManagedFields(nil)
	if text := scenario.Show(u, nil); strings.Contains(text, marker) {
		t.Errorf("%s contains it outside the spec: %s", o.ref, text)
	}
	events, err := w.Kube.Resource(schema.GroupVersionResource{Version: "v1", Resource: "events"}).Namespace(o.ref.Namespace).List(t.Context(), metav1.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, event := range events.Items {
		if text := scenario.Show(&event, nil); strings.Contains(text, marker) {
			t.Errorf("an event contains it: %s", text)
		}
	}
	for _, part := range []string{stack.Bridge, stack.Temporal, "worker-1", "worker-2"} {
		log, err := os.ReadFile(w.Part(part).LogFile())
		if err != nil {
			t.Fatal(err)
		}
		if i := bytes.Index(log, []byte(marker)); i >= 0 {
			t.Errorf("the log of %s contains it: %s", part, log[max(0, i-200):i+len(marker)])
		}
	}
}

// awaitRuns waits until visibility shows that all runs of a team's objects have ended.
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
			t.Fatalf("namespace %s has %d runs, open ones: %t: %v", team.name, len(runs), open, err)
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

// canceledBeforeStart is the server's own message for an activity that was canceled while it was
// not running. A poke cancels a wait like this.
const canceledBeforeStart = `"ACTIVITY_ID_NOT_STARTED"`

// wantHistoriesEncrypted checks every byte of a team's runs in Temporal. The runs replay with both
// keys, but not with only one.
func wantHistoriesEncrypted(t *testing.T, team team, marker string) {
	t.Helper()
	byKey := map[string]int{}
	for _, run := range team.awaitRuns(t) {
		id, runID := run.GetExecution().GetWorkflowId(), run.GetExecution().GetRunId()
		if raw := bytesOf(t, run); strings.Contains(raw, marker) {
			t.Errorf("the list of runs contains it for %s: %q", id, raw)
		}
		h := w.history(t, id, runID)
		for _, text := range []string{marker, base64.StdEncoding.EncodeToString([]byte(marker))} {
			if raw := bytesOf(t, h); strings.Contains(raw, text) {
				t.Errorf("a history of %s contains %q: %q", id, text, raw)
			}
		}
		for _, p := range payloadsOf(t, h) {
			key := string(p.GetMetadata()["encryption-key-id"])
			byKey[key]++
			if key == "" && string(p.GetData()) != canceledBeforeStart {
				t.Errorf("a history of %s has in clear: %s", id, p.GetData())
			}
		}
		// The history is read again each time: a replay changes the history that it receives.
		if err := replay(t, allKeys, w.history(t, id, runID)); err != nil {
			t.Errorf("with the keys, a history of %s does not replay: %v", id, err)
		}
		if err := replay(t, encryption.Keys{}, w.history(t, id, runID)); err == nil {
			t.Errorf("without keys, a history of %s still replays", id)
		}
	}
	if byKey["old"] == 0 || byKey["new"] == 0 {
		t.Errorf("payloads by key: %v, want some of both keys", byKey)
	}
}

// payloadsOf returns all payloads of a history except search attributes, which Temporal must be
// able to read.
func payloadsOf(t *testing.T, h *history.History) (all []*commonpb.Payload) {
	t.Helper()
	visit(t, h, func(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
		all = append(all, payloads...)
		return payloads, nil
	})
	return all
}

// decrypt decrypts a history before it is stored.
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
