package iam

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// principal is a type of resource that has policies: how to change and how to read them. A group has
// no permissions boundary.
type principal struct {
	what           string // in words: "role"
	attach, detach grant
	put, remove    grant
	bind, unbind   grant

	attached func(ctx context.Context, client *awsiam.Client, name *string) ([]types.AttachedPolicy, error)
	inline   func(ctx context.Context, client *awsiam.Client, name *string) ([]string, error)
	document func(ctx context.Context, client *awsiam.Client, name, policy *string) (*string, error)
}

// grant is an operation on the policies of one principal.
type grant struct {
	bound call.Bound[*awsiam.Client]
	step  func(summary string, name *string, parts ...part) resource.Step
}

// part is a field of a request.
type part struct {
	field string
	value *string
}

// grants names an operation, as a method expression. field names the principal in its requests.
func grants[I, O any](verb, field string, op func(*awsiam.Client, context.Context, *I, ...func(*awsiam.Options)) (*O, error)) grant {
	name(new(I), field, "")
	operation := call.To(verb, op)
	return grant{bound: operation, step: func(summary string, of *string, parts ...part) resource.Step {
		var in I
		for _, p := range append(parts, part{field, of}) {
			if p.value != nil {
				name(&in, p.field, *p.value)
			}
		}
		return operation.Step(summary, in)
	}}
}

// calls lists the calls of the operations.
func (p principal) calls() []call.Call[*awsiam.Client] {
	var bound []call.Bound[*awsiam.Client]
	for _, g := range []grant{p.attach, p.detach, p.put, p.remove, p.bind, p.unbind} {
		if g.bound != nil {
			bound = append(bound, g.bound)
		}
	}
	return call.All(bound...)
}

// documentsFor reports which documents of inline policies a look reads: those that it compares. A policy
// that the spec does not have is removed, whatever its document, and so is each one in a deletion.
func documentsFor[W any](q kind.Query[W], wanted map[string]*string) func(policy string) bool {
	return func(policy string) bool { return q.Whole || !q.Deleting && wanted[policy] != nil }
}

// read returns the policies of a principal, with the documents of those that reads names.
func (p principal) read(ctx context.Context, client *awsiam.Client, name *string, boundary *types.AttachedPermissionsBoundary, reads func(policy string) bool) (got granted, err error) {
	if boundary != nil {
		got.boundary = aws.ToString(boundary.PermissionsBoundaryArn)
	}
	managed, err := p.attached(ctx, client, name)
	if err != nil {
		return got, fmt.Errorf("listing the policies attached to %s %s: %w", p.what, *name, err)
	}
	for _, policy := range managed {
		got.attached = append(got.attached, aws.ToString(policy.PolicyArn))
	}
	names, err := p.inline(ctx, client, name)
	if err != nil {
		return got, fmt.Errorf("listing the inline policies of %s %s: %w", p.what, *name, err)
	}
	got.inline = map[string]string{}
	for _, policy := range names {
		if got.inline[policy] = ""; !reads(policy) {
			continue
		}
		encoded, err := p.document(ctx, client, name, &policy)
		if err != nil {
			return got, fmt.Errorf("getting inline policy %s of %s %s: %w", policy, p.what, *name, err)
		}
		if got.inline[policy], err = decodeDocument(encoded); err != nil {
			return got, err
		}
	}
	return got, nil
}
