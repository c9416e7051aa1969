package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"github.com/tack-dev/tack/devenv/gateway"
)

var (
	crashAll  = flag.Bool("crash.all", false, "run every crash row, not a slice")
	crashSeed = flag.Uint64("crash.seed", uint64(time.Now().UnixNano()), "seed of the slice of crash rows")
	crashOnly = flag.String("crash.only", "", "run the crash rows whose names begin so: a kind, an operation of it, or one row")
)

// sliceTime is how long rows of the slice are begun in an ordinary run; the last
// of them may take half a minute.
const sliceTime = 60 * time.Second

// row kills the workers, once, at one boundary in the life of one object.
type row struct {
	sample sample
	op     string // create, update or delete
	// at is the boundary: the n-th activity of the run was scheduled or completed,
	// or its n-th AWS call is held before or after AWS has carried it out.
	at string
	n  int
}

func (r row) name() string { return fmt.Sprintf("%s/%s/%s-%d", r.sample.kind, r.op, r.at, r.n) }

// sideBySide is how many rows run at the same time. A kill hits the others as
// well, at moments that nobody chose: what they show holds all the more.
const sideBySide = 4

// Killing the workers at every boundary leaves one resource, as the spec says.
// The boundaries are those of a run that nobody disturbs.
func TestCrashRows(t *testing.T) {
	rows := crashRows(t)
	if !*crashAll && *crashOnly == "" {
		t.Logf("a slice of %d rows: repeat it with -crash.seed=%d", len(rows), *crashSeed)
		shuffle := rand.New(rand.NewPCG(*crashSeed, 0))
		shuffle.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	}
	if *crashOnly != "" {
		rows = slices.DeleteFunc(rows, func(r row) bool { return !strings.HasPrefix(r.name(), *crashOnly) })
	}
	began := time.Now()
	var tried atomic.Int64
	next := make(chan row)
	var lanes sync.WaitGroup
	for range sideBySide {
		lanes.Go(func() {
			for r := range next {
				tried.Add(1)
				t.Run(r.name(), r.run)
			}
		})
	}
	for _, r := range rows {
		if !*crashAll && *crashOnly == "" && time.Since(began) > sliceTime {
			break
		}
		next <- r
	}
	close(next)
	lanes.Wait()
	t.Logf("%d of %d rows in %s", tried.Load(), len(rows), time.Since(began).Round(time.Second))
	if tried.Load() == 0 {
		t.Errorf("no row was tried")
	}
}

// crashRows finds the boundaries from histories of undisturbed runs.
func crashRows(t *testing.T) (rows []row) {
	for _, s := range samples() {
		if !strings.HasPrefix(*crashOnly, s.kind) && !strings.HasPrefix(s.kind, *crashOnly) {
			continue
		}
		team := newTeam(t)
		s.prepare(t, team)
		o := team.object(s.kind, "undisturbed")
		for _, op := range []string{"create", "update", "delete"} {
			mark := lastSeq(t)
			o.operate(t, s, op)
			o.awaitDone(t, op)
			acts := activitiesOf(w.history(t, o.ref.WorkflowID(), ""))
			for n := range acts {
				rows = append(rows, row{s, op, "scheduled", n}, row{s, op, "completed", n})
			}
			for n := range callsSince(t, team.account, mark) {
				rows = append(rows, row{s, op, string(gateway.FaultHoldBefore), n}, row{s, op, string(gateway.FaultHoldAfter), n})
			}
		}
	}
	return rows
}

// operate begins an operation.
func (o object) operate(t *testing.T, s sample, op string) {
	t.Helper()
	switch op {
	case "create":
		o.create(t, s.spec())
	case "update":
		o.patch(t, s.change)
	case "delete":
		o.delete(t)
	}
}

// awaitDone waits for the end of an operation, and of the run that did it.
func (o object) awaitDone(t *testing.T, op string) {
	t.Helper()
	if op == "delete" {
		o.awaitGone(t)
	} else {
		o.awaitSynced(t)
	}
	w.result(t, o.ref)
}

