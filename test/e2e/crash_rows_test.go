package e2e

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
)

// Faults of a row other than a kill. The first two are the gateway's faults of one mutating call.
// In the others that call is held and its worker is killed, and the call still reaches AWS: during
// the look-up, or after the operation.
const (
	lostResponse  = string(gateway.FaultLoseResponse)
	lostRequest   = string(gateway.FaultLoseRequest)
	delayedAtOnce = "delayed-at-once"
	delayedAtLast = "delayed-at-last"

	workers = "worker" // both of them are killed
	theRun  = "run"    // the workflow's run, which is terminated
	// Other operator actions on a run: see row.endRun.
	cancelledRun  = "cancelled-run"
	deletedRun    = "deleted-run"
	resetRun      = "reset-run"
	resetRunLater = "reset-run-later"
)

// row is one fault, once, at one boundary in the life of one object.
type row struct {
	sample sample
	op     string // create, update or delete
	// what is the part to kill, one of the faults above, or a story.
	what string
	// at is the boundary: the n-th activity is scheduled or completed, or the n-th AWS call is held
	// before or after AWS executes it. For a fault of a call it is empty, and n counts the calls of
	// that action.
	at   string
	n    int
	step string // name of the activity, or action of the call
}

func (r row) name() string {
	parts := []string{r.op, r.what, r.at, fmt.Sprint(r.n), r.step}
	if r.at == "" {
		parts = slices.Delete(parts, 2, 3)
	}
	return r.sample.kind + "/" + strings.Join(parts[:2], "/") + "/" + strings.ReplaceAll(strings.Join(parts[2:], "-"), "/", ".")
}

func (r row) loses() bool { return r.what == lostResponse || r.what == lostRequest }

// holds reports whether the boundary is a call that is held.
func (r row) holds() bool {
	return r.at == string(gateway.FaultHoldBefore) || r.at == string(gateway.FaultHoldAfter)
}

// endsRun reports whether the row only affects the workflow's run.
func (r row) endsRun() bool {
	return slices.Contains([]string{theRun, cancelledRun, deletedRun, resetRun, resetRunLater}, r.what)
}

func (r row) delayed() bool { return r.what == delayedAtOnce || r.what == delayedAtLast }

// classes has one kind of each class of creates: with a token, with a natural key, with only owner
// tags. Their rows run with every part.
var classes = []string{"ec2.RouteTable", "ec2.SecurityGroup", "ec2.VPC"}

// perPart is how many rows of any other kind run with each additional part.
const perPart = 3

// phase is a set of rows that run in parallel. The same part dies in all of them, so that one kill
// serves several rows, or no row has a kill.
type phase struct {
	name string
	rows []row
	// lanes is how many rows run at the same time. A kill also affects the other rows, at random
	// moments, which makes their checks stronger.
	lanes int
	// slice is how many rows an ordinary run of the tests runs.
	slice int
}

// phasesOf returns all rows, derived from the histories and the calls of undisturbed runs, so that
// a new kind or step is included automatically.
func phasesOf(t *testing.T, seed uint64) []phase {
	lives := watchLives(t)
	phases := []phase{{name: workers, lanes: 10, slice: 10}}
	for _, life := range lives {
		phases[0].rows = append(phases[0].rows, life.kills(workers)...)
	}
	for i, part := range []string{stack.Bridge, stack.Temporal, stack.APIServer, stack.Etcd} {
		p := phase{name: part, lanes: 8, slice: 2}
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		for _, life := range lives {
			rows := life.kills(part)
			if !slices.Contains(classes, life.sample.kind) {
				random.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
				rows = rows[:min(perPart, len(rows))]
			}
			p.rows = append(p.rows, rows...)
		}
		phases = append(phases, p)
	}
	lost, delayed := phase{name: "lost", lanes: 16, slice: 8}, phase{name: "delayed", lanes: 16, slice: 4}
	for _, life := range lives {
		lost.rows = append(lost.rows, life.faults(lostResponse, lostRequest)...)
		delayed.rows = append(delayed.rows, life.faults(delayedAtLast)...)
		delayed.rows = append(delayed.rows, slices.DeleteFunc(life.faults(delayedAtOnce), func(r row) bool { return r.step != r.sample.create })...)
	}
	terminated, changed := phase{name: "terminated", lanes: 16, slice: 2}, phase{name: "unclear", lanes: 16, slice: 3}
	operated := phase{name: "operated", lanes: 16, slice: 3}
	for _, life := range lives {
		terminated.rows = append(terminated.rows, life.kills(theRun)...)
		changed.rows = append(changed.rows, storiesOf(life.sample)...)
		for _, what := range []string{cancelledRun, deletedRun, resetRun} {
			operated.rows = append(operated.rows, life.kills(what)...)
		}
		operated.rows = append(operated.rows, slices.DeleteFunc(life.kills(resetRunLater), func(r row) bool { return r.holds() })...)
	}
	return append(phases, lost, delayed, terminated, changed, operated)
}

