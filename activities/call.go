package activities

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tack-dev/tack/resource"
)

// Verb names an AWS call of a kind and fixes the request that it takes.
type Verb[I any] string

// Step plans the call.
func (v Verb[I]) Step(summary string, in I) resource.Step {
	return resource.Step{Verb: string(v), Summary: summary, Input: compact(in)}
}

// Call is a verb with the SDK operation that carries it out.
type Call[C any] struct {
	Verb string
	// Do sends request and returns the SDK's answer.
	Do func(ctx context.Context, client C, request json.RawMessage) (any, error)
	// Made reads the id, and the ARN where AWS tells it, from the answer of a create.
	Made func(answer any) (id, arn string)
}

// Bind pairs v with the SDK operation op, given as a method expression. The
// compiler checks that op takes what v plans.
func Bind[C, I, O, Opt any](v Verb[I], op func(C, context.Context, *I, ...func(*Opt)) (*O, error)) Call[C] {
	return Call[C]{Verb: string(v), Do: func(ctx context.Context, client C, request json.RawMessage) (any, error) {
		var in I
		if err := json.Unmarshal(request, &in); err != nil {
			return nil, fmt.Errorf("reading the request of %s: %w", v, err)
		}
		return op(client, ctx, &in)
	}}
}

// BindCreate is Bind for the call that makes the resource; made reads its id.
func BindCreate[C, I, O, Opt any](v Verb[I], op func(C, context.Context, *I, ...func(*Opt)) (*O, error), made func(*O) (id, arn string)) Call[C] {
	call := Bind(v, op)
	call.Made = func(answer any) (string, string) { return made(answer.(*O)) }
	return call
}

// compact is v in JSON without nulls and empty lists and objects, which would
// fill the Web UI: an SDK request has dozens of fields and uses three. Keys are
// sorted, so that equal requests have equal bytes.
func compact(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encoding a %T: %v", v, err)) // SDK shapes are plain data
	}
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		panic(fmt.Sprintf("reading back a %T: %v", v, err))
	}
	tree, _ = prune(tree)
	if tree == nil {
		return json.RawMessage("{}")
	}
	raw, _ = json.Marshal(tree) // came from JSON
	return raw
}

// prune drops what is empty below v and says whether anything is left.
func prune(v any) (any, bool) {
	switch v := v.(type) {
	case nil:
		return nil, false
	case map[string]any:
		for key, child := range v {
			if pruned, keep := prune(child); keep {
				v[key] = pruned
			} else {
				delete(v, key)
			}
		}
		return v, len(v) > 0
	case []any:
		kept := v[:0]
		for _, child := range v {
			if pruned, keep := prune(child); keep {
				kept = append(kept, pruned)
			}
		}
		return kept, len(kept) > 0
	}
	return v, true
}
