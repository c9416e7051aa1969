package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/tack-dev/tack/resource"
)

// swept ends a pass with success, after a search for a second resource where a request of the
// object may have arrived late. Its result only adds to the report: a second resource never
// prevents Synced.
func (r *run) swept(report resource.Report) (next, error) {
	var swept resource.Swept
	ctx := workflow.WithActivityOptions(r.ctx, r.readOptions("look for a second one, made by a late request"))
	if err := workflow.ExecuteActivity(ctx, r.kind+"/"+resource.VerbSweep, r.observeInput()).Get(ctx, &swept); err != nil {
		return r.refused(err)
	}
	r.planned = swept.Run
	for _, step := range swept.Steps {
		// Disconnected: a cancelled run must not leave a call without a recorded outcome. Once: a
		// resource that cannot be deleted at once is in use, and the object only reports it.
		ctx, _ := workflow.NewDisconnectedContext(r.ctx)
		ctx = workflow.WithActivityOptions(ctx, r.onceOptions(step))
		if err := workflow.ExecuteActivity(ctx, r.kind+"/"+step.Verb, r.call(step)).Get(ctx, nil); err != nil {
			failure := asFailure(step, err)
			r.reset = r.reset || failure.Code == resource.CodeReset
			swept.Advice = append(swept.Advice, describe(failure))
		}
	}
	if report.NextTry = swept.Again; len(swept.Advice) > 0 {
		r.advice = append(r.advice, resource.Advice{Reason: resource.ReasonSecondResource, Message: resource.Several(swept.Advice)})
	}
	if err := r.ctx.Err(); err != nil {
		return settled, err
	}
	if r.reset {
		return again, nil
	}
	return r.end(report)
}