// life is the record of the three operations of one undisturbed object.
type life struct {
	sample     sample
	activities map[string][]string        // by operation
	calls      map[string][]gateway.Entry // by operation
}

func watchLives(t *testing.T) []life {
	kinds, err := regexp.Compile(*crashKinds)
	if err != nil {
		t.Fatalf("reading -crash.kinds: %v", err)
	}
	all := slices.DeleteFunc(samples(), func(s sample) bool { return !kinds.MatchString(s.kind) })
	if named := func(s sample) bool { return strings.Contains(*crashOnly, s.kind) }; slices.ContainsFunc(all, named) {
		all = slices.DeleteFunc(all, func(s sample) bool { return !named(s) }) // the others have no requested row
	}
	lives := make([]life, len(all))
	t.Run("undisturbed", func(t *testing.T) {
		var side sync.WaitGroup
		for i, s := range all {
			side.Go(func() {
				t.Run(s.kind, func(t *testing.T) { lives[i] = watchLife(t, s) })
			})
		}
		side.Wait()
	})
	if t.Failed() {
		t.FailNow() // without boundaries there are no rows
	}
	return lives
}

func watchLife(t *testing.T, s sample) life {
	l := life{sample: s, activities: map[string][]string{}, calls: map[string][]gateway.Entry{}}
	team := newTeam(t)
	s.prepare(t, team)
	o := team.object(s.kind, "undisturbed")
	for _, op := range operations {
		mark := lastSeq(t)
		o.operate(t, s, op)
		o.awaitDone(t, op)
		l.activities[op] = activitiesOf(w.history(t, o.ref.WorkflowID(), ""))
		l.calls[op] = entriesSince(t, team.account, mark)
	}
	return l
}

var operations = []string{"create", "update", "delete"}

// kills returns the rows that kill a part: before and after each activity, and before and after AWS
// executes each call.
func (l life) kills(part string) (rows []row) {
	for _, op := range operations {
		for n, name := range l.activities[op] {
			for _, at := range []string{"scheduled", "completed"} {
				rows = append(rows, row{sample: l.sample, op: op, what: part, at: at, n: n, step: name})
			}
		}
		for n, call := range l.calls[op] {
			for _, at := range []gateway.Fault{gateway.FaultHoldBefore, gateway.FaultHoldAfter} {
				rows = append(rows, row{sample: l.sample, op: op, what: part, at: string(at), n: n, step: call.Action})
			}
		}
	}
	return rows
}

// faults returns the rows about each mutating call.
func (l life) faults(kinds ...string) (rows []row) {
	for _, op := range operations {
		seen := map[string]int{}
		for _, call := range l.calls[op] {
			if !call.Mutation {
				continue
			}
			for _, what := range kinds {
				rows = append(rows, row{sample: l.sample, op: op, what: what, n: seen[call.Action], step: call.Action})
			}
			seen[call.Action]++
		}
	}
	return rows
}
