package patience

import "context"

// Uncancelled is ctx with its deadline but without its cancellation: when a run
// gives a call up, that means the attempts to come. One under way is carried
// through, or nobody would know how it ended.
func Uncancelled(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(context.WithoutCancel(ctx))
	}
	return context.WithDeadline(context.WithoutCancel(ctx), deadline)
}
