package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// Plan tells what Tack would do for one object after a change that a person plans: which AWS calls, in
// which order. It writes nothing, neither to AWS nor to the object. The activities that read the object
// and observe AWS are those of Reconcile, so the calls are exactly those that Reconcile would make.
func Plan(ctx workflow.Context, in resource.PlanStart) (resource.Planned, error) {
	p := &planning{run: &run{ctx: ctx, kind: in.Ref.Kind, ref: in.Ref}, in: in}
	if err := p.propose(); err != nil {
		return resource.Planned{}, err
	}
	if p.planned.Problem != nil || p.level.Gone || p.needsNothing() {
		return p.planned, nil
	}
	plan, ok := p.look()
	if ok && plan.Accepter != (resource.Target{}) {
		p.accepter = plan.Accepter
		if err := p.propose(); err != nil {
			return resource.Planned{}, err
		}
		plan, ok = p.look()
	}
	if !ok {
		return p.planned, nil
	}
	p.tell(plan)
	return p.planned, p.describe(plan)
}

// planning is the state of a workflow that plans. Of the run, it uses the inputs and the options.
type planning struct {
	*run
	in      resource.PlanStart
	planned resource.Planned
}

// propose reads the object as it would be.
func (p *planning) propose() error {
	var proposal resource.Proposal
	in := resource.ProposeInput{PlanStart: p.in, Accepter: p.accepter}
	if err := p.ask(p.ctx, withPriority(p.soon(p.kubeOptions("read "+p.ref.String())), readPriority), resource.KubePropose, in, &proposal); err != nil {
		return err
	}
	level := proposal.Level
	p.level = level
	p.planned = resource.Planned{
		Exists: proposal.Exists, Target: level.Target, Stand: proposal.Stand, Advice: proposal.Advice,
		Waits: append(proposal.Held, level.Unresolved...), Problem: level.Problem,
	}
	if claim := level.Object.Claim; claim.Recorded() {
		p.planned.ID = claim.ID
	}
	switch {
	case level.Relocating:
		p.planned.Problem = nil // the resource is removed from its place first
	case level.Problem == nil && level.Wait != nil && !level.Object.Stays():
		p.planned.Problem = &resource.Problem{State: resource.Waiting, Reason: level.Wait.Reason, Message: level.Wait.Message}
	}
	return nil
}

// needsNothing reports whether an object in deletion has nothing in AWS that Tack would touch.
func (p *planning) needsNothing() bool {
	o := p.level.Object
	return o.Deleting && (!o.Finalizer || o.Goes() || o.Stays())
}

// look observes AWS. An observation that fails is a problem.
func (p *planning) look() (plan resource.Plan, ok bool) {
	err := p.ask(p.ctx, p.soon(p.readOptions("compare "+p.ref.String()+" with AWS")), p.verb(resource.VerbObserve), p.ahead(), &plan)
	if err != nil {
		failure := asFailure(resource.Step{}, err)
		p.planned.Problem = &resource.Problem{State: resource.Blocked, Reason: failure.Code, Message: failure.Message}
	}
	return plan, err == nil
}

// ahead is the input of an observation that also tells of further rounds.
func (p *planning) ahead() resource.ObserveInput {
	in := p.observeInput()
	in.Ahead = true
	return in
}

// tell keeps what a plan says beside its calls.
func (p *planning) tell(plan resource.Plan) {
	p.planned.Adopted, p.planned.Problem = plan.Adopted, plan.Problem
	if plan.ID != "" {
		p.planned.ID = plan.ID
	}
	p.planned.Notes = append(p.planned.Notes, plan.Notes...)
	for _, advice := range plan.Advice {
		p.planned.Advice = append(p.planned.Advice, advice.Message)
	}
	if plan.Wait != nil {
		p.planned.Waits, p.planned.Later = append(p.planned.Waits, plan.Wait.Message), !p.level.Object.Deleting
	}
	if waits := p.dependents(); waits != nil {
		p.planned.Waits = append(p.planned.Waits, waits.Message)
	}
	if plan.Create != nil && p.level.Object.Claim.Open() {
		p.planned.Waits = append(p.planned.Waits, "the outcome of an earlier create is unclear: Tack first searches for its resource")
	}
	if p.level.Relocating {
		p.planned.Advice = append(p.planned.Advice, "after these calls, Tack creates another resource in account "+p.level.Asked.AccountID+", Region "+p.level.Asked.Region)
	}
}

// describe lists the calls of a plan.
func (p *planning) describe(plan resource.Plan) error {
	if plan.Create == nil && len(plan.Steps) == 0 && len(plan.Later) == 0 {
		return nil
	}
	in := resource.DescribeInput{Plan: plan, Owner: p.level.Object.Owner, Target: p.level.Target, DryRun: p.in.DryRun}
	options := p.soon(p.awsOptions("describe the calls"))
	options.StartToCloseTimeout = planLimit
	return p.ask(p.ctx, options, p.verb(resource.VerbDescribe), in, &p.planned.Calls)
}

// soon bounds an activity for which a person waits.
func (p *planning) soon(o workflow.ActivityOptions) workflow.ActivityOptions {
	o.ScheduleToCloseTimeout = planLimit
	return o
}
