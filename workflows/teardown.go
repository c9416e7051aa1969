package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// sendDeletion sends the steps of a deletion, at first a few times each. A step may then take long
// because something depends on the resource. The object reports that, and the step is sent again,
// as often as the time of a run allows.
func (r *run) sendDeletion(plan resource.Plan, how *patience) outcome {
	if plan.Held {
		return r.tryHeld(plan.Steps)
	}
	planned := plan.Steps
	steps, wait := r.untried(planned), r.dependents()
	if len(steps) == 0 {
		failures := r.lastFailuresOf(planned)
		if *how == patient || !passing(failures) {
			r.carry.Waited = passing(failures) && !r.holderChanged(planned)
			return r.reportRefusals(failures, nil)
		}
		steps, wait = planned, &resource.Wait{Reason: failures[0].Code, Message: inOneLine(failures)}
	}
	if wait != nil && *how != patient {
		*how = patient
		if out := r.report(resource.Report{State: resource.Waiting, Reason: wait.Reason, Message: wait.Message}); out != goOn {
			return out
		}
	}
	return r.removeBy(steps, *how)
}

// removeBy sends steps of a deletion, and remembers a deletion that AWS accepted.
func (r *run) removeBy(steps []resource.Step, how patience) outcome {
	r.tried.last = steps
	out := r.carryOut(steps, how, true)
	if slices.ContainsFunc(r.tried.done, func(d resource.Done) bool { return d.Verb == resource.VerbDelete }) {
		r.carry.Deleted = r.level.Object.Claim.ID
	}
	return out
}

// tryHeld sends the hourly delete of a resource that something holds, as far as a read shows. If AWS
// refuses it, the object still reports that holder.
func (r *run) tryHeld(steps []resource.Step) outcome {
	out := r.removeBy(steps, quick)
	r.carry.Held = true // the wait has lasted: its pauses do not start over
	return out
}

// finishRemoval handles a resource that needs no calls: AWS is already deleting it or does not show
// it, or it must be kept. One empty answer about an object in doubt proves nothing, so the plan waits.
func (r *run) finishRemoval(plan resource.Plan, id string) outcome {
	why := "the resource stays in AWS without Tack's tags"
	if id == "" {
		why = "AWS has no resource for it"
	}
	switch {
	case plan.Wait != nil:
		return r.awaitAWS(plan, r.observeInput())
	case r.level.Object.Claim.Replaces():
		return r.backToReplaced(why)
	case r.level.Object.Deleting:
		return r.removeFinalizer(why)
	}
	return r.voidRecorded(why)
}

// removeFinalizer removes our finalizer, so that Kubernetes can delete the object.
func (r *run) removeFinalizer(why string) outcome {
	in := resource.GiveUpInput{Ref: r.ref, UID: r.uid(), Message: why, Planned: r.basis()}
	var written resource.Written
	if out := r.do(r.detached(), r.kubeOptions("remove the finalizer: "+why), resource.KubeRemoveFinalizer, in, &written); out != goOn {
		return out
	}
	if written.Stale {
		return r.resetIf(true) // another observation decides
	}
	r.mail.gaveUp = r.uid()
	r.result.State, r.result.Reason = resource.Deleted, ""
	workflow.SetCurrentDetails(r.ctx, "Deleted: "+why)
	return done
}

// voidRecorded voids the claim of a resource that the object gave up. The object stays.
func (r *run) voidRecorded(why string) outcome {
	in := resource.GiveUpInput{Ref: r.ref, UID: r.uid(), ID: r.level.Object.Claim.ID, Message: why, Planned: r.basis()}
	var written resource.Written
	if out := r.do(r.detached(), r.kubeOptions("void the claim of "+in.ID+": "+why), resource.KubeVoidClaim, in, &written); out != goOn {
		return out
	}
	return r.resetIf(written.Stale).then(nextPass)
}
