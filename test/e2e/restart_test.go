package e2e

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	corev1alpha1 "github.com/tack-dev/tack/apis/core/v1alpha1"
	"github.com/tack-dev/tack/devenv/scenario"
	"github.com/tack-dev/tack/devenv/stack"
)

// restart kills a part with SIGKILL and restarts it; in between it calls meanwhile.
func restart(t *testing.T, part string, meanwhile func()) {
	t.Helper()
	p := w.Part(part)
	if err := p.Kill(); err != nil {
		t.Fatal(err)
	}
	meanwhile()
	// After a failed test the part must run for the other tests.
	if err := p.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// The bridge misses no change from its downtime: a spec, an annotation, a deletion, and a new
// object.
func TestChangesWhileTheBridgeIsDown(t *testing.T) {
	team, moved, other := newTeam(t), newTeam(t), scenario.NewAccount()
	w.mapRole(t, other, scenario.RoleIn(other))
	edited := team.apply(t, "ec2.SecurityGroup", "edited", groupSpec("edited", 80))
	deleted := team.apply(t, "iam.Policy", "deleted", policySpec("deleted"))
	stays := moved.apply(t, "ec2.VPC", "stays", vpcSpec())
	for _, o := range []object{edited, deleted, stays} {
		o.awaitDone(t, "create")
	}
	added := team.object("ec2.VPC", "added")
	restart(t, stack.Bridge, func() {
		edited.patch(t, mergePatch(t, fields{"spec": groupSpec("edited", 443)}))
		deleted.delete(t)
		w.annotateNamespace(t, moved.name, corev1alpha1.AnnotationOwnerAccountID, other)
		added.create(t, vpcSpec())
	})
	edited.wantOneCreate(t, edited.awaitSynced(t))
	if diff := cmp.Diff([]int32{443}, portsOf(w.groups(t, team.account)[0])); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
	deleted.awaitGone(t)
	added.wantOneCreate(t, added.awaitSynced(t))
	stays.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "the inputs now name account "+other)
}

// The bridge and Temporal die during an in-flight create. Neither causes a second create, and the
// id is recorded.
func TestServersKilledInTheMiddle(t *testing.T) {
	for _, part := range []string{stack.Bridge, stack.Temporal, stack.APIServer, stack.Etcd} {
		t.Run(part, func(t *testing.T) {
			team := newTeam(t)
			rule := hold(t, team, "CreateSecurityGroup", "hold-after")
			o := team.apply(t, "ec2.SecurityGroup", "web", groupSpec("web", 80))
			rule.wait(t)
			restart(t, part, func() { rule.endRule(t) })
			o.wantOneCreate(t, o.awaitSynced(t))
			w.result(t, o.ref)
		})
	}
}

// When everything is settled, a restart of bridge and workers makes no AWS call and starts no run.
func TestRestartOfTheSettled(t *testing.T) {
	var all []object
	for i, team := range prepareAll(t, samples()) {
		s := samples()[i]
		all = append(all, team.apply(t, s.kind, "quiet", s.spec()))
	}
	runs := map[string]string{}
	for _, o := range all {
		o.awaitDone(t, "create")
		runs[o.ref.WorkflowID()] = runOf(t, o)
	}
	mark := lastSeq(t)
	restart(t, stack.Bridge, func() { killWorkers(t) })
	// A new object after the start shows that the bridge has processed all earlier objects.
	newTeam(t).apply(t, "ec2.VPC", "sign", vpcSpec()).awaitDone(t, "create")
	for _, o := range all {
		if got := runOf(t, o); got != runs[o.ref.WorkflowID()] {
			t.Errorf("%s has a new run", o.ref)
		}
		for _, e := range entriesOf(t, o, mark) {
			t.Errorf("%s: AWS was called: %s", o.ref, e)
		}
	}
}

