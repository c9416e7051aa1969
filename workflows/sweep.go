package workflows

import "github.com/tack-dev/tack/resource"

// sweep ends a pass with success, after a search for a second resource where a request of the
// object may have arrived after all. Its result only adds to the report: a second resource never
// prevents Synced.
func (r *run) sweep(report resource.Report) outcome {
	swept, out := r.lookBeside(resource.VerbSweep, "search for a second resource from a delayed request")
	if out != goOn {
		return out
	}
	for i, step := range swept.Steps {
		if out = r.betweenDeletes(i); out != goOn {
			return out
		}
		if refused := r.sendOnce(step); refused != "" {
			swept.Advice = append(swept.Advice, refused)
		}
	}
	if swept.Again != nil {
		report.NextTry = swept.Again // the look at that time plans the next one
	}
	if len(swept.Advice) > 0 {
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

// lookBeside looks at other resources of the object than the present one, and plans their deletion.
func (r *run) lookBeside(verb, summary string) (swept resource.Swept, out outcome) {
	if err := r.ask(r.ctx, r.readOptions(summary), r.verb(verb), r.observeInput(), &swept); err != nil {
		return swept, r.notObserved(err)
	}
	r.seen.planned = swept.Run
	if len(swept.Steps) > 0 {
		return swept, r.newer()
	}
	return swept, goOn
}

// betweenDeletes ends the pass before any but the first of such deletions if a newer level exists. lookBeside looks
// for one before the first. Old runs send all of them.
func (r *run) betweenDeletes(sent int) outcome {
	if sent == 0 {
		return goOn
	}
	return r.newerIf(looksBetweenDeletes)
}

// sendOnce sends a step of such a deletion, and returns AWS's refusal in words. A resource that cannot be deleted
// at once is in use, and the object only reports it.
func (r *run) sendOnce(step resource.Step) (refused string) {
	err := r.ask(r.detached(), r.onceOptions(step), r.verb(step.Verb), r.call(step), nil)
	if err == nil {
		return ""
	}
	failure := asFailure(step, err)
	r.resetIf(failure.Code == resource.CodeReset)
	return describe(failure)
}
