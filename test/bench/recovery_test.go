package bench

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
)

// tries is how often each recovery is measured.
const tries = 5

// Kills the worker with SIGKILL when AWS has accepted a create and only AWS knows the id.
func BenchmarkWorkerKilled(b *testing.B) {
	for b.Loop() {
		t := newTeam(b)
		t.warm(b)
		t.recoveries(b, "the worker that created is killed, until Synced by the other", "s/one-killed", func(name string) time.Time {
			return t.killAt(b, name, func() []*stack.Part { return []*stack.Part{t.holder(b, name)} })
		})
		t.recoveries(b, "both workers are killed and restarted, until Synced", "s/both-killed", func(name string) time.Time {
			return t.killAt(b, name, func() []*stack.Part { return []*stack.Part{w.Part("worker-1"), w.Part("worker-2")} })
		})
	}
}

// Loses the answer of a create on its way to a worker that keeps running.
func BenchmarkResponseLost(b *testing.B) {
	for b.Loop() {
		t := newTeam(b)
		t.warm(b)
		var rules []string
		t.recoveries(b, "the response of the create is lost, apply to Synced", "s/lost", func(name string) time.Time {
			rules = append(rules, t.fault(b, gateway.FaultLoseResponse))
			began := time.Now()
			if err := t.create(b.Context(), name); err != nil {
				b.Fatal(err)
			}
			return began
		})
		for _, rule := range rules {
			if state, err := w.AWS.Rule(b.Context(), rule); err != nil || state.Hit != 1 {
				b.Errorf("%d responses were lost, want 1: %v", state.Hit, err)
			}
		}
	}
}

// recoveries reports how long a group takes from the return of disturb until it is synced, with one
// create.
func (t *team) recoveries(b *testing.B, what, unit string, disturb func(name string) time.Time) {
	b.Helper()
	names := namesOf(strings.TrimPrefix(unit, "s/"), tries)
	var took spread
	for _, name := range names {
		from := disturb(name)
		t.await(b, []string{name}, synced)
		took = append(took, time.Since(from))
		t.restartWorkers(b)
	}
	t.wantOneCreate(b, names)
	beside := "under 10 s; ACK leaves it without rules"
	if unit == "s/lost" {
		beside = "under 3 s; ACK never gets there"
	}
	report(b, unit, took.median().Seconds(), what, took.String(), beside)
}

// killAt creates a group, kills the parts when AWS has accepted the create, and returns the moment
// of the kill. If it killed all workers, it restarts them.
func (t *team) killAt(b *testing.B, name string, parts func() []*stack.Part) time.Time {
	b.Helper()
	rule := t.fault(b, gateway.FaultHoldAfter)
	if err := t.create(b.Context(), name); err != nil {
		b.Fatal(err)
	}
	if err := w.AWS.WaitHolding(b.Context(), rule, limit); err != nil {
		b.Fatal(err)
	}
	victims := parts()
	killed := time.Now()
	for _, p := range victims {
		if err := p.Kill(); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.AWS.DeleteRule(b.Context(), rule); err != nil {
		b.Fatal(err)
	}
	if len(victims) > 1 {
		t.restartWorkers(b)
	}
	return killed
}

func (t *team) fault(b *testing.B, fault gateway.Fault) (rule string) {
	b.Helper()
	rule, err := w.AWS.AddRule(b.Context(), gateway.Rule{
		Action: gateway.Actions{"CreateSecurityGroup"}, Account: t.Account, Fault: fault, Times: 1,
	})
	if err != nil {
		b.Fatal(err)
	}
	return rule
}

// holder returns the worker that carries out the group's create.
func (t *team) holder(b *testing.B, name string) *stack.Part {
	b.Helper()
	pending, err := w.Pending(b.Context(), t.ref(name).WorkflowID(), securityGroup.Name()+"/"+resource.VerbCreate)
	if err != nil {
		b.Fatal(err)
	}
	worker, err := w.Worker(pending.GetLastWorkerIdentity())
	if err != nil {
		b.Fatal(err)
	}
	return worker
}

// restartWorkers starts the workers that do not run.
func (t *team) restartWorkers(b *testing.B) {
	b.Helper()
	each(b, []string{"worker-1", "worker-2"}, func(ctx context.Context, name string) error {
		if p := w.Part(name); p.PID() == 0 {
			return p.Start(ctx)
		}
		return nil
	})
}
