package e2e

import (
	"errors"
	"hash/fnv"
	"slices"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/devenv/stack"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

// inPages reports whether AWS returns its lists in pages: in half of the rows, always the same
// ones.
func (r row) inPages() bool {
	h := fnv.New32()
	_, _ = h.Write([]byte(r.name())) // never fails
	return h.Sum32()%2 == 0
}

// run runs the row.
func (r row) run(t *testing.T) {
	var team team
	keepWhatFailed(t, r, &team) // checks last, after all other checks
	team = newTeam(t)
	r.sample.prepare(t, team)
	if r.inPages() {
		team.cutLists(t)
	}
	if stories[r.what] != nil {
		r.runStory(t, team)
		return
	}
	o := team.object(r.sample.kind, "it")
	if r.op != "create" {
		o.create(t, r.sample.spec())
		r.seeTo(t, o)
		o.awaitDone(t, "create")
	}
	before, mark := runOf(t, o), lastSeq(t)
	rule := r.arm(t, team)
	o.operate(t, r.sample, r.op)
	r.seeTo(t, o)
	switch {
	case r.delayed():
		r.beLate(t, team, o, before, rule, mark)
	case r.loses():
	case rule != "":
		r.awaitHeld(t, o, before, rule)
		r.end(t, o, patient)
		// The call of the dead worker need not stay held.
		endRule(t, rule)
	case r.what == resetRunLater:
		o.awaitDone(t, r.op)
		r.resetLater(t, o)
	default:
		r.awaitEvent(t, o, before)
		r.end(t, o, atOnce)
	}
	o.awaitDone(t, r.op)
	if r.what == delayedAtLast {
		endRule(t, rule)
		awaitArrived(t, team, rule)
	}
	r.check(t, team, o, mark)
}

// end kills the part of the row, or ends the object's run and wakes the object like a starting
// bridge.
func (r row) end(t *testing.T, o object, u urgency) {
	t.Helper()
	if !r.endsRun() {
		kill(t, r.what, u)
		return
	}
	r.endRun(t, o)
	wake(t, o)
}

// seeTo wakes the object where the API server dies every few seconds. Before it watches such a
// server again, client-go backs off for up to a minute.
func (r row) seeTo(t *testing.T, o object) {
	t.Helper()
	if r.what == stack.APIServer || r.what == stack.Etcd {
		wake(t, o)
	}
}

// wake wakes an object like a starting bridge.
func wake(t *testing.T, o object) {
	t.Helper()
	if _, err := workflows.Wake(t.Context(), w.Temporal, o.ref, resource.Known{}, resource.Poke{Reason: "test"}); err != nil {
		t.Fatal(err)
	}
}

// arm sets the trap of a row about AWS calls, and returns its rule.
func (r row) arm(t *testing.T, team team) (rule string) {
	t.Helper()
	spec := gateway.Rule{Account: team.account, Skip: r.n, Times: 1, Fault: gateway.Fault(r.at)}
	switch {
	case r.loses():
		spec.Fault = gateway.Fault(r.what)
		spec.Action = gateway.Actions{r.step}
	case r.delayed():
		spec.Fault, spec.Deliver = gateway.FaultHoldBefore, true
		spec.Action = gateway.Actions{r.step}
	case r.at == "scheduled" || r.at == "completed":
		return ""
	}
	return addRule(t, spec)
}

func endRule(t *testing.T, rule string) {
	t.Helper()
	if err := w.AWS.EndRule(t.Context(), rule); err != nil {
		t.Fatal(err)
	}
}

// beLate kills the worker whose call is held. Temporal declares the worker dead, and a look-up
// searches for its resource; only then may the call arrive.
func (r row) beLate(t *testing.T, team team, o object, before, rule string, mark int64) {
	t.Helper()
	r.awaitHeld(t, o, before, rule)
	killed := lastSeq(t)
	kill(t, workers, patient)
	if r.what != delayedAtOnce {
		return
	}
	for ctx := within(t, soon); ; time.Sleep(50 * time.Millisecond) {
		looks := func(e gateway.Entry) bool { return !e.Mutation }
		if slices.ContainsFunc(entriesSince(t, team.account, killed), looks) {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("no run looked for the resource of the dead worker\n%s", w.story(o.ref))
		}
	}
	endRule(t, rule)
}

// awaitArrived waits until AWS has answered the held call, whose sender is gone.
func awaitArrived(t *testing.T, team team, rule string) {
	t.Helper()
	if state, err := w.AWS.Rule(t.Context(), rule); err != nil || state.Hit == 0 {
		t.Logf("no call was delayed: %v", err) // another row's kill changed the path of the run
		return
	}
	arrived := func(e gateway.Entry) bool { return e.Fault == gateway.FaultHoldBefore }
	for ctx := within(t, soon); !slices.ContainsFunc(entriesSince(t, team.account, 0), arrived); time.Sleep(50 * time.Millisecond) {
		if ctx.Err() != nil {
			t.Fatal("AWS does not answer the delayed request")
		}
	}
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

// awaitDone waits for the end of an operation, and of its run.
func (o object) awaitDone(t *testing.T, op string) {
	t.Helper()
	if op == "delete" {
		o.awaitGone(t)
	} else {
		o.awaitSynced(t)
	}
	w.result(t, o.ref)
}

// awaitHeld returns when the call is held, or when the run ends without it: another row's kill may
// have changed the run's path.
func (r row) awaitHeld(t *testing.T, o object, before, rule string) {
	t.Helper()
	ctx := within(t, soon)
	for w.AWS.WaitHolding(ctx, rule, time.Second) != nil {
		if ctx.Err() != nil {
			t.Fatalf("no call is held\n%s", w.story(o.ref))
		}
		described, err := w.Temporal.DescribeWorkflowExecution(ctx, o.ref.WorkflowID(), "")
		info := described.GetWorkflowExecutionInfo()
		if err == nil && info.GetExecution().GetRunId() != before && info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED {
			return
		}
	}
}

// awaitEvent returns as soon as the history has the event of the boundary, or the run has ended.
// The run is the one that follows the named run.
func (r row) awaitEvent(t *testing.T, o object, before string) {
	t.Helper()
	ctx := within(t, soon)
	run := before
	for ; run == before; run = runOf(t, o) {
		if ctx.Err() != nil {
			t.Fatalf("no run of %s started", o.ref)
		}
	}
	for !r.sawEvent(t, o, run) {
		if ctx.Err() != nil {
			t.Fatalf("%s did not reach %s-%d\n%s", o.ref, r.at, r.n, w.story(o.ref))
		}
	}
}

// sawEvent follows the history of a run to the event of the boundary, or to its end. It reports
// false if Temporal became unavailable.
func (r row) sawEvent(t *testing.T, o object, run string) bool {
	t.Helper()
	events := w.Temporal.GetWorkflowHistory(within(t, soon), o.ref.WorkflowID(), run, true, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	var scheduled int
	var boundary int64
	for events.HasNext() {
		event, err := events.Next()
		if err != nil {
			return false
		}
		if event.GetActivityTaskScheduledEventAttributes() != nil {
			if scheduled == r.n {
				boundary = event.GetEventId()
				if r.at == "scheduled" {
					return true
				}
			}
			scheduled++
		}
		if a := event.GetActivityTaskCompletedEventAttributes(); a != nil && a.GetScheduledEventId() == boundary {
			return true
		}
	}
	return true
}

// runOf returns the id of the object's newest run; it is empty if there is none yet.
func runOf(t *testing.T, o object) (run string) {
	t.Helper()
	persist(t, "describing the run of "+o.ref.String(), func(int) error {
		described, err := w.Temporal.DescribeWorkflowExecution(t.Context(), o.ref.WorkflowID(), "")
		run = described.GetWorkflowExecutionInfo().GetExecution().GetRunId()
		if _, none := errors.AsType[*serviceerror.NotFound](err); none {
			return nil
		}
		return err
	})
	return run
}

// mutates reports whether an activity of that name changes AWS.
func mutates(kind, activity string) bool {
	verb, ours := strings.CutPrefix(activity, kind+"/")
	return ours && !slices.Contains([]string{"Observe", "Await", "Find", "Validate"}, verb)
}
