package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
)

var (
	crashAll    = flag.Bool("crash.all", false, "run every crash row that has not run yet, instead of a slice")
	crashSeed   = flag.Uint64("crash.seed", uint64(time.Now().UnixNano()), "seed of the slice of crash rows, and of the samples")
	crashOnly   = flag.String("crash.only", "", "run the crash rows whose names match this regular expression")
	crashPhase  = flag.String("crash.phase", "", "with -crash.all, run only phases whose names match this regular expression; several such commands may run in parallel")
	crashKinds  = flag.String("crash.kinds", "", "with -crash.all, run only the rows of kinds whose names match this regular expression, with results and a report of their own")
	crashFresh  = flag.Bool("crash.fresh", false, "discard the results of earlier runs")
	crashReport = flag.String("crash.report", "", "file for the report in Markdown (default: report.md beside the state)")
)

// sliceTime is how long an ordinary run keeps starting rows of the slice; the last of them may take
// half a minute.
const sliceTime = 60 * time.Second

// No death and no network fault, at any boundary, causes a second resource, a lost resource, or an
// incomplete one.
func TestCrashRows(t *testing.T) {
	only, err := regexp.Compile(*crashOnly)
	if err != nil {
		t.Fatalf("reading -crash.only: %v", err)
	}
	phase, err := regexp.Compile(*crashPhase)
	if err != nil {
		t.Fatalf("reading -crash.phase: %v", err)
	}
	tried := newTrial(t)
	phases := phasesOf(t, tried.seed)
	tried.expects(phases)
	began := time.Now() // undisturbed lives take their time where other tests run beside this one
	for _, p := range phases {
		rows := slices.Clone(p.rows) // the report includes all rows
		switch {
		case *crashOnly != "":
			rows = slices.DeleteFunc(rows, func(r row) bool { return !only.MatchString(r.name()) })
		case *crashAll:
			rows = slices.DeleteFunc(rows, func(r row) bool { return tried.done(r) || !phase.MatchString(p.name) })
		default:
			random := rand.New(rand.NewPCG(tried.seed, 7))
			random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			rows = rows[:min(p.slice, len(rows))]
		}
		p.run(t, rows, func(r row) bool { return *crashAll || *crashOnly != "" || time.Since(began) < sliceTime }, tried)
	}
	tried.finish(t)
}

// run runs rows in parallel, and skips rows that mayBegin rejects at their turn.
func (p phase) run(t *testing.T, rows []row, mayBegin func(row) bool, tried *trial) {
	if p.name == stack.APIServer || p.name == stack.Etcd {
		// References of a row wait for the bridge's watches. After so many deaths of the server,
		// client-go backs off for up to a minute.
		defer func(was time.Duration) { soon = was }(soon)
		soon *= 3
	}
	next := make(chan row)
	var lanes sync.WaitGroup
	for range p.lanes {
		lanes.Go(func() {
			for r := range next {
				began := time.Now()
				passed := t.Run(r.name(), r.run)
				tried.note(t, r, passed, time.Since(began))
			}
		})
	}
	for _, r := range rows {
		if mayBegin(r) {
			next <- r
		}
	}
	close(next)
	lanes.Wait()
}

// wantAsSpecified checks that AWS matches the whole spec: a forced comparison finds nothing to do.
// It also compares the rules of a group with different code than the planner's.
func (o object) wantAsSpecified(t *testing.T, team team, r row) {
	t.Helper()
	o.wantQuiet(t, team)
	if r.sample.kind != "ec2.SecurityGroup" {
		return
	}
	want := []int32{80, 443}
	if r.op == "update" {
		want = []int32{8443}
	}
	group := w.groups(t, team.account)[0]
	if got := portsOf(group); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the group allows the inbound ports %v, want %v", got, want)
	}
	if len(group.IpPermissionsEgress) > 0 {
		t.Errorf("the group allows outbound %+v, want nothing", group.IpPermissionsEgress)
	}
}

// The answer of a create is lost, or the create itself: there is one resource, and it is recorded.
func TestCreateLost(t *testing.T) {
	t.Parallel()
	for _, s := range someKinds(t) {
		for _, fault := range []gateway.Fault{gateway.FaultLoseResponse, gateway.FaultLoseRequest} {
			t.Run(s.kind+"/"+string(fault), func(t *testing.T) {
				t.Parallel()
				team := newTeam(t)
				addRule(t, gateway.Rule{Action: gateway.Actions{s.create}, Account: team.account, Fault: fault, Times: 1})
				s.prepare(t, team)
				team.cutLists(t)
				o := team.apply(t, s.kind, "lost", s.spec())
				o.wantOneCreate(t, o.awaitSynced(t))
				if n := s.count(t, team.account); n != 1 {
					t.Errorf("there are %d in AWS, want 1", n)
				}
			})
		}
	}
}
