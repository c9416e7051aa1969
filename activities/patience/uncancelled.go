package patience

import "context"

// Uncancelled returns ctx with its deadline but without its cancellation. A run that cancels a call
// means later attempts. An attempt in flight is completed; otherwise its outcome would be unknown.
func Uncancelled(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(context.WithoutCancel(ctx))
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline)
}
