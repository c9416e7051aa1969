package bench

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/tack-dev/tack/devenv/stack"
)

// many is how many groups are created together.
const many = 200

// Measures many groups together: all created, all edited, everything restarted, all deleted. One
// round uses moto's speed, the others add latency to each call.
func BenchmarkManyGroups(b *testing.B) {
	for _, c := range []struct {
		latency                       time.Duration
		create, edit, restart, delete string
	}{
		{0, "23.3 s / 19.6 s", "24.6 s / 23.3 s", "11.8 s / 10.8 s", "14.3 s / 9.5 s"},
		{50 * time.Millisecond, "96.0 s / 18.4 s", "89.9 s / 24.9 s", "34.5 s / 7.9 s", "54.3 s / 15.6 s"},
	} {
		b.Run(c.latency.String(), func(b *testing.B) {
			for b.Loop() {
				t := newTeam(b)
				t.warm(b)
				setLatency(b, c.latency)
				names := namesOf("many", many)
				r := round{b: b, t: t, names: names, latency: c.latency}
				r.measure("create", c.create, t.createAll)
				t.wantOneCreate(b, names)
				r.measure("edit", c.edit, t.editAll)
				r.restart(c.restart)
				r.measure("delete", c.delete, t.deleteAll)
			}
		})
	}
}

func setLatency(b *testing.B, d time.Duration) {
	b.Helper()
	if err := w.AWS.SetLatency(b.Context(), d); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		// The benchmark's own context is over here.
		if err := w.AWS.SetLatency(context.Background(), 0); err != nil {
			b.Error(err)
		}
	})
}

// round is one life cycle of many groups.
type round struct {
	b       *testing.B
	t       *team
	names   []string
	latency time.Duration
}

// measure times an operation on all groups, and the CPU that each part uses for it: all parts share
// the cores.
func (r round) measure(op, beside string, do func(*testing.B, []string)) {
	r.b.Helper()
	mark, before, began := lastSeq(r.b), cpuNow(r.b), time.Now()
	do(r.b, r.names)
	took, used := time.Since(began), cpuNow(r.b).since(before)
	calls := r.t.calls(r.b, mark)
	reads := float64(readsIn(calls)) / float64(len(r.names))
	r.report(op, took, fmt.Sprintf("%d groups, %s", len(r.names), op), fmt.Sprintf("%s, %d calls, %.2f reads per group", short(took), len(calls), reads), "ACK "+beside)
	r.b.ReportMetric(reads, "reads/group/"+op)
	r.b.ReportMetric(used.total().Seconds(), "cpu-s/"+op)
	figures = append(figures, figure{fmt.Sprintf("    CPU seconds of %.1f", used.total().Seconds()), used.String(), ""})
}

func (r round) report(op string, took time.Duration, what, shown, beside string) {
	r.b.Helper()
	if r.latency > 0 {
		what += fmt.Sprintf(", %s added per call", r.latency)
	}
	report(r.b, "s/"+op, took.Seconds(), what, shown, beside)
}

// restart kills bridge and workers while all groups are synced, and restarts them. A new group then
// shows that the bridge has processed all earlier groups. No other call may reach AWS.
func (r round) restart(beside string) {
	r.b.Helper()
	sign := newTeam(r.b)
	mark := lastSeq(r.b)
	parts := []string{stack.Bridge, "worker-1", "worker-2"}
	for _, name := range parts {
		if err := w.Part(name).Kill(); err != nil {
			r.b.Fatal(err)
		}
	}
	began := time.Now()
	each(r.b, parts, func(ctx context.Context, name string) error { return w.Part(name).Start(ctx) })
	took := time.Since(began)
	sign.createAll(r.b, []string{"sign"})
	calls := r.t.calls(r.b, mark)
	for _, e := range calls {
		r.b.Errorf("AWS was called for a settled group after the restart: %s for %s", e.Action, e.Owner)
	}
	r.report("restart", took, fmt.Sprintf("%d groups, restart of bridge and workers", len(r.names)), fmt.Sprintf("%s, %d calls", short(took), len(calls)), "ACK "+beside)
}
