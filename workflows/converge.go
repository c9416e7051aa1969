package workflows

import (
	"math"
	"slices"

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
			return r.problemOf(plan)
		}
		got, what, err := r.hold(plan)
		if err != nil || what != again || plan.Create != nil && got.id == "" {
			return what, err
		}
		if !got.planned {
			continue
		}
		steps := withID(plan.Steps, got.id)
		if len(steps) == 0 && plan.Wait != nil {
			return r.awaitAWS(plan)
		}
		untried := r.untried(steps)
		if len(untried) == 0 {
			return r.conclude(plan, steps)
		}
		if interrupted, err := r.carryOut(untried, 0); interrupted || err != nil {
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
	in := resource.ObserveInput{Object: r.level.Object, Target: r.level.Target, Failures: r.failures, Done: r.done}
	in.Object.Deleting = in.Object.Deleting || r.level.Leaving // to AWS it is the same
	return in
}

// recorded says whether the object knows that id, and still has our finalizer.
func (r *run) recorded(id string) bool {
	claim := r.level.Object.Claim
	return claim.Recorded() && claim.ID == id && r.level.Object.Finalizer
}

// untried are the steps that AWS did not refuse in this pass already, up to the
// stage in which it refused one: nothing is removed when adding failed.
func (r *run) untried(steps []resource.Step) (untried []resource.Step) {
	last := math.MaxInt
	for _, step := range steps {
		if r.refusedStep(step) {
			last = min(last, step.Stage)
		}
	}
	for _, step := range steps {
		if step.Stage <= last && !r.refusedStep(step) {
			untried = append(untried, step)
		}
	}
	return untried
}

// refusedStep says whether the step was refused in this pass. One that is sent
// once and ended unclear gets a second try, now that AWS was looked at.
func (r *run) refusedStep(step resource.Step) bool {
	failures := r.failuresOf([]resource.Step{step})
	return len(failures) > 1 || len(failures) == 1 && (!step.Once || failures[0].Class != resource.Unclear)
}

// failuresOf are the failures of this pass that concern the steps.
func (r *run) failuresOf(steps []resource.Step) (failures []resource.Failure) {
	for _, failure := range r.failures {
		if slices.ContainsFunc(steps, failure.Step.Same) {
			failures = append(failures, failure)
		}
	}
	return failures
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
