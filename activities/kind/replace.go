package kind

import (
	"cmp"
	"context"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/replacement"
	"github.com/tack-dev/tack/resource"
)

// replace plans another resource in place of one that was found, where that is necessary and allowed.
func (d Definition[C, W, G]) replace(ctx context.Context, e *Engine, in resource.ObserveInput, want W, got *G, plan resource.Plan) (resource.Plan, error) {
	return replacement.Plan(in, plan, replacement.Kind{
		Unique: d.Unique, Tagless: d.Facts(got).Tagless,
		Lacks: func() (*resource.Wait, error) { return d.lacks(ctx, e, in, want) },
		Next:  func(claim *resource.Claim) resource.Plan { in.Object.Claim = claim; return d.planNew(in, want) },
		Leave: func() []resource.Step { return d.leave(in.Object, got) },
	})
}

// leave returns the steps after which an object has nothing to do with a resource: its deletion, or the
// removal of our tags.
func (d Definition[C, W, G]) leave(o resource.Object, got *G) []resource.Step {
	if f := d.Facts(got); o.Retain {
		return d.Tagged.Release(cmp.Or(f.TaggedAs, f.ID), f.Tags)
	}
	return d.Unplan(got)
}

// clean looks at the resource that the object's present one replaces, and plans its deletion.
func (d Definition[C, W, G]) clean(ctx context.Context, e *Engine, in resource.ObserveInput) (swept resource.Swept, err error) {
	in.Object = replacement.Old(in.Object)
	want, _ := d.spec(in.Object) // a deletion does not depend on the spec
	got, err := d.read(ctx, e, in, want)
	if err != nil {
		return swept, err
	}
	found := replacement.Found{Gone: true}
	if got != nil {
		f := d.Facts(got)
		found = replacement.Found{Tags: f.Tags, Gone: f.Gone, Tagless: f.Tagless, Deletable: f.Deletable, Pending: f.Pending, Held: f.Held}
	}
	swept = replacement.Clean(in.Object, found, func() []resource.Step { return d.leave(in.Object, got) })
	swept.Run = activity.GetInfo(ctx).WorkflowExecution.RunID
	return swept, nil
}
