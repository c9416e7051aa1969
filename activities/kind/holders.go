package kind

import (
	"context"
	"encoding/json"
	"fmt"

	"go.temporal.io/sdk/activity"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/resource"
)

// BindDelete is Bind for a call that AWS refuses while something holds the resource.
// AWS rarely names what: by asks for it. refusal is AWS's answer.
func BindDelete[C, I, O, Opt any](v Verb[I], op func(C, context.Context, *I, ...func(*Opt)) (*O, error),
	by func(context.Context, C, *I) ([]string, error), refusal func(*I) (code, message string),
) Call[C] {
	call := Bind(v, op)
	call.Holders = func(ctx context.Context, client C, request json.RawMessage) (h holders.Holding, err error) {
		var in I
		if err = json.Unmarshal(request, &in); err != nil {
			return h, fmt.Errorf("reading the request of %s: %w", v, err)
		}
		h.Code, h.Message = refusal(&in)
		h.By, err = by(ctx, client, &in)
		return h, err
	}
	return call
}

// send sends the request, unless it is to be sent again and AWS would refuse it again:
// a delete takes more of an account's budget than a read. Whoever may not read what
// holds the resource gets AWS's own words.
func (c Call[C]) send(ctx context.Context, client C, in resource.CallInput, secrets []string) (any, error) {
	if c.Holders != nil && awserror.AsksFirst(activity.GetInfo(ctx), in.Waited, in.Request) {
		h, _ := c.Holders(ctx, client, in.Request) // by nobody, where it cannot be read
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

// named is err with what holds the resource, where AWS refused the call for that.
func (c Call[C]) named(ctx context.Context, client C, request json.RawMessage, err error) error {
	if c.Holders == nil || awserror.Of(err).Class != resource.Dependent {
		return err
	}
	h, _ := c.Holders(ctx, client, request) // by nobody, where it cannot be read
	return h.Explained(err)
}
