// Package call pairs the steps of a plan with AWS's operations: each verb has the type of one
// request, and the operation that sends it.
package call

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/tack-dev/tack/activities/aws/awserror"
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
	Verb    string
	Request reflect.Type // the SDK's type
	// Do sends request and returns the SDK's answer.
	Do func(ctx context.Context, client C, request json.RawMessage) (any, error)
	// Removes reports whether the call removes something.
	Removes bool
	// Made reads the id from the answer of a create, and the ARN where AWS returns it.
	Made func(answer any) (id, arn string)
	// AtOnce means that the resource is gone as soon as AWS accepts the call: the type has no state in which
	// AWS deletes it.
	AtOnce bool
	// Holders names what makes AWS refuse the call.
	Holders func(ctx context.Context, client C, request json.RawMessage) (holders.Holding, error)
}

// Tags reports whether the request can set tags.
func (c Call[C]) Tags() bool {
	_, own := c.Request.FieldByName("Tags")
	_, specified := c.Request.FieldByName("TagSpecifications")
	_, singular := c.Request.FieldByName("TagSpecification")
	return own || specified || singular
}

// Bind pairs v with the SDK operation op, given as a method expression. The compiler checks that op
// takes the request type that v plans. An answer that lists its failures is an error.
func Bind[C, I, O, Opt any](v Verb[I], op func(C, context.Context, *I, ...func(*Opt)) (*O, error)) Call[C] {
	check := checked[O]()
	return Call[C]{Verb: string(v), Request: reflect.TypeFor[I](), Removes: request.Removes[I](), Do: func(ctx context.Context, client C, request json.RawMessage) (any, error) {
		var in I
		if err := json.Unmarshal(request, &in); err != nil {
			return nil, fmt.Errorf("reading the request of %s: %w", v, err)
		}
		out, err := op(client, ctx, &in)
		if err != nil {
			return nil, err
		}
		return out, check(out)
	}}
}

// Operation is an operation of AWS as a kind uses it: its verb fixes the type of the request.
type Operation[C, I any] struct {
	Verb[I]
	call Call[C]
}

// To names an operation, given as a method expression.
func To[C, I, O, Opt any](verb string, op func(C, context.Context, *I, ...func(*Opt)) (*O, error)) Operation[C, I] {
	return Operation[C, I]{Verb[I](verb), Bind(Verb[I](verb), op)}
}

// Already names the codes with which AWS refuses the operation once it is carried out. An earlier attempt
// may have done that, and its answer may be lost. The next observation shows whether it did.
func (o Operation[C, I]) Already(codes ...string) Operation[C, I] {
	do := o.call.Do
	o.call.Do = func(ctx context.Context, client C, request json.RawMessage) (any, error) {
		answer, err := do(ctx, client, request)
		if err != nil && slices.Contains(codes, awserror.Of(err).Code) {
			err = awserror.Already(err)
		}
		return answer, err
	}
	return o
}

// Explains appends more to AWS's message where it refuses the operation with a code.
func (o Operation[C, I]) Explains(code, more string) Operation[C, I] {
	do := o.call.Do
	o.call.Do = func(ctx context.Context, client C, request json.RawMessage) (any, error) {
		answer, err := do(ctx, client, request)
		if err != nil && awserror.Of(err).Code == code {
			err = awserror.Explained(err, more)
		}
		return answer, err
	}
	return o
}

// Create names the operation that creates the resource; made reads its id.
func Create[C, I, O, Opt any](op func(C, context.Context, *I, ...func(*Opt)) (*O, error), made func(*O) (id, arn string)) Operation[C, I] {
	create := To(resource.VerbCreate, op)
	create.call.Made = func(answer any) (string, string) { return made(answer.(*O)) }
	return create
}

// Delete names the operation that deletes the resource.
func Delete[C, I, O, Opt any](op func(C, context.Context, *I, ...func(*Opt)) (*O, error)) Operation[C, I] {
	return To(resource.VerbDelete, op)
}

// AtOnce means that the resource is gone as soon as AWS accepts the deletion, so nothing is observed after
// it. Reads may show the resource for some seconds more.
// https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html
func (o Operation[C, I]) AtOnce() Operation[C, I] {
	o.call.AtOnce = true
	return o
}

// Bound is an operation, whatever its request is.
type Bound[C any] interface{ bound() Call[C] }

func (o Operation[C, I]) bound() Call[C] { return o.call }

// All lists the calls of operations.
func All[C any](operations ...Bound[C]) (calls []Call[C]) {
	for _, o := range operations {
		calls = append(calls, o.bound())
	}
	return calls
}
