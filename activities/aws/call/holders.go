package call

import (
	"context"
	"encoding/json"
	"fmt"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/resource"
)

// HeldBy is for an operation that AWS refuses while something holds the resource. AWS rarely names
// the holder, so by reads it. refusal returns AWS's answer.
func (o Operation[C, I]) HeldBy(by func(context.Context, C, *I) ([]string, error), refusal func(*I) (code, message string)) Operation[C, I] {
	o.call.Holders = func(ctx context.Context, client C, request json.RawMessage) (h holders.Holding, err error) {
		var in I
		if err = json.Unmarshal(request, &in); err != nil {
			return h, fmt.Errorf("reading the request of %s: %w", o.Verb, err)
		}
		h.Code, h.Message = refusal(&in)
		h.By, err = by(ctx, client, &in)
		return h, err
	}
	return o
}

// Send sends the request, unless it is a repeat that AWS would refuse again. A delete costs more of
// an account's budget than a read. Where the role may not read the holders, the object reports
// AWS's own words.
func (c Call[C]) Send(ctx context.Context, client C, in resource.CallInput, secrets []string) (any, error) {
	if c.Holders != nil && awserror.AsksFirst(activity.GetInfo(ctx), in.Waited, in.Request) {
		h, _ := c.Holders(ctx, client, in.Request) // without names, where they cannot be read
		if refusal := h.Refusal(); refusal != nil {
			return nil, refusal
		}
	}
	answer, err := c.Do(ctx, client, in.Request)
	if err != nil {
		return nil, c.named(ctx, client, in.Request, awserror.Discreet(err, secrets, in.Request))
	}
	return answer, nil
}

// named returns err with what holds the resource, where AWS refused the call for that reason.
func (c Call[C]) named(ctx context.Context, client C, request json.RawMessage, err error) error {
	if c.Holders == nil || awserror.Of(err).Class != resource.Dependent {
		return err
	}
	h, _ := c.Holders(ctx, client, request) // without names, where they cannot be read
	return h.Explained(err)
}

// Due reports whether the hourly delete of a resource is due, although a read shows what holds it.
// The object must already report that, and this pass must not have sent the delete yet.
func Due(info activity.Info, in resource.ObserveInput, steps []resource.Step) bool {
	return in.Held != "" && len(in.Failures) == 0 && len(steps) > 0 &&
		awserror.Anyway(info.Attempt, in.Waited, info.StartedTime, steps[0].Input)
}