// A policy is renamed in the spec while the outcome of its create is unknown, and the run is lost
// as well. Tack finds the policy under the name that it sent.
func TestRenamedWhileUnclear(t *testing.T) {
	team := newTeam(t)
	rule := hold(t, team, "CreatePolicy", "hold-after")
	o := team.apply(t, "iam.Policy", "renamed", policySpec("first"))
	rule.wait(t)
	if err := w.Temporal.TerminateWorkflow(t.Context(), o.ref.WorkflowID(), "", "the test loses the run"); err != nil {
		t.Fatal(err)
	}
	killWorkers(t)
	o.patch(t, `{"spec":{"name":"second"}}`)
	o.awaitCondition(t, corev1alpha1.ConditionTypeTerminal, "True", "spec.name")
	policies := w.policies(t, team.account)
	if len(policies) != 1 || *policies[0].PolicyName != "first" {
		t.Errorf("got the policies %+v, want only the first", policies)
	}
	o.patch(t, `{"spec":{"name":"first"}}`)
	o.wantOneCreate(t, o.awaitSynced(t))
}

func entriesOf(t *testing.T, o object, since int64) (actions []string) {
	t.Helper()
	for _, e := range o.entries(t, since) {
		actions = append(actions, e.Action)
	}
	return actions
}

// A run that waits for its role moves to a new version of the worker. The old version is then
// stopped, and the run continues unaffected.
func TestVersionChangesWhileItWaits(t *testing.T) {
	team := newUnmappedTeam(t)
	o := team.apply(t, "ec2.VPC", "patient", vpcSpec())
	o.awaitCondition(t, corev1alpha1.ConditionTypeResourceSynced, "False", "IAM Role is not available")
	ctx := within(t, 2*time.Minute)
	old := currentBuild(t)
	build := "next-" + team.account // differs from an earlier test run's
	next, err := w.StartWorker(ctx, "worker-3", "--build-id="+build)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { backTo(t, old, next) })
	if err := w.Starter(ctx, "deployment", "--set-current", "--build-id", build); err != nil {
		t.Fatal(err)
	}
	wantDrained(t, old)
	for _, name := range []string{"worker-1", "worker-2"} {
		if err := w.Part(name).Stop(ctx); err != nil {
			t.Fatal(err)
		}
	}
	w.mapRole(t, team.account, scenario.RoleIn(team.account))
	o.wantOneCreate(t, o.awaitSynced(t))
}

