package bench

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tack-dev/tack/devenv/gateway"
)

func lastSeq(b *testing.B) int64 {
	b.Helper()
	seq, err := w.AWS.LastSeq(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return seq
}

// calls returns the calls in the team's account after a mark.
func (t *team) calls(b *testing.B, since int64) []gateway.Entry {
	b.Helper()
	calls, err := w.CallsIn(b.Context(), t.Account, since)
	if err != nil {
		b.Fatal(err)
	}
	return calls
}

// readsIn counts the calls that read EC2.
func readsIn(calls []gateway.Entry) (reads int) {
	for _, e := range calls {
		if strings.HasPrefix(e.Action, "Describe") {
			reads++
		}
	}
	return reads
}

// wantOneCreate checks that AWS accepted exactly one create for each group.
func (t *team) wantOneCreate(b *testing.B, names []string) {
	b.Helper()
	each(b, names, func(ctx context.Context, name string) error {
		creates, err := w.Creates(ctx, t.ref(name), 0)
		if err == nil && len(creates) != 1 {
			err = fmt.Errorf("AWS accepted %d creates of %s, want 1", len(creates), name)
		}
		return err
	})
}

// events returns the number of events in the newest run of a group, once the run has ended.
func (t *team) events(b *testing.B, name string) int {
	b.Helper()
	ctx := within(b, limit)
	id := t.ref(name).WorkflowID()
	if err := w.Temporal.GetWorkflow(ctx, id, "").Get(ctx, nil); err != nil {
		b.Fatal(err)
	}
	history, err := w.History(ctx, id, "")
	if err != nil {
		b.Fatal(err)
	}
	return len(history.GetEvents())
}
