// Package workflows holds the one workflow that drives every kind. The workflow type is the kind,
// and its steps are the recorded plans. No code in it depends on a kind. It imports only package
// resource.
//
// Start with this file: from Reconcile down, it is the life of an object. Each stage returns an
// outcome, which says whether the pass goes on. The other files hold the details:
//
//   - outcome.go, run.go: what may follow a stage, and the state of a run
//   - level.go, mailbox.go: the inputs of a pass, and the signals that change them
//   - observe.go, steps.go, send.go, skipped.go: AWS's state, the plan, and its steps
//   - accepter.go: steps that call in another account
//   - create.go, claim.go, sweep.go: one create, exactly once
//   - teardown.go, held.go: the deletion
//   - replace.go: another resource in place of one with a field that AWS cannot change
//   - wait.go, report.go, end.go, lasting.go, refusals.go, visibility.go: what a person sees
//   - activity.go, options.go, failure.go: activities, their timeouts, retries and errors
//   - versions.go: changes that old runs do not make
package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// Reconcile makes AWS match the spec of one object, or deletes its resource, and ends. It is
// registered once under each kind's name.
//
// A run lasts for one burst of changes. A wait keeps it open, for at most ten minutes before it
// continues as new. A run fails only because of a bug, or because someone cancels it.
func Reconcile(ctx workflow.Context, in resource.Start) (resource.Result, error) {
	r := newRun(ctx, in)
	for {
		// Record the id even if its object is gone: another object may already have that name.
		out := r.recordCarried()
		if out != nextRun && out != failed {
			out = r.pass()
		}
		if out == failed {
			return r.result, r.err
		}
		if out != done && r.forced {
			r.mail.force = true // this pass did not complete
		}
		// Nothing may yield between this drain and the end of the run. A signal that arrives later
		// fails the workflow task, and its second try receives it.
		r.mail.drain()
		switch {
		case r.reset:
			return r.result, r.continueAsNew()
		case out == done && !r.mail.poked:
			r.showInSearch()
			return r.result, nil
		case out == nextRun || r.mail.roll || workflow.GetInfo(ctx).GetContinueAsNewSuggested():
			return r.result, r.continueAsNew()
		}
	}
}

// pass takes one level and does all the work for it. It never returns goOn.
func (r *run) pass() outcome {
	if out := r.takeLevel(); out != goOn {
		return out
	}
	r.startPass()
	switch level := r.level; {
	case level.Gone:
		r.result = resource.Result{State: resource.Gone}
		return done
	case level.Object.Deleting:
		return r.teardown()
	case level.ReportedState != "" && (!r.forced || level.Kept):
		return done
	case level.Relocating:
		return r.moveAway()
	case level.Problem != nil:
		return r.problem(level.Problem)
	case level.Wait != nil:
		return r.gate()
	}
	return r.converge()
}

// converge observes and acts until AWS matches the spec, or until only a person, time or another
// object can help.
func (r *run) converge() outcome {
	r.pauses = stalePauses
	for range maxRounds {
		if out := r.round(); out != goOn {
			return out
		}
	}
	return r.blocked(resource.ReasonNotSettling, fmt.Sprintf(
		"AWS does not show these changes after %d rounds: %s. Check whether another tool reverts them. Tack tries again later", maxRounds, r.lastSteps()))
}

// round observes AWS and carries out the plan. While AWS does not show what it carried out, the
// round pauses and observes again.
func (r *run) round() outcome {
	for {
		plan, got, out := r.look()
		if out != goOn || !got.planned {
			return out
		}
		if plan.Replaces {
			return r.replace()
		}
		steps := withID(plan.Steps, got.id)
		untried := r.untried(steps)
		if len(untried) == 0 {
			return r.conclude(plan, steps)
		}
		r.tried.last = untried
		if len(r.pauses) == 0 || !r.notShownYet(untried) {
			return r.carryOutLast(plan, untried)
		}
		if out := r.rest(); out != goOn {
			return out
		}
	}
}

// carryOutLast carries out steps, and ends the pass if nothing is left to do after those of the plan.
func (r *run) carryOutLast(plan resource.Plan, steps []resource.Step) outcome {
	failed := len(r.tried.failures)
	r.tried.alone = plan.Alone
	out := r.carryOut(steps, reporting, !plan.Last)
	if out == goOn && plan.Last && len(r.tried.failures) == failed && len(steps) == len(plan.Steps) {
		return r.conclude(plan, nil)
	}
	return out
}

