package iam

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/resource"
)

// Identity says which resource it is: its ARN. For another's resource under our name, it is the id
// that AWS never reuses.
type Identity struct{ id string }

// of adds to the definition of a kind with a name what it leaves out. G embeds T and Identity. The
// definition may still set any field:
//   - Facts adds the state; the id, the ARN and the tags come from AWS's answer.
//   - Find is needed where a kind reads more: see finder.
//   - Plan gets notes about the name and the path, which AWS cannot change.
//   - Unplan deletes the resource in one step.
//   - Calls are the other operations.
func of[T, I, D, W, G any](
	list byName[T], create call.Operation[*awsiam.Client, I], remove call.Operation[*awsiam.Client, D], d kind.Definition[*awsiam.Client, W, G],
) kind.Kind {
	shown, identified := shape.Part[T, G](), shape.Part[Identity, G]()
	facts, plan := d.Facts, d.Plan
	name(new(D), list.field, "")
	d.Client = newClient
	d.NaturalKey, d.Unique = true, []string{"name"} // in its account
	d.Calls = slices.Concat(call.All(create), d.Calls, call.All(remove))
	d.Facts = func(got *G) (f kind.Facts) {
		if facts != nil {
			f = facts(got)
		}
		here := list.holder(shown(got))
		f.ID, f.ARN, f.Tags = identified(got).id, here.arn, here.tags
		return f
	}
	d.Plan = func(want W, got *G, c kind.Case) (draft kind.Draft) {
		if plan != nil {
			draft = plan(want, got, c)
		}
		if got != nil {
			notes := nameNotes(shape.Text(want, "Name"), shape.Text(want, "Path"), list.name(shown(got)), shape.Text(shown(got), "Path"))
			draft.Notes = append(draft.Notes, notes...)
		}
		return draft
	}
	if d.Find == nil {
		d.Find = finder(list, func(context.Context, *awsiam.Client, kind.Query[W], *G) error { return nil })
	}
	if d.Unplan == nil {
		d.Unplan = func(got *G) []resource.Step { return []resource.Step{deletion(list, remove, shown(got))} }
	}
	return d
}

// finder is the Find of a kind with a name. read adds what the kind reads besides; it is not called
// for another's resource under our name.
func finder[T, W, G any](list byName[T], read func(context.Context, *awsiam.Client, kind.Query[W], *G) error) kind.Finder[*awsiam.Client, W, G] {
	shown, identified := shape.Part[T, G](), shape.Part[Identity, G]()
	return func(ctx context.Context, client *awsiam.Client, q kind.Query[W]) (*G, error) {
		found, id, theirs, err := lookUp(ctx, client, q, shape.Text(q.Want, "Name"), list)
		if found == nil || err != nil {
			return nil, err
		}
		got := new(G)
		*shown(got), identified(got).id = *found, id
		if theirs {
			return got, nil
		}
		return got, read(ctx, client, q, got)
	}
}

// creates names the operation that creates the resource, as a method expression.
func creates[T, I, O any](_ byName[T], op operation[I, O]) call.Operation[*awsiam.Client, I] {
	answered[T](new(O)) // panics where the answer has no such resource
	return call.Create(op, func(out *O) (id, arn string) {
		if made := answered[T](out); made != nil {
			arn = aws.ToString(shape.Text(made, "Arn"))
		}
		return arn, arn
	})
}

// request is the Create of a kind with a name. The request repeats the spec, without some fields that
// other calls set, and has the tags. Its key is the ARN that AWS gives the resource.
func request[W, T, I any](list byName[T], create call.Operation[*awsiam.Client, I], without ...string) func(W, kind.Making) resource.Step {
	fill := shape.Request[I, W](shape.As("name", reflect.TypeFor[T]().Name()+"Name"), shape.Out(without...))
	return func(want W, m kind.Making) resource.Step {
		in, title, path := fill(want), aws.ToString(shape.Text(want, "Name")), wantedPath(shape.Text(want, "Path"))
		shape.SetText(&in, "Path", path)
		if tags := reflect.ValueOf(&in).Elem().FieldByName("Tags"); tags.IsValid() {
			tags.Set(reflect.ValueOf(tagList(m.Tags)))
		}
		step := create.Step("create "+list.words()+" "+title, in)
		step.Key = arnOf(m.Target, list.what, path, title)
		return step
	}
}

// deletion plans the delete of a resource.
func deletion[T, D any](list byName[T], remove call.Operation[*awsiam.Client, D], shown *T) resource.Step {
	var in D
	name(&in, list.field, list.is(shown))
	return remove.Step("delete "+list.words()+" "+aws.ToString(list.name(shown)), in)
}

// name sets the field of a request that names the resource.
func name(in any, field, value string) {
	if !shape.SetText(in, field, value) {
		panic(fmt.Sprintf("%T has no field %s", in, field))
	}
}

// taggedBy pairs the operations that set and remove tags. field names the resource in their requests:
// "RoleName", or "PolicyArn".
func taggedBy[S, SO, R, RO any](field string, set operation[S, SO], remove operation[R, RO], rules tagging.Rules) call.Tagged[*awsiam.Client] {
	is := func(id string) string {
		if strings.HasSuffix(field, "Arn") {
			return id
		}
		return nameIn(id)
	}
	name(new(S), field, "")
	name(new(R), field, "")
	return call.BindTags(
		set, func(id string, tags map[string]string) (in S) {
			name(&in, field, is(id))
			reflect.ValueOf(&in).Elem().FieldByName("Tags").Set(reflect.ValueOf(tagList(tags)))
			return in
		},
		remove, func(id string, keys []string) (in R) {
			name(&in, field, is(id))
			reflect.ValueOf(&in).Elem().FieldByName("TagKeys").Set(reflect.ValueOf(keys))
			return in
		}, rules)
}
