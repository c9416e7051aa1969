package workflows_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/workflows"
)

// drawing is a cluster and an AWS for a workflow that plans.
type drawing struct {
	proposal resource.Proposal
	plans    []resource.Plan // of Observe, in turn
	refusal  error           // of Observe
	calls    []string
	proposes []resource.ProposeInput
	looks    []resource.ObserveInput
	asked    resource.DescribeInput
}

// drawn runs the workflow. An activity that writes is not registered, so the workflow cannot run one.
func (d *drawing) drawn(t *testing.T, in resource.PlanStart) resource.Planned {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	env := suite.NewTestWorkflowEnvironment()
	env.RegisterWorkflowWithOptions(workflows.Plan, workflow.RegisterOptions{Name: resource.WorkflowPlan})
	note := func(ctx context.Context) { d.calls = append(d.calls, activity.GetInfo(ctx).ActivityType.Name) }
	for name, run := range map[string]any{
		resource.KubePropose: func(ctx context.Context, in resource.ProposeInput) (resource.Proposal, error) {
			note(ctx)
			d.proposes = append(d.proposes, in)
			return d.proposal, nil
		},
		kind + "/" + resource.VerbObserve: func(ctx context.Context, in resource.ObserveInput) (plan resource.Plan, err error) {
			note(ctx)
			d.looks = append(d.looks, in)
			if d.refusal == nil {
				plan, d.plans = d.plans[0], d.plans[1:]
			}
			return plan, d.refusal
		},
		kind + "/" + resource.VerbDescribe: func(ctx context.Context, in resource.DescribeInput) ([]resource.PlannedCall, error) {
			note(ctx)
			d.asked = in
			return []resource.PlannedCall{{Order: 1, Action: "test:CreateThing"}}, nil
		},
	} {
		env.RegisterActivityWithOptions(run, activity.RegisterOptions{Name: name})
	}
	in.Ref = ref
	env.ExecuteWorkflow(resource.WorkflowPlan, in)
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	var got resource.Planned
	if err := env.GetWorkflowResult(&got); err != nil {
		t.Fatal(err)
	}
	return got
}

// proposed is a proposal for an object that may call AWS.
func proposed() resource.Proposal {
	return resource.Proposal{Exists: true, Level: resource.Level{
		Object: resource.Object{Owner: resource.Owner{Ref: ref, UID: "u1"}, Spec: json.RawMessage(`{}`)},
		Target: resource.Target{AccountID: "111122223333", Region: "us-west-2", RoleARN: "arn:aws:iam::111122223333:role/tack"},
	}}
}

const all = resource.KubePropose + " " + kind + "/Observe " + kind + "/Describe"

