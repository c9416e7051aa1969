package workflows_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

const (
	kind    = "test.Thing"
	thingID = "thing-1"
)

// began is the start of each run.
var began = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

var ref = resource.Ref{Kind: kind, Cluster: "c1", Namespace: "team", Name: "web"}

// world is a cluster with one object and a scripted AWS. Its fake activities change the object as
// the real ones would, and note each call.
type world struct {
	t     *testing.T
	env   *testsuite.TestWorkflowEnvironment
	start resource.Start // input of the next run

	mu      sync.Mutex
	level   resource.Level
	plans   []resource.Plan // the plans of Observe, in turn; the last one repeats
	invalid *resource.Problem
	found   resource.Found
	swept   resource.Swept
	cleaned []resource.Swept // the answers of Clean, in turn; the last one repeats
	stale   bool             // another run has made a record since
	refused resource.Report  // the report that was therefore not written
	ready   *resource.Plan   // the plan of Await; nil: not yet

	refusesStep func(resource.CallInput) error // what AWS answers to a step; nil: it accepts it
	firstRound  int                            // the number of steps in the first round, as a test counts it

	calls   []string
	sent    []resource.CallInput
	reports []resource.Report
	looks   []resource.ObserveInput
	awaits  []resource.ObserveInput
	hooks   map[string]func(n int) error // by activity, with the number of its call
	counts  map[string]int
	options map[string]workflow.ActivityOptions // of the last request for each
	asked   []workflow.ActivityOptions          // of each request
	shown   temporal.SearchAttributes           // in the last upsert
}

func newWorld(t *testing.T, plans ...resource.Plan) *world {
	t.Helper()
	return &world{
		t: t, start: resource.Start{Ref: ref}, plans: plans,
		level: resource.Level{
			Object: resource.Object{
				Owner: resource.Owner{Install: "lab", Ref: ref, UID: "u1"}, Generation: 1, Spec: json.RawMessage(`{}`),
			},
			Target: resource.Target{Partition: "aws", AccountID: "111122223333", Region: "us-west-2", RoleARN: "arn:aws:iam::111122223333:role/tack"},
			Digest: "d1",
		},
		hooks: map[string]func(int) error{}, counts: map[string]int{}, options: map[string]workflow.ActivityOptions{},
	}
}

// holds gives the object a claim and the finalizer.
func (w *world) holds(claim resource.Claim) *world {
	claim.Install, claim.Incarnation, claim.Target = "lab", 1, w.level.Target
	w.level.Object.Claim, w.level.Object.Finalizer = &claim, true
	return w
}

// change changes the object, as a person would.
func (w *world) change(edit func(*resource.Level)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	edit(&w.level)
}

func (w *world) poke() { w.env.SignalWorkflow(resource.SignalPoke, resource.Poke{Reason: "test"}) }

// edit changes the digest and pokes.
func (w *world) edit() {
	w.change(func(l *resource.Level) { l.Digest, l.ReportedState = l.Digest+"+", "" })
	w.poke()
}

// on runs hook at each call of an activity, before the activity does anything. The error of the
// hook is that of the call.
func (w *world) on(name string, hook func(n int) error) *world {
	w.hooks[name] = hook
	return w
}

// during runs do in the middle of the n-th call of an activity.
func (w *world) during(name string, n int, do func()) *world {
	return w.on(name, func(call int) error {
		if call == n {
			do()
		}
		return nil
	})
}

// fails makes the first call of an activity fail.
func (w *world) fails(name string, err error) *world {
	return w.on(name, func(n int) error {
		if n == 1 {
			return err
		}
		return nil
	})
}

// note notes the call of an activity once, however often it is retried.
func (w *world) note(ctx context.Context) error {
	name := strings.TrimPrefix(activity.GetInfo(ctx).ActivityType.Name, kind+"/")
	w.mu.Lock()
	w.counts[name]++
	if activity.GetInfo(ctx).Attempt == 1 {
		w.calls = append(w.calls, name)
	}
	n, hook := w.counts[name], w.hooks[name]
	w.mu.Unlock()
	if hook == nil {
		return nil
	}
	return w.asServer(name, hook(n))
}

// run runs the workflow once, to its end.
func (w *world) run(prepare ...func()) *world {
	w.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	w.env = suite.NewTestWorkflowEnvironment()
	w.env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&spy{world: w}}})
	w.env.SetTestTimeout(time.Minute)
	w.env.SetStartTime(began)
	shown := temporal.NewSearchAttributeKeyKeyword(resource.AttributeAccount).ValueSet("111122223333") // as the bridge sets it
	if err := w.env.SetTypedSearchAttributesOnStart(temporal.NewSearchAttributes(shown)); err != nil {
		w.t.Fatal(err)
	}
	w.env.RegisterWorkflowWithOptions(workflows.Reconcile, workflow.RegisterOptions{Name: kind})
	w.register()
	for _, p := range prepare {
		p()
	}
	w.env.ExecuteWorkflow(kind, w.start)
	if !w.env.IsWorkflowCompleted() {
		w.t.Fatal("the run did not end")
	}
	w.wantFairOptions()
	return w
}

// after does something at a given time of the run; time passes only while the run waits.
func (w *world) after(d time.Duration, do func()) func() {
	return func() { w.env.RegisterDelayedCallback(do, d) }
}

func (w *world) wantCalls(want string) *world {
	w.t.Helper()
	if diff := cmp.Diff(strings.Fields(want), w.calls); diff != "" {
		w.t.Errorf("calls (-want +got):\n%s", diff)
	}
	return w
}

func (w *world) wantResult(state resource.State, id string) {
	w.t.Helper()
	var got resource.Result
	if err := w.env.GetWorkflowResult(&got); err != nil {
		w.t.Fatalf("the run failed: %v", err)
	}
	if got.State != state || got.ID != id {
		w.t.Errorf("result = %+v, want %s with id %q", got, state, id)
	}
}

// wantReports compares the reports on the object: "State Reason".
func (w *world) wantReports(want ...string) *world {
	w.t.Helper()
	var got []string
	for _, r := range w.reports {
		got = append(got, strings.TrimSpace(fmt.Sprint(r.State, " ", r.Reason)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Errorf("reports (-want +got):\n%s", diff)
	}
	return w
}

// wantRenewed checks that the run continued as new on the newest version. It makes the input of the
// new run that of the next one.
func (w *world) wantRenewed() {
	w.t.Helper()
	var renewed *workflow.ContinueAsNewError
	if err := w.env.GetWorkflowError(); !errors.As(err, &renewed) {
		w.t.Fatalf("the run ended with %v, want continued as new", err)
	}
	if renewed.InitialVersioningBehavior != workflow.ContinueAsNewVersioningBehaviorAutoUpgrade {
		w.t.Errorf("the next run would stay on the version of this one")
	}
	w.start = resource.Start{}
	if err := converter.GetDefaultDataConverter().FromPayloads(renewed.Input, &w.start); err != nil {
		w.t.Fatal(err)
	}
	w.calls, w.counts = nil, map[string]int{}
}

// refuse returns an AWS activity's error, as package activities makes it.
func refuse(code string, class resource.Class) error {
	return temporal.NewApplicationErrorWithOptions("AWS said so", code, temporal.ApplicationErrorOptions{
		NonRetryable: true,
		Details:      []any{resource.Failure{Code: code, Class: class, Message: "AWS said so"}},
	})
}

// silent drops what the test environment logs.
type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}