func (r row) run(t *testing.T) {
	team := newTeam(t)
	r.sample.prepare(t, team)
	o := team.object(r.sample.kind, "it")
	if r.op != "create" {
		o.create(t, r.sample.spec())
		o.awaitDone(t, "create")
	}
	before := runOf(t, o)
	id := r.arm(t, team)
	o.operate(t, r.sample, r.op)
	if id == "" {
		r.awaitEvent(t, o, before)
	} else {
		r.awaitHeld(t, o, before, id)
	}
	killWorkers(t)
	if id != "" {
		// What the dead were waiting for is of no interest to anybody.
		if err := w.aws.Release(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	o.awaitDone(t, r.op)
	entries := o.creates(t)
	if len(entries) != 1 {
		t.Errorf("AWS accepted %d creates, want 1: %+v\n%s", len(entries), entries, w.story(o.ref))
	}
	want := 1
	if r.op == "delete" {
		want = 0
	}
	if n := r.sample.count(t, team.account); n != want {
		t.Errorf("there are %d in AWS, want %d", n, want)
	}
	if r.op != "delete" {
		o.wantAsSpecified(t, team, r)
	}
}

// arm sets the trap of a row about AWS calls, and returns its rule.
func (r row) arm(t *testing.T, team team) (rule string) {
	t.Helper()
	if r.at == "scheduled" || r.at == "completed" {
		return ""
	}
	return addRule(t, gateway.Rule{Account: team.account, Fault: gateway.Fault(r.at), Skip: r.n, Times: 1})
}

// awaitHeld returns when the call is held, or when the run ended without it:
// another row's kill may have led it another way.
func (r row) awaitHeld(t *testing.T, o object, before, rule string) {
	t.Helper()
	ctx := within(t, soon)
	for w.aws.WaitHolding(ctx, rule, time.Second) != nil {
		if ctx.Err() != nil {
			t.Fatalf("no call is held\n%s", w.story(o.ref))
		}
		described, err := w.temporal.DescribeWorkflowExecution(ctx, o.ref.WorkflowID(), "")
		info := described.GetWorkflowExecutionInfo()
		if err == nil && info.GetExecution().GetRunId() != before && info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED {
			return
		}
	}
}

// awaitEvent returns as soon as the event of the boundary is in the history of
// the run that follows the one named before.
func (r row) awaitEvent(t *testing.T, o object, before string) {
	t.Helper()
	ctx := within(t, soon)
	run := before
	for ; run == before; run = runOf(t, o) {
		if ctx.Err() != nil {
			t.Fatalf("no run of %s began", o.ref)
		}
	}
	events := w.temporal.GetWorkflowHistory(ctx, o.ref.WorkflowID(), run, true, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	var scheduled int
	var boundary int64
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			t.Fatalf("watching %s: %v", o.ref, err)
		}
		if event.GetActivityTaskScheduledEventAttributes() != nil {
			if scheduled == r.n {
				boundary = event.GetEventId()
				if r.at == "scheduled" {
					return
				}
			}
			scheduled++
		}
		if a := event.GetActivityTaskCompletedEventAttributes(); a != nil && a.GetScheduledEventId() == boundary {
			return
		}
	}
}

// runOf is the id of the object's newest run; empty if there is none yet.
func runOf(t *testing.T, o object) string {
	t.Helper()
	described, err := w.temporal.DescribeWorkflowExecution(t.Context(), o.ref.WorkflowID(), "")
	if _, none := errors.AsType[*serviceerror.NotFound](err); none {
		return ""
	}
	if err != nil {
		t.Fatalf("describing the run of %s: %v", o.ref, err)
	}
	return described.GetWorkflowExecutionInfo().GetExecution().GetRunId()
}

var oneKill sync.Mutex

// killWorkers kills both workers, -9, and starts them anew.
func killWorkers(t *testing.T) {
	t.Helper()
	oneKill.Lock()
	defer oneKill.Unlock()
	workers := []string{"worker-1", "worker-2"}
	for _, name := range workers {
		if err := w.Part(name).Kill(); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range workers {
		if err := w.Part(name).Start(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

// wantAsSpecified checks that AWS has what the spec says, all of it: a look that
// is forced finds nothing to do. The rules of a group are compared here as well,
// by other code than that which planned them.
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
		t.Errorf("the group lets in the ports %v, want %v", got, want)
	}
	if len(group.IpPermissionsEgress) > 0 {
		t.Errorf("the group lets out %+v, want nothing", group.IpPermissionsEgress)
	}
}

// The answer of a create is lost, or the create itself: one resource, recorded.
func TestCreateLost(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		for _, fault := range []gateway.Fault{gateway.FaultLoseResponse, gateway.FaultLoseRequest} {
			t.Run(s.kind+"/"+string(fault), func(t *testing.T) {
				t.Parallel()
				team := newTeam(t)
				addRule(t, gateway.Rule{Action: gateway.Actions{s.create}, Account: team.account, Fault: fault, Times: 1})
				s.prepare(t, team)
				o := team.apply(t, s.kind, "lost", s.spec())
				o.wantOneCreate(t, o.awaitSynced(t))
				if n := s.count(t, team.account); n != 1 {
					t.Errorf("there are %d in AWS, want 1", n)
				}
			})
		}
	}
}
