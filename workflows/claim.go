package workflows

import (
	"crypto/sha256"
	"encoding/hex"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// claim writes the coming request on the object before the request is sent. If it cannot, the pass
// is over: the object is being deleted, or another run claimed it.
func (r *run) claim(plan resource.Plan) outcome {
	sum := sha256.Sum256(plan.Create.Input)
	claim := r.newClaim(plan.Incarnation)
	claim.Request, claim.Key = hex.EncodeToString(sum[:]), plan.Create.Key
	old := r.level.Object.Claim
	in := resource.ClaimInput{Ref: r.ref, UID: r.uid(), Generation: r.level.Object.Generation}
	if old != nil {
		claim.Lost, in.Over, claim.Replaced = old.Lost, old.Run, old.Replaced
	}
	if plan.Replaced != nil {
		claim.Replaced, r.level.Object.Status = plan.Replaced, nil // the status describes the old resource
	}
	if old.Open() && old.Incarnation == claim.Incarnation {
		claim.Time = old.Time // of the first request, which may have made the resource
	}
	same := old.Open() && old.Incarnation == claim.Incarnation && old.Request == claim.Request
	if same && r.level.Object.Finalizer && !r.mustSay() {
		return goOn // an earlier run already claimed it
	}
	in.Claim = claim
	var written resource.Written
	out := r.do(r.ctx, r.kubeOptions("claim "+r.ref.String()+" before the create"), resource.KubeClaim, in, &written)
	if out != goOn {
		return out
	}
	if !written.Changed {
		return nextPass
	}
	claim.Run = written.Run
	r.level.Object.Claim, r.level.Object.Finalizer = &claim, true
	r.creating.unsaid = false
	return goOn
}

// newClaim returns a claim of the object, without a request and an id.
func (r *run) newClaim(incarnation int) resource.Claim {
	owner := r.level.Object.Owner
	return resource.Claim{
		Install: owner.Install, UID: owner.UID, For: owner.Ref,
		Incarnation: incarnation, Target: r.level.Target, Time: workflow.Now(r.ctx),
	}
}

// giveUp marks a request as lost when its outcome is unknown and no resource of it is found. The
// claim keeps that mark, because the request may still arrive.
func (r *run) giveUp() {
	r.level.Object.Claim.Lost = workflow.Now(r.ctx)
	r.creating.unsaid = true
}

// mustSay reports whether the claim must still name a lost request. It does so before the next
// request is sent. If this run is lost and both requests arrive, the next run then knows that there
// may be two resources.
func (r *run) mustSay() bool { return r.creating.unsaid && r.supports(reportsLost) }

// holds reports whether the object holds the id and the ARN of a plan, and still has our finalizer.
// AWS moves some resources to another path in their account: the ARN changes, and the id stays.
func (r *run) holds(plan resource.Plan) bool {
	claim := r.level.Object.Claim
	moved := claim.Recorded() && claim.ARN != "" && plan.ARN != "" && claim.ARN != plan.ARN
	return claim.Recorded() && claim.ID == plan.ID && !moved && r.level.Object.Finalizer
}

// record writes the id on the object before anything else happens. If an id cannot be written in
// time, the next run receives it; no id is ever dropped.
func (r *run) record(answer resource.CallOutput, incarnation int, found bool) outcome {
	claim := r.newClaim(incarnation)
	claim.ID, claim.ARN, claim.Adopted = answer.ID, answer.ARN, r.seen.adopted
	claim.TakenOver = claim.Adopted && r.level.Object.Takes()
	if old := r.level.Object.Claim; old != nil {
		claim.Adopted = claim.Adopted || old.Adopted && old.ID == claim.ID
		claim.TakenOver = claim.TakenOver || old.TakenOver && old.ID == claim.ID
		claim.Request, claim.Lost, claim.Run, claim.Replaced = old.Request, old.Lost, old.Run, old.Replaced
	}
	if claim.Succeeds(claim.ID) {
		claim.Replaced = nil
	}
	r.tried.done, r.tried.sent = nil, nil // the steps for the previous resource do not apply to this one
	if !found {
		r.seen.proven = answer.ID // our create returned it
	}
	proven := r.seen.proven == answer.ID
	r.carry.Record = &resource.RecordInput{Ref: r.ref, UID: r.uid(), Claim: claim, Found: found, Proven: proven, Planned: r.seen.planned}
	r.result.ID = answer.ID
	if out := r.recordCarried(); out != goOn {
		return out
	}
	r.level.Object.Claim, r.level.Object.Finalizer = &claim, true
	if proven {
		r.level.Object.Shown = claim.ID
	}
	return goOn
}

// recordTaken records the id of a resource that the object takes over although its spec differs. The
// object holds the resource before a person decides about the difference. No plan of an earlier version
// has both.
func (r *run) recordTaken(plan resource.Plan) outcome {
	if !plan.Adopted || plan.ID == "" || r.holds(plan) {
		return goOn
	}
	return r.record(resource.CallOutput{ID: plan.ID, ARN: plan.ARN}, plan.Incarnation, true)
}

// recordCarried writes the id that is not recorded yet, if there is one.
func (r *run) recordCarried() outcome {
	in := r.carry.Record
	if in == nil {
		return goOn
	}
	options := withPriority(r.kubeOptions("record "+in.Claim.ID), recordPriority)
	var written resource.Written
	if out := r.do(r.detached(), options, resource.KubeRecordID, *in, &written); out != goOn {
		return out
	}
	r.carry.Record = nil
	if written.Stale { // another run has claimed the object since
		r.resetIf(true)
		return done
	}
	if written.Gone {
		// Someone stripped the finalizer. The resource keeps its owner tags. When the object comes
		// back, Tack adopts the resource by them.
		workflow.GetLogger(r.ctx).Error("the object was deleted before its id was recorded", "id", in.Claim.ID, "account", in.Claim.Target.AccountID)
		r.result = resource.Result{State: resource.Gone, ID: in.Claim.ID, Reason: resource.ReasonFinalizerStripped}
		return done
	}
	if err := r.ctx.Err(); err != nil {
		return r.fail(err)
	}
	return goOn
}

// voidClaim voids the claim of a request that made nothing.
func (r *run) voidClaim() outcome {
	claim := r.level.Object.Claim
	in := resource.GiveUpInput{Ref: r.ref, UID: r.uid(), Lost: claim.Lost, Run: claim.Run, Claim: claim, Planned: r.seen.planned}
	var written resource.Written
	if out := r.do(r.ctx, r.kubeOptions("void the claim: nothing was created"), resource.KubeVoidClaim, in, &written); out != goOn {
		return out
	}
	r.level.Object.Claim.Void = true
	return r.resetIf(written.Stale)
}
