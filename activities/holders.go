package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tack-dev/tack/activities/awserror"
	"github.com/tack-dev/tack/resource"
)

// BindDelete is Bind for a call that AWS refuses while something holds the resource.
// AWS rarely names what: after such a refusal holders asks for it.
func BindDelete[C, I, O, Opt any](v Verb[I], op func(C, context.Context, *I, ...func(*Opt)) (*O, error), holders func(context.Context, C, *I) ([]string, error)) Call[C] {
	call := Bind(v, op)
	call.Holders = func(ctx context.Context, client C, request json.RawMessage) ([]string, error) {
		var in I
		if err := json.Unmarshal(request, &in); err != nil {
			return nil, fmt.Errorf("reading the request of %s: %w", v, err)
		}
		return holders(ctx, client, &in)
	}
	return call
}

// named is err with what holds the resource, where AWS refused the call for that and
// it can be read. Whoever may not read it gets AWS's own words.
func (c Call[C]) named(ctx context.Context, client C, request json.RawMessage, err error) error {
	if c.Holders == nil || awserror.Of(err).Class != resource.Dependent {
		return err
	}
	holders, lookErr := c.Holders(ctx, client, request)
	if lookErr != nil || len(holders) == 0 {
		return err
	}
	return awserror.Explained(err, "It is held by "+Several(holders)+".")
}

// mostNamed is how many holders a message names.
const mostNamed = 5

// Several lists things in words, the first few by name.
func Several(things []string) string {
	if more := len(things) - mostNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(things[:mostNamed], ", "), more)
	}
	return strings.Join(things, ", ")
}

// HeldBy has the deletion of a resource wait for its holders; nil where there are
// none. A teardown of several steps asks before the first: none is undone.
func HeldBy(id string, holders []string) *resource.Wait {
	if len(holders) == 0 {
		return nil
	}
	return &resource.Wait{Reason: resource.ReasonInUse, Message: fmt.Sprintf("%s is in use by %s: nothing of it is removed before that ends", id, Several(holders))}
}
