// Package defaults completes the definitions of EC2's kinds. A kind names its list and the operations
// that create and delete the resource; everything that follows from them is here.
package defaults

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/resource"
)

// Definition is the definition of a kind of EC2.
type Definition[W, G any] = kind.Definition[*awsec2.Client, W, G]

// Of adds to a definition what it leaves out. G is the list's T, or embeds it. The definition may
// still set any field:
//   - Facts adds the state; the id, the ARN and the tags come from the list.
//   - Find is needed where a kind reads more than its list.
//   - Owned comes from the list, for a kind without NaturalKey.
//   - Unplan deletes the resource in one step.
//   - Calls are the other operations.
func Of[T, I, D, W, G any](list describe.List[T], create Create[I], remove call.Operation[*awsec2.Client, D], d Definition[W, G]) kind.Kind {
	listed, named := shape.Part[T, G](), deletes(list, remove)
	d.Client = func(cfg aws.Config) *awsec2.Client { return awsec2.NewFromConfig(cfg) }
	d.Tagged = tags.Calls
	d.Facts = facts(list, listed, d.Facts)
	d.Calls = slices.Concat(call.All(create), d.Calls, call.All(remove))
	if d.Find == nil {
		d.Find = describe.Finder(list, plain[W, T, G](listed))
	}
	if d.Owned == nil && !d.NaturalKey {
		d.Owned = describe.Owned(list, wrapped[T, G](listed))
	}
	if d.Unplan == nil {
		d.Unplan = func(got *G) []resource.Step { return []resource.Step{named(*listed(got))} }
	}
	return d
}

// facts adds to the facts of a kind what its list shows of every resource.
func facts[T, G any](list describe.List[T], listed func(*G) *T, own func(*G) kind.Facts) func(*G) kind.Facts {
	return func(got *G) (f kind.Facts) {
		if own != nil {
			f = own(got)
		}
		t := *listed(got)
		f.ID, f.Tags = aws.ToString(list.Is(t)), tags.Of(list.Tags(t))
		if list.ARN != nil {
			f.ARN = aws.ToString(list.ARN(t))
		}
		return f
	}
}

// Delete plans the delete of a resource of a list.
func Delete[T, D any](list describe.List[T], remove call.Operation[*awsec2.Client, D], t T) resource.Step {
	return deletes(list, remove)(t)
}

// deletes returns how to plan a delete: the request names only the id, or a list of one.
func deletes[T, D any](list describe.List[T], remove call.Operation[*awsec2.Client, D]) func(T) resource.Step {
	field := list.Field()
	if !shape.SetText(new(D), field, "") {
		field += "s"
	}
	if !shape.SetText(new(D), field, "") {
		panic(fmt.Sprintf("%T does not name a %s", *new(D), list.What))
	}
	return func(t T) resource.Step {
		var in D
		id := aws.ToString(list.Is(t))
		shape.SetText(&in, field, id)
		return remove.Step("delete "+list.What+" "+id, in)
	}
}
