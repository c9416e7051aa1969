package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// create creates a resource, exactly once. The claim is written before the request, and the id
// right after it.
func (r *run) create(plan resource.Plan) (secured, outcome) {
	unclear, recorded := r.level.Object.Claim.Open(), r.level.Object.Claim.Recorded()
	if unclear {
		// An earlier run claimed, and may have sent the create.
		if found, out := r.recover(plan); !found.absent {
			return found, out
		}
		r.giveUp()
	}
	if out := r.newer(); out != goOn {
		return secured{}, out
	}
	if out := r.claim(plan); out != goOn {
		return secured{}, out
	}
	switch out := r.stopped(); {
	case out == nextPass && !unclear && !r.reset:
		return secured{}, r.voidClaim().then(out) // nothing was sent
	case out != goOn:
		return secured{}, out
	}
	return r.sendClaimed(plan, unclear, recorded)
}

// sendClaimed sends the create until its outcome is clear, a few times at most. The outcome of an
// earlier send may be unclear, or an earlier resource may be recorded.
func (r *run) sendClaimed(plan resource.Plan, unclear, recorded bool) (secured, outcome) {
	for sent := 1; ; sent++ {
		answer, failure, out := r.sendCreate(plan)
		switch {
		case out != goOn:
			return secured{}, out
		case failure == nil:
			return secured{id: answer.ID, planned: len(plan.Steps) > 0}, r.record(answer, plan.Incarnation, false)
		case failure.Code == resource.CodeReset:
			return secured{}, r.resetIf(true)
		}
		r.creating.failure = failure
		lost, taken := failure.Class == resource.Unclear, failure.Class == resource.Exists
		if r.mayBeOurs(lost, taken, unclear, recorded) {
			if found, out := r.recover(plan); !found.absent {
				return found, out
			}
		}
		if !lost || sent == maxSends {
			return secured{}, r.notMade(*failure, lost || unclear && !taken)
		}
		// AWS showed none, and no sender is left: send again.
		r.giveUp()
		unclear = true
		if out := r.claimAgain(plan); out != goOn {
			return secured{}, out
		}
	}
}

// claimAgain claims the create for another send. If a newer level forbids that send, the claim stays
// open, because the request before it is lost.
func (r *run) claimAgain(plan resource.Plan) outcome {
	if out := r.claim(plan); out != goOn {
		return out
	}
	return r.stopped()
}

// mayBeOurs reports whether the resource with that name may be the object's own. An earlier request
// made it, or it is the recorded one. A stale replica may have shown that one as gone, so a search
// precedes the voiding of its claim.
func (r *run) mayBeOurs(lost, taken, unclear, recorded bool) bool {
	return lost || taken && (unclear || recorded && r.supports(searchesRecorded))
}

// sendCreate sends the create once. Only throttling is retried inside the activity, because AWS
// throttles before it does anything. The object reports a failure that lasts.
func (r *run) sendCreate(plan resource.Plan) (answer resource.CallOutput, failure *resource.Failure, out outcome) {
	answer, failure, out = r.sendCreateAs(plan, reporting)
	if failure == nil || out != goOn || failure.Class == resource.Dependent || !r.lasting(*failure) {
		return answer, failure, out
	}
	switch r.reportLasting([]resource.Failure{*failure}) {
	case goOn:
		if stopped := r.stopped(); stopped != goOn {
			return answer, failure, r.resetIf(false) // the refusal counts, and the claim is voided
		}
		return r.sendCreateAs(plan, patient)
	case failed:
		return answer, failure, failed
	default:
		return answer, failure, r.resetIf(false) // the refusal counts, and the claim is voided
	}
}

func (r *run) sendCreateAs(plan resource.Plan, how patience) (answer resource.CallOutput, failure *resource.Failure, out outcome) {
	step := *plan.Create
	step.Once = true // even if the plan does not say so
	in := r.callAs(step, how)
	in.Owner = r.level.Object.Owner.Tag()
	err := r.ask(r.detached(), r.stepOptions(step, how), r.verb(resource.VerbCreate), in, &answer)
	if err == nil {
		return answer, nil, goOn
	}
	refusal := asFailure(step, err)
	if cancelled := r.ctx.Err(); cancelled != nil {
		return answer, &refusal, r.fail(cancelled)
	}
	return answer, &refusal, goOn
}

// notMade reports a create that AWS refused. Unless an earlier send is still unclear, it also voids
// the claim, because nothing was made.
func (r *run) notMade(failure resource.Failure, unclear bool) outcome {
	if !unclear {
		if out := r.voidClaim(); out != goOn {
			return out
		}
	}
	return r.reportRefusals([]resource.Failure{failure}, nil)
}

// recover searches for a resource that an unclear create may have made. If there is none, it voids
// the claim when the resource is not needed any more: the inputs name another place, or something
// newer arrived.
func (r *run) recover(plan resource.Plan) (secured, outcome) {
	found, out := r.lookUp(plan)
	if !found.absent {
		return found, out
	}
	switch out = r.superseded(); {
	case out == goOn && !r.level.Moved:
		return found, goOn
	case out != goOn && out != nextPass:
		return secured{}, out
	}
	r.next.level = nil // it was read before the claim becomes void
	r.giveUp()
	return secured{}, r.voidClaim().then(nextPass)
}

// lookUpOpen searches for the resource of an open claim that the observation did not show. A search
// that AWS did not answer proves nothing. After the wait, another pass searches again.
func (r *run) lookUpOpen(plan resource.Plan) (secured, outcome) {
	got, out := r.lookUp(plan)
	if out == nextPass && !r.reset && !r.supports(searchesAfterWait) {
		return secured{}, goOn
	}
	return got, out
}

// lookUp searches for a resource that an unclear create may have made. Absent means that AWS showed
// none throughout the window and that no earlier sender can be alive.
func (r *run) lookUp(plan resource.Plan) (secured, outcome) {
	found, out := r.find()
	if out != goOn {
		return secured{}, out
	}
	if found.ID == "" {
		return secured{absent: true}, goOn
	}
	r.seen.proven = found.ID // the search was by the owner's tag
	incarnation := max(plan.Incarnation, found.Incarnation)
	return secured{id: found.ID}, r.record(resource.CallOutput{ID: found.ID, ARN: found.ARN}, incarnation, true)
}

// find searches until AWS shows the resource, or shows none throughout the window. If there is none
// within seconds, the object reports AWS's answer to the create.
func (r *run) find() (found resource.Found, out outcome) {
	const summary = "search for the result of an unclear create"
	in := r.observeInput()
	in.Since, in.EndToReport = workflow.Now(r.ctx), true
	for {
		err := r.ask(r.ctx, waitOptions(r.readOptions(summary)), r.verb(resource.VerbFind), in, &found)
		if err == nil {
			return found, goOn
		}
		failure := asFailure(resource.Step{Summary: summary}, err)
		if failure.Class != resource.NotFound || !in.EndToReport || !r.lasting(failure) {
			return found, r.notObserved(err)
		}
		in.EndToReport = false
		if r.creating.failure != nil {
			failure = *r.creating.failure
		}
		if out = r.reportLasting([]resource.Failure{failure}); out != goOn {
			return found, out
		}
	}
}
