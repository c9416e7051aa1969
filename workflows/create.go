package workflows

import (
	"crypto/sha256"
	"encoding/hex"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// made is a resource that make brought into being, or found.
type made struct {
	id    string // empty: do what next says instead
	fresh bool   // made just now, so that the planned steps after it hold
}

// make brings a resource into being, exactly once, and records its id.
func (r *run) make(plan resource.Plan) (made, next, error) {
	unclear := r.level.Object.Claim.Open()
	if unclear {
		// Some earlier run claimed and may have sent.
		found, what, err := r.recover(plan)
		if found.id != "" || what != again || err != nil {
			return found, what, err
		}
		if stop, what, err := r.drop(); stop {
			return made{}, what, err
		}
	}
	if written, err := r.claim(plan); err != nil || !written.Changed {
		what, err := r.unless(err)
		return made{}, what, err
	}
	for sent := 1; ; sent++ {
		out, refused, err := r.send(plan)
		if err != nil {
			return made{}, settled, err
		}
		if refused == nil {
			what, err := r.record(out, plan.Incarnation, false)
			return made{id: out.ID, fresh: true}, what, err
		}
		taken := refused.Class == resource.Exists
		if refused.Class == resource.Unclear || taken && unclear {
			unclear = true
			found, what, err := r.recover(plan)
			if found.id != "" || what != again || err != nil {
				return found, what, err
			}
			if !taken && sent < maxSends {
				if stop, what, err := r.drop(); stop {
					return made{}, what, err
				}
				continue // shown absent, and no sender is left: send again
			}
		}
		what, err := r.notMade(*refused, unclear && !taken)
		return made{}, what, err
	}
}

// drop releases a claim whose resource was shown absent when nobody wants it
// there any more: the inputs name another place, or something newer arrived.
func (r *run) drop() (stop bool, what next, err error) {
	superseded, err := r.superseded()
	if err == nil && (superseded || r.level.Moved) {
		r.newer = nil // it was read before the release
		stop, err = true, r.release()
	}
	if err != nil {
		what, err = r.overdue(err)
		return true, what, err
	}
	return stop, again, nil
}

// send sends the create once. Only throttling, which AWS answers before it does
// anything, is retried inside the activity.
func (r *run) send(plan resource.Plan) (out resource.CallOutput, refused *resource.Failure, err error) {
	step := *plan.Create
	step.Once = true // whatever the plan says
	ctx, _ := workflow.NewDisconnectedContext(r.ctx)
	ctx = workflow.WithActivityOptions(ctx, r.stepOptions(step))
	err = workflow.ExecuteActivity(ctx, r.kind+"/"+resource.VerbCreate, r.call(step)).Get(ctx, &out)
	if err == nil {
		return out, nil, nil
	}
	failure := asFailure(step, err)
	return out, &failure, r.ctx.Err()
}

// recover looks for the resource that an unclear create may have made. With no
// id and again it was shown absent over the whole window, and no earlier sender
// can be alive.
func (r *run) recover(plan resource.Plan) (made, next, error) {
	found, err := r.find("look for what an unclear create may have made")
	if err != nil {
		what, err := r.refused(err)
		return made{}, what, err
	}
	if found.ID == "" {
		return made{}, again, nil
	}
	what, err := r.record(resource.CallOutput{ID: found.ID, ARN: found.ARN}, plan.Incarnation, true)
	return made{id: found.ID}, what, err
}

func (r *run) find(summary string) (found resource.Found, err error) {
	in := r.observeInput()
	in.Since = workflow.Now(r.ctx)
	ctx := workflow.WithActivityOptions(r.ctx, waitOptions(r.readOptions(summary)))
	err = workflow.ExecuteActivity(ctx, r.kind+"/"+resource.VerbFind, in).Get(ctx, &found)
	return found, err
}

// claim writes on the object what is about to be sent, before it is.
func (r *run) claim(plan resource.Plan) (written resource.Written, err error) {
	sum := sha256.Sum256(plan.Create.Input)
	claim := resource.Claim{
		Install:     r.level.Object.Owner.Install,
		Incarnation: plan.Incarnation,
		Target:      r.level.Target,
		Request:     hex.EncodeToString(sum[:]),
		Time:        workflow.Now(r.ctx),
	}
	if old := r.level.Object.Claim; old.Open() && old.Incarnation == claim.Incarnation && old.Request == claim.Request && r.level.Object.Finalizer {
		return resource.Written{Changed: true}, nil // claimed by an earlier run already
	}
	ctx := workflow.WithActivityOptions(r.ctx, r.kubeOptions("claim "+r.ref.String()+" before the first send"))
	err = workflow.ExecuteActivity(ctx, resource.KubeClaim, resource.ClaimInput{Ref: r.ref, UID: r.uid(), Claim: claim}).Get(ctx, &written)
	if err == nil && written.Changed {
		r.level.Object.Claim, r.level.Object.Finalizer = &claim, true
	}
	return written, err
}

// record writes the id on the object before anything else happens. An id that
// cannot be written in time is carried into the next run, never dropped.
func (r *run) record(out resource.CallOutput, incarnation int, found bool) (next, error) {
	claim := resource.Claim{Install: r.level.Object.Owner.Install, Incarnation: incarnation, Target: r.level.Target}
	if old := r.level.Object.Claim; old != nil {
		claim.Request = old.Request
	}
	claim.ID, claim.ARN, claim.Time = out.ID, out.ARN, workflow.Now(r.ctx)
	r.carry.Record = &resource.RecordInput{Ref: r.ref, UID: r.uid(), Claim: claim, Found: found}
	r.result.ID = out.ID
	what, err := r.recordCarried()
	if what == again {
		r.level.Object.Claim, r.level.Object.Finalizer = &claim, true
	}
	return what, err
}

// recordCarried writes the id that is still to be recorded, if there is one.
func (r *run) recordCarried() (next, error) {
	in := r.carry.Record
	if in == nil {
		return again, nil
	}
	ctx, _ := workflow.NewDisconnectedContext(r.ctx)
	ctx = workflow.WithActivityOptions(ctx, r.kubeOptions("record "+in.Claim.ID))
	var written resource.Written
	if err := workflow.ExecuteActivity(ctx, resource.KubeRecordID, *in).Get(ctx, &written); err != nil {
		return r.overdue(err)
	}
	r.carry.Record = nil
	if written.Gone {
		// Someone stripped the finalizer. The resource keeps its ownership tags
		// and is taken up again by them when the object comes back.
		workflow.GetLogger(r.ctx).Error("the object went before its id could be recorded", "id", in.Claim.ID, "account", in.Claim.Target.AccountID)
		r.result = resource.Result{State: resource.Gone, ID: in.Claim.ID, Reason: "FinalizerStripped"}
		return settled, nil
	}
	return again, r.ctx.Err()
}

// notMade reports a create that AWS refused. Unless an earlier sending is still
// unclear the claim goes too: it is known that nothing was made.
func (r *run) notMade(refused resource.Failure, unclear bool) (next, error) {
	if !unclear {
		if err := r.release(); err != nil {
			return r.overdue(err)
		}
	}
	return r.failed([]resource.Failure{refused}, nil)
}

func (r *run) release() error {
	ctx := workflow.WithActivityOptions(r.ctx, r.kubeOptions("drop the claim: nothing was made"))
	in := resource.ReleaseInput{Ref: r.ref, UID: r.uid()}
	err := workflow.ExecuteActivity(ctx, resource.KubeRelease, in).Get(ctx, nil)
	if err == nil {
		r.level.Object.Claim.Void = true
	}
	return err
}

func (r *run) uid() string { return r.level.Object.Owner.UID }
