package workflows

import "github.com/tack-dev/tack/resource"

// sweep ends a pass with success, after a search for a second resource where a request of the
// object may have arrived after all. Its result only adds to the report: a second resource never
// prevents Synced.
func (r *run) sweep(report resource.Report) outcome {
	var swept resource.Swept
	options := r.readOptions("search for a second resource from a delayed request")
	if err := r.ask(r.ctx, options, r.verb(resource.VerbSweep), r.observeInput(), &swept); err != nil {
		return r.notObserved(err)
	}
	r.seen.planned = swept.Run
	if len(swept.Steps) > 0 {
		if out := r.newer(); out != goOn {
			return out
		}
	}
	for _, step := range swept.Steps {
		// Once: a resource that cannot be deleted at once is in use, and the object only reports it.
		if err := r.ask(r.detached(), r.onceOptions(step), r.verb(step.Verb), r.call(step), nil); err != nil {
			failure := asFailure(step, err)
			r.resetIf(failure.Code == resource.CodeReset)
			swept.Advice = append(swept.Advice, describe(failure))
		}
	}
	if report.NextTry = swept.Again; len(swept.Advice) > 0 {
		r.seen.advice = append(r.seen.advice, resource.Advice{Reason: resource.ReasonSecondResource, Message: resource.Several(swept.Advice)})
	}
	if err := r.ctx.Err(); err != nil {
		return r.fail(err)
	}
	if out := r.resetIf(false); out != goOn {
		return out
	}
	return r.end(report)
}
