package kind

import (
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/aws/ownership"
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

// planSweep removes and reports second resources among those with the object's tags.
func (d Definition[C, W, G]) planSweep(o resource.Object, owned []G) (swept resource.Swept) {
	for i := range owned {
		f := d.Facts(&owned[i])
		second := ownership.Second(o, f.found(), f.Held == nil && f.Pending == nil, d.Unplan(&owned[i]))
		swept.Steps, swept.Advice = append(swept.Steps, second.Steps...), append(swept.Advice, second.Advice...)
	}
	return swept
}