// wantDrained requires that Temporal itself reports a version as drained.
func wantDrained(t *testing.T, buildID string) {
	t.Helper()
	described, err := w.Temporal.WorkflowService().DescribeWorkerDeployment(t.Context(), &workflowservice.DescribeWorkerDeploymentRequest{
		Namespace: stack.TemporalNamespace, DeploymentName: "tack",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range described.GetWorkerDeploymentInfo().GetVersionSummaries() {
		if v.GetDeploymentVersion().GetBuildId() == buildID && v.GetStatus() != enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED {
			t.Errorf("version %s is %s, drainage %s", buildID, v.GetStatus(), v.GetDrainageInfo().GetStatus())
		}
	}
}

// A version whose workers are all dead delays no run. Making another version current ends and
// restarts such a run. Its claim makes that safe even while a create is unclear.
func TestVersionWithoutWorkersLeft(t *testing.T) {
	team := newTeam(t)
	rule := hold(t, team, "CreateVpc", "hold-after")
	o := team.apply(t, "ec2.VPC", "orphaned", vpcSpec())
	rule.wait(t)
	old := currentBuild(t)
	ctx := within(t, 2*time.Minute)
	for _, name := range []string{"worker-1", "worker-2"} {
		if err := w.Part(name).Kill(); err != nil {
			t.Fatal(err)
		}
	}
	build := "rescue-" + team.account
	rescue, err := w.StartWorker(ctx, "worker-4", "--build-id="+build)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { backTo(t, old, rescue) })
	if err := w.Starter(ctx, "deployment", "--set-current", "--build-id="+build, "--patience=3s"); err != nil {
		t.Fatal(err)
	}
	o.wantOneCreate(t, o.awaitSynced(t))
}

// backTo makes a version current again, with its workers, for the other tests.
func backTo(t *testing.T, build string, stop *stack.Part) {
	t.Helper()
	ctx := context.Background()
	for _, name := range []string{"worker-1", "worker-2"} {
		if w.Part(name).PID() == 0 {
			if err := w.Part(name).Start(ctx); err != nil {
				t.Error(err)
			}
		}
	}
	if err := w.Starter(ctx, "deployment", "--set-current", "--build-id", build); err != nil {
		t.Error(err)
	}
	if err := stop.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// raceSlice is how many orders an ordinary run tests.
const raceSlice = 8

// In every order of worker, bridge, role map entry, namespace and object, calls use only the mapped
// role, and all objects converge.
func TestStartUpRace(t *testing.T) {
	if *crashOnly+*crashKinds != "" {
		t.Skip("the flags select only rows of the matrix")
	}
	// Kubernetes has no objects before its API server runs.
	orders := ordersOf([]string{"apiserver", "bridge", "worker", "role", "namespace", "object"},
		map[string]string{"role": "apiserver", "namespace": "apiserver", "object": "namespace"})
	if !*crashAll {
		t.Logf("a slice of %d orders: repeat it with -crash.seed=%d", len(orders), *crashSeed)
		rand.New(rand.NewPCG(*crashSeed, 1)).Shuffle(len(orders), func(i, j int) { orders[i], orders[j] = orders[j], orders[i] })
		orders = orders[:raceSlice]
	}
	for _, order := range orders {
		t.Run(strings.Join(order, "-"), func(t *testing.T) {
			mark := lastSeq(t)
			for _, part := range []string{stack.Bridge, "worker-1", "worker-2", stack.APIServer} {
				if err := w.Part(part).Kill(); err != nil {
					t.Fatal(err)
				}
			}
			account := scenario.NewAccount()
			team := team{name: "race-" + account, account: account}
			o := team.object("ec2.VPC", "racer")
			var bridge chan error
			for _, what := range order {
				if what == "bridge" {
					bridge = make(chan error, 1)
					go func() { bridge <- w.Part(stack.Bridge).Start(context.Background()) }()
				} else {
					race(t, what, team, o)
				}
				// Without an API server the bridge cannot be ready.
				if bridge != nil && w.Part(stack.APIServer).PID() != 0 {
					if err := <-bridge; err != nil {
						t.Fatal(err)
					}
					bridge = nil
				}
			}
			o.wantOneCreate(t, o.awaitSynced(t))
			w.checkHistories(t, team.name)
			wantOnlyRole(t, account, mark)
		})
	}
}

// ordersOf returns all start orders of the parts; some parts must follow others.
func ordersOf(parts []string, after map[string]string) (orders [][]string) {
	var extend func(order, left []string)
	extend = func(order, left []string) {
		if len(left) == 0 {
			orders = append(orders, order)
		}
		for i, next := range left {
			if first := after[next]; first != "" && !slices.Contains(order, first) {
				continue
			}
			extend(append(slices.Clone(order), next), slices.Delete(slices.Clone(left), i, i+1))
		}
	}
	extend(nil, parts)
	return orders
}

func race(t *testing.T, what string, team team, o object) {
	t.Helper()
	start := func(names ...string) {
		for _, name := range names {
			if err := w.Part(name).Start(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
	switch what {
	case "namespace":
		w.applyNamespace(t, team.name, fields{corev1alpha1.AnnotationOwnerAccountID: team.account})
	case "object":
		o.create(t, vpcSpec())
	case "role":
		w.mapRole(t, team.account, scenario.RoleIn(team.account))
	case "apiserver":
		start(stack.APIServer)
	case "worker":
		start("worker-1", "worker-2")
	}
}

// wantOnlyRole checks that all calls since the mark used that role.
func wantOnlyRole(t *testing.T, account string, mark int64) {
	t.Helper()
	counts, err := w.AWS.Counts(t.Context(), mark)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		if c.Action != "AssumeRole" && c.Principal != scenario.RoleIn(account) {
			t.Errorf("%s was called as %s, want only as %s", c.Action, c.Principal, scenario.RoleIn(account))
		}
	}
}