// look observes AWS and secures the resource: afterwards it exists, and its id is recorded. An
// object in doubt gets its claim back, and the next pass works from the claim.
func (r *run) look() (plan resource.Plan, got secured, out outcome) {
	if plan, out = r.observe(); out == goOn {
		out = r.askForAccepter(plan)
	}
	if out != goOn {
		return plan, got, out
	}
	if plan.Problem != nil {
		if out = r.recordTaken(plan); out == goOn {
			out = r.problemOf(plan)
		}
		return plan, got, out
	}
	doubted := r.level.Object.Doubt != nil && plan.Create == nil
	got, out = r.secure(plan)
	if doubted && got.id != "" || plan.Create != nil && got.id == "" {
		out = out.then(nextPass)
	}
	return plan, got, out
}

// secured is a resource that the object has.
type secured struct {
	id      string
	planned bool // the steps of the plan are valid for it; otherwise AWS is observed again
	absent  bool // AWS showed none throughout the window, and it is still needed
}

// secure ensures that there is a resource and that its id is recorded.
func (r *run) secure(plan resource.Plan) (secured, outcome) {
	got := secured{id: plan.ID, planned: true}
	switch {
	case plan.Create != nil:
		return r.create(plan)
	case plan.ID == "" && r.level.Object.Claim.Open():
		return r.lookUpOpen(plan)
	case plan.ID == "" || r.holds(plan):
		return got, goOn
	}
	return got, r.record(resource.CallOutput{ID: plan.ID, ARN: plan.ARN}, plan.Incarnation, true)
}

// conclude ends a pass in which nothing is left to try. AWS matches the spec, or it refused the
// rest, or the object waits.
func (r *run) conclude(plan resource.Plan, refused []resource.Step) outcome {
	level, report := r.level, synced(plan)
	switch {
	case len(refused) > 0:
		return r.reportRefusals(someHope(r.failuresOf(refused...), refused), &plan)
	case plan.Wait != nil:
		return r.awaitAWS(plan, r.observeInput())
	case len(plan.Notes) > 0:
		return r.reportNotes(plan)
	case len(level.Unresolved) > 0:
		wait := &resource.Wait{Reason: resource.ReasonReferencesNotReady, Message: resource.Several(level.Unresolved)}
		return r.awaitLevel(wait, resource.Report{Status: plan.Status})
	case level.Object.Claim.Replaces():
		return r.clean(report)
	case plan.Sweep:
		return r.sweep(report)
	case level.ReportedState == resource.Synced && plan.Status == nil && plan.Late == nil && !plan.Adopted && plan.Next.IsZero() && !r.showsTrouble() && !level.Object.ReadOnly:
		r.result.State = resource.Synced
		return done // a pass that found nothing to do writes nothing
	}
	return r.end(report)
}

// teardown deletes the resource. It removes the finalizer last, after AWS says that the resource is
// gone. It resolves no references.
func (r *run) teardown() outcome {
	switch claim := r.level.Object.Claim; {
	case r.level.Problem != nil:
		return r.problem(r.level.Problem)
	case !r.level.Object.Finalizer:
		// The object is already released; finalizers of others still hold it.
		r.result = resource.Result{State: resource.Deleted}
		return done
	case claim.Nothing() && r.level.Object.Doubt == nil:
		return r.removeFinalizer("Tack never sent a request for it")
	case r.level.Object.Stays():
		return r.removeFinalizer("the object is read-only: its resource stays in AWS as it is")
	case r.level.Wait != nil:
		return r.gate()
	}
	return r.removeResource()
}

// moveAway removes the resource from its present place, because someone asked to release it there, or to
// replace it. The next pass makes another in the place that the inputs now name.
func (r *run) moveAway() outcome {
	if r.level.Wait != nil {
		return r.awaitLevel(r.level.Wait, resource.Report{})
	}
	return r.removeResource()
}

// removeResource observes and acts until AWS says that the resource is gone.
func (r *run) removeResource() outcome {
	how := eager
	if r.namesTheGone() || r.carry.Waited {
		how = quick
	}
	r.tried.waited, r.carry.Waited = r.carry.Waited, false
	for range maxRounds {
		plan, got, out := r.look()
		switch {
		case out != goOn:
			return out
		case got.id == "" || got.planned && len(plan.Steps) == 0:
			return r.finishRemoval(plan, got.id)
		case !got.planned:
			continue
		}
		if out := r.sendDeletion(plan, &how); out != goOn {
			return out
		}
	}
	return r.blocked(resource.ReasonNotDeleted, fmt.Sprintf(
		"%s still exists after %d rounds of deleting: %s. Check in AWS what holds it. Tack tries again later", r.level.Object.Claim.ID, maxRounds, r.lastSteps()))
}
