package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// converge observes and acts until AWS is as the spec says, or until only a
// person, time or another object can help.
func (r *run) converge() (next, error) {
	for range maxRounds {
		plan, err := r.observe()
		if err != nil {
			return r.refused(err)
		}
		if plan.Problem != nil {
			return r.problem(plan.Problem)
		}
		steps := plan.Steps
		switch {
		case plan.Create != nil:
			made, what, err := r.make(plan)
			if err != nil || made.id == "" || what != again {
				return what, err
			}
			if !made.fresh || len(plan.Steps) == 0 {
				continue
			}
			steps = withID(plan.Steps, made.id)
		case !r.recorded(plan.ID):
			if what, err := r.record(resource.CallOutput{ID: plan.ID, ARN: plan.ARN}, plan.Incarnation, true); what != again || err != nil {
				return what, err
			}
		}
		if len(steps) == 0 && plan.Wait != nil {
			return r.awaitAWS(plan)
		}
		untried := r.untried(steps)
		if len(untried) == 0 {
			return r.conclude(plan, steps)
		}
		if interrupted, err := r.carryOut(untried); interrupted || err != nil {
			return r.unless(err)
		}
	}
	return r.blocked("NotSettling", "the resource still differs after several rounds of changes; it is tried again later")
}

func (r *run) observe() (plan resource.Plan, err error) {
	if r.ahead != nil {
		plan, r.ahead = *r.ahead, nil
		return plan, nil
	}
	ctx := workflow.WithActivityOptions(r.ctx, r.readOptions("compare "+r.ref.String()+" with AWS"))
	err = workflow.ExecuteActivity(ctx, r.kind+"/"+resource.VerbObserve, r.observeInput()).Get(ctx, &plan)
	return plan, err
}

func (r *run) observeInput() resource.ObserveInput {
	return resource.ObserveInput{Object: r.level.Object, Target: r.level.Target, Failures: r.failures, Done: r.done}
}

// recorded says whether the object knows that id, and still has our finalizer.
func (r *run) recorded(id string) bool {
	claim := r.level.Object.Claim
	return claim.Recorded() && claim.ID == id && r.level.Object.Finalizer
}

// untried are the steps that AWS did not refuse in this pass already.
func (r *run) untried(steps []resource.Step) (untried []resource.Step) {
	for _, step := range steps {
		refused := false
		for _, f := range r.failures {
			refused = refused || f.Step.Same(step)
		}
		if !refused {
			untried = append(untried, step)
		}
	}
	return untried
}

// unless goes on with another pass, unless err says otherwise.
func (r *run) unless(err error) (next, error) {
	if err != nil {
		return r.overdue(err)
	}
	return again, nil
}

func withID(steps []resource.Step, id string) []resource.Step {
	out := make([]resource.Step, 0, len(steps))
	for _, step := range steps {
		out = append(out, step.WithID(id))
	}
	return out
}