// A plan reads the object as it would be, observes AWS and describes the calls. It runs no activity that
// writes.
func TestPlan(t *testing.T) {
	change := resource.Plan{
		ID: thingID, Steps: []resource.Step{step("Add", "it", 0)}, Notes: []string{"spec.size"}, Advice: []resource.Advice{{Message: "mind"}},
		Wait: &resource.Wait{Message: "AWS is busy"},
	}
	for name, test := range map[string]struct {
		change  func(*resource.Proposal)
		plan    resource.Plan
		calls   string
		planned func(resource.Planned) bool
	}{
		"a create":      {func(p *resource.Proposal) { p.Exists = false }, making(), all, func(p resource.Planned) bool { return !p.Exists && len(p.Calls) == 1 && p.Problem == nil }},
		"nothing to do": {nil, having(), resource.KubePropose + " " + kind + "/Observe", func(p resource.Planned) bool { return p.ID == thingID && p.Calls == nil }},
		"words": {nil, change, all, func(p resource.Planned) bool {
			return p.Notes[0] == "spec.size" && p.Advice[0] == "mind" && p.Waits[0] == "AWS is busy" && p.Later
		}},
		"a problem in AWS":  {nil, resource.Plan{Problem: &resource.Problem{Reason: "NotOwned"}}, resource.KubePropose + " " + kind + "/Observe", func(p resource.Planned) bool { return p.Problem.Reason == "NotOwned" }},
		"no such object":    {func(p *resource.Proposal) { p.Level = resource.Level{Gone: true} }, change, resource.KubePropose, func(p resource.Planned) bool { return p.Problem == nil }},
		"a problem":         {func(p *resource.Proposal) { p.Level.Problem = &resource.Problem{Reason: "Paused"} }, change, resource.KubePropose, func(p resource.Planned) bool { return p.Problem.Reason == "Paused" }},
		"no role":           {func(p *resource.Proposal) { p.Level.Wait = &resource.Wait{Reason: "RoleNotMapped"} }, change, resource.KubePropose, func(p resource.Planned) bool { return p.Problem.Reason == "RoleNotMapped" }},
		"an id to come":     {func(p *resource.Proposal) { p.Stand, p.Held = []resource.StandIn{{Text: "x"}}, []string{"y"} }, making(), all, func(p resource.Planned) bool { return p.Stand[0].Text == "x" && p.Waits[0] == "y" }},
		"a deletion":        {deleting(true), having(del()), all, func(p resource.Planned) bool { return len(p.Calls) == 1 }},
		"of nothing":        {deleting(false), change, resource.KubePropose, func(p resource.Planned) bool { return p.Calls == nil }},
		"an unclear create": {func(p *resource.Proposal) { p.Level.Object.Claim = &resource.Claim{} }, making(), all, func(p resource.Planned) bool { return strings.Contains(p.Waits[0], "earlier create is unclear") }},
		"to another account": {func(p *resource.Proposal) { p.Level.Relocating, p.Level.Problem = true, &resource.Problem{} }, having(del()), all, func(p resource.Planned) bool {
			return strings.Contains(p.Advice[0], "another resource") && p.Problem == nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			d := &drawing{proposal: proposed(), plans: []resource.Plan{test.plan}}
			if test.change != nil {
				test.change(&d.proposal)
			}
			got := d.drawn(t, resource.PlanStart{DryRun: true})
			d.wantCalls(t, test.calls)
			if !test.planned(got) {
				t.Errorf("got %+v", got)
			}
			if len(got.Calls) > 0 {
				d.wantAsked(t, test.plan)
			}
		})
	}
}

// wantAsked checks that the calls of a plan were described, with a dry run.
func (d *drawing) wantAsked(t *testing.T, plan resource.Plan) {
	t.Helper()
	if !d.asked.DryRun || !cmp.Equal(d.asked.Plan, plan) || d.asked.Owner.UID != "u1" {
		t.Errorf("it asked about %+v", d.asked)
	}
}

// wantCalls checks which activities ran.
func (d *drawing) wantCalls(t *testing.T, want string) {
	t.Helper()
	if got := strings.Join(d.calls, " "); got != want {
		t.Errorf("it ran %s, want %s", got, want)
	}
}

// deleting is an object in deletion, with or without a resource.
func deleting(claimed bool) func(*resource.Proposal) {
	return func(p *resource.Proposal) {
		p.Level.Object.Deleting, p.Level.Object.Finalizer = true, true
		if claimed {
			p.Level.Object.Claim = &resource.Claim{ID: thingID}
		}
	}
}

// A call in another account needs a second look, with the role for that account.
func TestPlanWithAccepter(t *testing.T) {
	there := resource.Target{AccountID: "444455556666", Region: "us-west-2"}
	first := having()
	first.Accepter = there
	d := &drawing{proposal: proposed(), plans: []resource.Plan{first, having(step("Add", "it", 0))}}
	if got := d.drawn(t, resource.PlanStart{}); len(got.Calls) != 1 || len(d.looks) != 2 || d.proposes[1].Accepter != there {
		t.Errorf("got %+v after %d looks, asking for %+v", got, len(d.looks), d.proposes)
	}
}

// AWS's refusal of a look is the problem of the plan.
func TestPlanWithoutAnswer(t *testing.T) {
	d := &drawing{proposal: proposed(), refusal: temporal.NewNonRetryableApplicationError("no", "RoleDenied", nil)}
	if got := d.drawn(t, resource.PlanStart{}); got.Problem == nil || got.Problem.Reason != "RoleDenied" || got.Problem.Message != "no" {
		t.Errorf("got %+v", got.Problem)
	}
}
