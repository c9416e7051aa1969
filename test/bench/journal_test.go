package bench

import (
	"testing"

	enumspb "go.temporal.io/api/enums/v1"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/resource"
)

func lastSeq(b *testing.B) int64 {
	b.Helper()
	seq, err := w.aws.LastSeq(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return seq
}

// calls returns the calls in the team's account after a mark. It omits AssumeRole, which each
// worker calls once an hour per account, independent of the groups.
func (t *team) calls(b *testing.B, since int64) (calls []gateway.Entry) {
	b.Helper()
	all, err := w.aws.Journal(b.Context(), gateway.Query{Account: t.account, Since: since})
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range all {
		if e.Action != "AssumeRole" {
			calls = append(calls, e)
		}
	}
	return calls
}

// wantOneCreate checks that AWS accepted exactly one create for each group.
func (t *team) wantOneCreate(b *testing.B, names []string) {
	b.Helper()
	creates, err := w.aws.Creates(b.Context(), "")
	if err != nil {
		b.Fatal(err)
	}
	accepted := map[string]int{}
	for _, e := range creates {
		accepted[e.Owner]++
	}
	for _, name := range names {
		owner := resource.Owner{Install: "dev", Ref: t.ref(name)}.Tag()
		if n := accepted[owner]; n != 1 {
			b.Errorf("AWS accepted %d creates of %s, want 1", n, owner)
		}
	}
}

// events returns the number of events in the newest run of a group, once the run has ended.
func (t *team) events(b *testing.B, name string) (n int) {
	b.Helper()
	ctx := within(b, limit)
	id := t.ref(name).WorkflowID()
	if err := w.temporal.GetWorkflow(ctx, id, "").Get(ctx, nil); err != nil {
		b.Fatal(err)
	}
	history := w.temporal.GetWorkflowHistory(ctx, id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for ; history.HasNext(); n++ {
		if _, err := history.Next(); err != nil {
			b.Fatal(err)
		}
	}
	return n
}
