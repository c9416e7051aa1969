package workflows

import (
	"fmt"
	"math"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// converge observes and acts until AWS matches the spec, or until only a person, time or another
// object can help.
func (r *run) converge() (next, error) {
	r.rests = settleRests
	for range maxRounds {
		if over, what, err := r.round(); over {
			return what, err
		}
	}
	return r.blocked(resource.ReasonNotSettling, fmt.Sprintf(
		"after %d rounds of changes AWS still shows what they were to change: %s. Look whether another tool changes it back; it is tried again later", maxRounds, r.differing()))
}

// over ends a pass.
func over(what next, err error) (bool, next, error) { return true, what, err }

// round observes AWS and carries out the plan, unless the pass is over.
func (r *run) round() (bool, next, error) {
	for {
		plan, got, ended, what, err := r.look()
		if ended {
			return over(what, err)
		}
		if !got.planned {
			return false, again, nil
		}
		steps := withID(plan.Steps, got.id)
		untried := r.untried(steps)
		if len(untried) == 0 {
			return over(r.nothingToDo(plan, steps))
		}
		r.last = untried
		rested, interrupted, err := r.restOrCarryOut(untried)
		if interrupted || err != nil || r.reset {
			return over(r.unless(err))
		}
		if !rested {
			return false, again, nil
		}
	}
}

// look observes AWS and secures the resource. The pass ends where there is nothing to work on. It
// also ends where an object in doubt gets its claim back: the next pass works from the claim.
func (r *run) look() (plan resource.Plan, got made, ended bool, what next, err error) {
	plan, err = r.observe()
	if err != nil {
		what, err = r.refused(err)
		return plan, got, true, what, err
	}
	if plan.Problem != nil {
		what, err = r.problemOf(plan)
		return plan, got, true, what, err
	}
	doubted := r.level.Object.Doubt != nil && plan.Create == nil
	got, what, err = r.hold(plan)
	if err != nil || what != again {
		return plan, got, true, what, err
	}
	return plan, got, doubted && got.id != "" || plan.Create != nil && got.id == "", what, nil
}

// differing names what the last steps of a pass should have changed.
func (r *run) differing() string {
	var words []string
	for _, step := range r.last {
		text := step.Summary
		if step.Path != "" {
			text = step.Path + ": " + text
		}
		words = append(words, text)
	}
	return resource.Several(words)
}

func (r *run) nothingToDo(plan resource.Plan, refused []resource.Step) (next, error) {
	if len(refused) == 0 && plan.Wait != nil {
		return r.awaitAWS(plan, r.observeInput())
	}
	return r.conclude(plan, refused)
}

// restOrCarryOut sends the steps. If AWS carried out all of them and does not show that yet, it
// rests instead.
func (r *run) restOrCarryOut(steps []resource.Step) (rested, interrupted bool, err error) {
	if len(r.rests) == 0 || !r.notShownYet(steps) {
		interrupted, err = r.carryOut(steps, telling)
		return false, interrupted, err
	}
	interrupted, err = r.rest(r.rests[0])
	r.rests = r.rests[1:]
	return true, interrupted, err
}

// notShownYet reports whether AWS already carried out all of these steps in this pass. Then its
// reads are stale, and the steps need time instead of a repeat.
func (r *run) notShownYet(steps []resource.Step) bool {
	for _, step := range steps {
		if !slices.ContainsFunc(r.sent, step.Same) {
			return false
		}
	}
	return workflow.GetVersion(r.ctx, "aws-is-given-time", workflow.DefaultVersion, 1) > workflow.DefaultVersion
}

func (r *run) observe() (plan resource.Plan, err error) {
	if r.ahead != nil {
		plan, r.ahead = *r.ahead, nil
		r.observed(plan)
		return plan, nil
	}
	ctx := workflow.WithActivityOptions(r.ctx, r.readOptions("compare "+r.ref.String()+" with AWS"))
	err = workflow.ExecuteActivity(ctx, r.kind+"/"+resource.VerbObserve, r.observeInput()).Get(ctx, &plan)
	r.observed(plan)
	return plan, err
}

// observed keeps what an observation says apart from its steps. An observation that failed, or that
// did not find the resource by its tags, proves no id.
func (r *run) observed(plan resource.Plan) {
	r.advice, r.planned, r.proven = plan.Advice, plan.Run, ""
	if plan.Proven {
		r.proven = plan.ID
	}
}

func (r *run) observeInput() resource.ObserveInput {
	in := resource.ObserveInput{Object: r.level.Object, Target: r.level.Target, Failures: r.failures, Done: r.done}
	in.Object.Deleting = in.Object.Deleting || r.level.Leaving // for AWS, both are a deletion
	in.Since = r.doubtedSince()
	return in
}

// doubtedSince returns the time of the workflow's first observation of this object in doubt. It is
// zero for an object without a doubt. Only the input of an activity depends on it, so stored
// histories still replay.
func (r *run) doubtedSince() time.Time {
	switch {
	case !r.level.Object.InDoubt():
		r.carry.Doubted = resource.Doubted{}
	case r.carry.Doubted.UID != r.uid():
		r.carry.Doubted = resource.Doubted{UID: r.uid(), Since: workflow.Now(r.ctx)}
	}
	return r.carry.Doubted.Since
}

// recorded reports whether the object holds that id and still has our finalizer.
func (r *run) recorded(id string) bool {
	claim := r.level.Object.Claim
	return claim.Recorded() && claim.ID == id && r.level.Object.Finalizer
}

// untried returns the steps that AWS did not refuse in this pass, up to the stage in which it
// refused one. Nothing is removed when an addition failed. A step that gets a second try is sent in
// any stage, because the step that made room for it may be done already.
func (r *run) untried(steps []resource.Step) (untried []resource.Step) {
	last := math.MaxInt
	for _, step := range steps {
		if r.refusedStep(step) {
			last = min(last, step.Stage)
		}
	}
	for _, step := range steps {
		if (step.Stage <= last || step.Again) && !r.refusedStep(step) {
			untried = append(untried, step)
		}
	}
	return untried
}

// refusedStep reports whether the step was refused in this pass. A step that is sent once and ended
// unclear gets a second try after an observation of AWS. So does a step for which the plan makes
// room.
func (r *run) refusedStep(step resource.Step) bool {
	failures := r.failuresOf(step)
	return len(failures) > 1 || len(failures) == 1 && !step.Again && (!step.Once || failures[0].Class != resource.Unclear)
}

// failuresOf returns the failures of this pass that concern the steps.
func (r *run) failuresOf(steps ...resource.Step) (failures []resource.Failure) {
	for _, failure := range r.failures {
		if slices.ContainsFunc(steps, failure.Step.Same) {
			failures = append(failures, failure)
		}
	}
	return failures
}

// unless continues with another pass, unless there is an error.
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
