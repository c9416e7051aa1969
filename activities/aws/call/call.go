// Package call pairs the steps of a plan with AWS's operations: each verb has the type of one
// request, and the operation that sends it.
package call

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tack-dev/tack/activities/aws/request"
	"github.com/tack-dev/tack/activities/holders"
	"github.com/tack-dev/tack/resource"
)

// Verb names an AWS call of a kind and fixes the type of its request.
type Verb[I any] string

// Step plans the call.
func (v Verb[I]) Step(summary string, in I) resource.Step {
	return resource.Step{Verb: string(v), Summary: summary, Input: request.Compact(in)}
}

// Call is a verb with the SDK operation that carries it out.
type Call[C any] struct {
	Verb string
	// Do sends request and returns the SDK's answer.
	Do func(ctx context.Context, client C, request json.RawMessage) (any, error)
	// Removes reports whether the call removes something.
	Removes bool
	// Made reads the id from the answer of a create, and the ARN where AWS returns it.
	Made func(answer any) (id, arn string)
	// Holders names what makes AWS refuse the call.
	Holders func(ctx context.Context, client C, request json.RawMessage) (holders.Holding, error)
}

// Bind pairs v with the SDK operation op, given as a method expression. The compiler checks that op
// takes the request type that v plans.
func Bind[C, I, O, Opt any](v Verb[I], op func(C, context.Context, *I, ...func(*Opt)) (*O, error)) Call[C] {
	return Call[C]{Verb: string(v), Removes: request.Removes[I](), Do: func(ctx context.Context, client C, request json.RawMessage) (any, error) {
		var in I
		if err := json.Unmarshal(request, &in); err != nil {
			return nil, fmt.Errorf("reading the request of %s: %w", v, err)
		}
		return op(client, ctx, &in)
	}}
}

// BindCreate is Bind for the call that creates the resource; made reads its id.
func BindCreate[C, I, O, Opt any](v Verb[I], op func(C, context.Context, *I, ...func(*Opt)) (*O, error), made func(*O) (id, arn string)) Call[C] {
	call := Bind(v, op)
	call.Made = func(answer any) (string, string) { return made(answer.(*O)) }
	return call
}
