package kind

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/resource"
)

// sweep searches for a second resource of an object after one of its requests was given up as lost.
// The request may have arrived later. Where AWS knows neither a token nor a natural key, nothing
// else prevents a second resource.
func (d Definition[C, W, G]) sweep(ctx context.Context, e *Engine, in resource.ObserveInput) (resource.Swept, error) {
	client, err := d.client(ctx, e, in.Target)
	if err != nil {
		return resource.Swept{}, err
	}
	owned, err := d.Owned(ctx, client, in.Object.Owner)
	if err != nil {
		return resource.Swept{}, e.unread(ctx, in.Target, err)
	}
	swept := d.planSweep(in.Object, owned)
	swept.Run = activity.GetInfo(ctx).WorkflowExecution.RunID
	if until := in.Object.Claim.Lost.Add(e.Windows.Delay); now(ctx).Before(until) {
		swept.Again = &until
	}
	return swept, nil
}

// planSweep removes only unused resources that are certainly ours, with no later incarnation than
// the recorded one. It reports a resource that may be in use.
func (d Definition[C, W, G]) planSweep(o resource.Object, owned []G) (swept resource.Swept) {
	for i := range owned {
		f := d.Facts(&owned[i])
		its := resource.OwnershipOf(f.Tags)
		if f.ID == o.Claim.ID || its.Owner != o.Owner.Tag() || f.Gone {
			continue
		}
		steps := d.Unplan(&owned[i])
		unused := f.Held == nil && f.Pending == nil && len(steps) == 1
		if unused && its.UID == o.Owner.UID && f.found().Making() <= o.Claim.Incarnation {
			steps[0].Summary = "second resource of a delayed request: " + steps[0].Summary
			swept.Steps = append(swept.Steps, steps[0])
			swept.Advice = append(swept.Advice, fmt.Sprintf("a delayed request created %s in addition to %s: it is unused, and Tack deletes it", f.ID, o.Claim.ID))
			continue
		}
		swept.Advice = append(swept.Advice, fmt.Sprintf(
			"%s carries this object's tags as %s does, and may be in use: delete it in AWS, or remove its tag %s", f.ID, o.Claim.ID, f.found().OwnerKey()))
	}
	return swept
}
