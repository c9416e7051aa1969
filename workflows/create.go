package workflows

import (
	"crypto/sha256"
	"encoding/hex"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// made is a resource that the object has.
type made struct {
	id      string
	planned bool // the steps of the plan are valid for it; otherwise AWS is observed again
	absent  bool // AWS showed none throughout the window, and it is still needed
}

// recorded returns m with the result of recording its id.
func (m made) recorded(what next, err error) (made, next, error) { return m, what, err }

// none returns no resource, and what happens instead.
func none(what next, err error) (made, next, error) { return made{}, what, err }

// hold ensures that there is a resource and that its id is recorded. If it returns no id and again,
// the pass is over.
func (r *run) hold(plan resource.Plan) (made, next, error) {
	switch {
	case plan.Create != nil:
		return r.make(plan)
	case plan.ID == "" && r.level.Object.Claim.Open():
		return r.lookUp(plan)
	case plan.ID == "" || r.recorded(plan.ID):
		return made{id: plan.ID, planned: true}, again, nil
	}
	got := made{id: plan.ID, planned: true}
	return got.recorded(r.record(resource.CallOutput{ID: plan.ID, ARN: plan.ARN}, plan.Incarnation, true))
}

// make creates a resource, exactly once.
func (r *run) make(plan resource.Plan) (made, next, error) {
	unclear, recorded := r.level.Object.Claim.Open(), r.level.Object.Claim.Recorded()
	if unclear {
		// An earlier run claimed, and may have sent the create.
		if found, what, err := r.recover(plan); !found.absent {
			return found, what, err
		}
		r.giveUp()
	}
	if written, err := r.claim(plan); err != nil || !written.Changed {
		return none(r.unless(err))
	}
	return r.sendClaimed(plan, unclear, recorded)
}

// sendClaimed sends the create until its outcome is clear, a few times at most. The outcome of an
// earlier send may be unclear, or an earlier resource may be recorded.
func (r *run) sendClaimed(plan resource.Plan, unclear, recorded bool) (made, next, error) {
	for sent := 1; ; sent++ {
		out, refused, err := r.send(plan)
		if err != nil {
			return made{}, settled, err
		}
		if refused == nil {
			got := made{id: out.ID, planned: len(plan.Steps) > 0}
			return got.recorded(r.record(out, plan.Incarnation, false))
		}
		if refused.Code == resource.CodeReset {
			r.reset = true
			return none(again, nil)
		}
		r.unclear = refused
		lost, taken := refused.Class == resource.Unclear, refused.Class == resource.Exists
		if r.mayBeOurs(lost, taken, unclear, recorded) {
			if found, what, err := r.recover(plan); !found.absent {
				return found, what, err
			}
		}
		if lost && sent < maxSends {
			r.giveUp()
			unclear = true
			if written, err := r.claim(plan); err != nil || !written.Changed {
				return none(r.unless(err))
			}
			continue // AWS showed none, and no sender is left: send again
		}
		return none(r.notMade(*refused, lost || unclear && !taken))
	}
}

// mayBeOurs reports whether the resource with that name may be the object's own. An earlier request
// made it, or it is the recorded one.
func (r *run) mayBeOurs(lost, taken, unclear, recorded bool) bool {
	return lost || taken && (unclear || recorded && r.mayBeTheRecorded())
}

// mayBeTheRecorded reports whether AWS may refuse a create because the recorded resource still
// exists. A stale replica may have shown it as gone, so a search precedes the voiding of its claim.
func (r *run) mayBeTheRecorded() bool {
	return workflow.GetVersion(r.ctx, "taken-may-be-the-recorded", workflow.DefaultVersion, 1) > workflow.DefaultVersion
}

// recover searches for a resource that an unclear create may have made. If there is none, it
// releases the claim when the resource is not needed any more: the inputs name another place, or
// something newer arrived.
func (r *run) recover(plan resource.Plan) (made, next, error) {
	found, what, err := r.lookUp(plan)
	if !found.absent {
		return found, what, err
	}
	superseded, err := r.superseded()
	if err == nil && !superseded && !r.level.Moved {
		return found, again, nil
	}
	if err == nil {
		r.newer = nil // the level was read before the release
		r.giveUp()
		err = r.release()
	}
	return none(r.unless(err))
}

// giveUp marks a request as lost when its outcome is unknown and no resource of it is found. The
// claim keeps that mark, because the request may still arrive.
func (r *run) giveUp() {
	r.level.Object.Claim.Lost = workflow.Now(r.ctx)
	r.unsaid = true
}

// mustSay reports whether the object must still report that a request was given up. It reports
// before the next request is sent. If this run is lost and both requests arrive, the next run then
// knows that there may be two resources.
func (r *run) mustSay() bool {
	return r.unsaid && workflow.GetVersion(r.ctx, "lost-is-told-before-the-next", workflow.DefaultVersion, 1) > workflow.DefaultVersion
}

// send sends the create once. Only throttling is retried inside the activity, because AWS throttles
// before it does anything. The object reports a failure that lasts.
func (r *run) send(plan resource.Plan) (out resource.CallOutput, refused *resource.Failure, err error) {
	out, refused, err = r.sendAs(plan, telling)
	if refused == nil || err != nil || refused.Class == resource.Dependent || !r.lasting(*refused) {
		return out, refused, err
	}
	if what, err := r.tellLasting([]resource.Failure{*refused}); what != again || err != nil {
		return out, refused, err
	}
	return r.sendAs(plan, patient)
}

func (r *run) sendAs(plan resource.Plan, how zeal) (out resource.CallOutput, refused *resource.Failure, err error) {
	step := *plan.Create
	step.Once = true // even if the plan does not say so
	ctx, _ := workflow.NewDisconnectedContext(r.ctx)
	ctx = workflow.WithActivityOptions(ctx, r.stepOptions(step, how))
	err = workflow.ExecuteActivity(ctx, r.kind+"/"+resource.VerbCreate, r.callAs(step, how)).Get(ctx, &out)
	if err == nil {
		return out, nil, nil
	}
	failure := asFailure(step, err)
	return out, &failure, r.ctx.Err()
}

// lookUp searches for a resource that an unclear create may have made. Absent means that AWS showed
// none throughout the window and that no earlier sender can be alive.
func (r *run) lookUp(plan resource.Plan) (made, next, error) {
	found, looked, what, err := r.find("look for what an unclear create may have made")
	if !looked || err != nil {
		return none(what, err)
	}
	if found.ID == "" {
		return made{absent: true}, again, nil
	}
	r.proven = found.ID // the search was by the owner's tag
	return made{id: found.ID}.recorded(r.record(resource.CallOutput{ID: found.ID, ARN: found.ARN}, plan.Incarnation, true))
}

// find searches for a resource that an unclear create may have made. If there is none within
// seconds, the object reports AWS's answer to the create. Unless the search covered the whole
// window, the pass is over.
func (r *run) find(summary string) (found resource.Found, looked bool, what next, err error) {
	in := r.observeInput()
	in.Since, in.Tell = workflow.Now(r.ctx), true
	for {
		ctx := workflow.WithActivityOptions(r.ctx, waitOptions(r.readOptions(summary)))
		err = workflow.ExecuteActivity(ctx, r.kind+"/"+resource.VerbFind, in).Get(ctx, &found)
		if err == nil {
			return found, true, again, nil
		}
		failure := asFailure(resource.Step{Summary: summary}, err)
		if failure.Class != resource.NotFound || !in.Tell || !r.lasting(failure) {
			what, err = r.refused(err)
			return found, false, what, err
		}
		in.Tell = false
		if r.unclear != nil {
			failure = *r.unclear
		}
		if what, err = r.tellLasting([]resource.Failure{failure}); what != again || err != nil {
			return found, false, what, err
		}
	}
}

// claim writes the coming request on the object before the request is sent.
func (r *run) claim(plan resource.Plan) (written resource.Written, err error) {
	sum := sha256.Sum256(plan.Create.Input)
	claim := resource.Claim{
		Install:     r.level.Object.Owner.Install,
		UID:         r.uid(),
		For:         r.object(),
		Incarnation: plan.Incarnation,
		Target:      r.level.Target,
		Request:     hex.EncodeToString(sum[:]),
		Key:         plan.Create.Key,
		Time:        workflow.Now(r.ctx),
	}
	old := r.level.Object.Claim
	in := resource.ClaimInput{Ref: r.ref, UID: r.uid()}
	if old != nil {
		claim.Lost, in.Over = old.Lost, old.Run
	}
	same := old.Open() && old.Incarnation == claim.Incarnation && old.Request == claim.Request
	if same && r.level.Object.Finalizer && !r.mustSay() {
		return resource.Written{Changed: true}, nil // an earlier run already claimed it
	}
	ctx := workflow.WithActivityOptions(r.ctx, r.kubeOptions("claim "+r.ref.String()+" before the first send"))
	in.Claim = claim
	err = workflow.ExecuteActivity(ctx, resource.KubeClaim, in).Get(ctx, &written)
	if err == nil && written.Changed {
		claim.Run = written.Run
		r.level.Object.Claim, r.level.Object.Finalizer = &claim, true
		r.unsaid = false
	}
	return written, err
}

// record writes the id on the object before anything else happens. If an id cannot be written in
// time, the next run receives it; no id is ever dropped.
func (r *run) record(out resource.CallOutput, incarnation int, found bool) (next, error) {
	claim := resource.Claim{Install: r.level.Object.Owner.Install, UID: r.uid(), For: r.object(), Incarnation: incarnation, Target: r.level.Target}
	if old := r.level.Object.Claim; old != nil {
		claim.Request, claim.Lost, claim.Run = old.Request, old.Lost, old.Run
	}
	r.done, r.sent = nil, nil // the steps for the previous resource do not apply to this one
	claim.ID, claim.ARN, claim.Time = out.ID, out.ARN, workflow.Now(r.ctx)
	if !found {
		r.proven = out.ID // our create returned it
	}
	proven := r.proven == out.ID
	r.carry.Record = &resource.RecordInput{Ref: r.ref, UID: r.uid(), Claim: claim, Found: found, Proven: proven, Planned: r.planned}
	r.result.ID = out.ID
	what, err := r.recordCarried()
	if what == again {
		r.level.Object.Claim, r.level.Object.Finalizer = &claim, true
		if proven {
			r.level.Object.Shown = claim.ID
		}
	}
	return what, err
}

// recordCarried writes the id that is not recorded yet, if there is one.
func (r *run) recordCarried() (next, error) {
	in := r.carry.Record
	if in == nil {
		return again, nil
	}
	ctx, _ := workflow.NewDisconnectedContext(r.ctx)
	ctx = workflow.WithActivityOptions(ctx, withPriority(r.kubeOptions("record "+in.Claim.ID), recordPriority))
	var written resource.Written
	if err := workflow.ExecuteActivity(ctx, resource.KubeRecordID, *in).Get(ctx, &written); err != nil {
		return r.overdue(err)
	}
	r.carry.Record = nil
	if written.Stale {
		// This run was reset, and another run has claimed the object since.
		r.reset = true
		return settled, nil
	}
	if written.Gone {
		// Someone stripped the finalizer. The resource keeps its owner tags. When the object comes
		// back, Tack adopts the resource by them.
		workflow.GetLogger(r.ctx).Error("the object went before its id could be recorded", "id", in.Claim.ID, "account", in.Claim.Target.AccountID)
		r.result = resource.Result{State: resource.Gone, ID: in.Claim.ID, Reason: resource.ReasonFinalizerStripped}
		return settled, nil
	}
	return again, r.ctx.Err()
}

// notMade reports a create that AWS refused. Unless an earlier send is still unclear, it also
// releases the claim, because nothing was made.
func (r *run) notMade(refused resource.Failure, unclear bool) (next, error) {
	if !unclear {
		if err := r.release(); err != nil {
			return r.overdue(err)
		}
		if r.reset {
			return again, nil
		}
	}
	return r.failed([]resource.Failure{refused}, nil)
}

func (r *run) release() error {
	ctx := workflow.WithActivityOptions(r.ctx, r.kubeOptions("drop the claim: nothing was made"))
	in := resource.ReleaseInput{Ref: r.ref, UID: r.uid(), Lost: r.level.Object.Claim.Lost, Run: r.level.Object.Claim.Run, Claim: r.level.Object.Claim, Planned: r.planned}
	var written resource.Written
	err := workflow.ExecuteActivity(ctx, resource.KubeRelease, in).Get(ctx, &written)
	r.reset = r.reset || written.Stale
	if err == nil {
		r.level.Object.Claim.Void = true
	}
	return err
}

func (r *run) uid() string { return r.level.Object.Owner.UID }

// object returns the object as a claim names it.
func (r *run) object() resource.Ref { return r.level.Object.Owner.Ref }
