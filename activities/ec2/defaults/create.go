package defaults

import (
	"context"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	"github.com/tack-dev/tack/resource"
)

// Create is the operation that creates the resources of a list.
type Create[I any] struct {
	call.Operation[*awsec2.Client, I]
	tagged types.ResourceType
}

// Creates names the operation that creates the resources of a list, as a method expression. The list
// reads the id in AWS's answer.
func Creates[T, I, O any](list describe.List[T], op func(*awsec2.Client, context.Context, *I, ...func(*awsec2.Options)) (*O, error)) Create[I] {
	created := createdIn[T, O](list.Field())
	if _, takes := reflect.TypeFor[I]().FieldByName(tagSpecifications); takes && list.Type == "" {
		panic("the list of each " + list.What + " has no Type for the tags at the create")
	}
	return Create[I]{
		Operation: call.Create(op, func(answer *O) (id, arn string) {
			t := created(answer)
			if list.ARN != nil {
				arn = aws.ToString(list.ARN(t))
			}
			return aws.ToString(list.Is(t)), arn
		}),
		tagged: list.Type,
	}
}

// Explains appends more to AWS's message where it refuses the create with a code.
func (c Create[I]) Explains(code, more string) Create[I] {
	c.Operation = c.Operation.Explains(code, more)
	return c
}

// Request is the Create of a kind whose request repeats the spec. summary says in words what the
// create makes; options are those of shape.Request.
func Request[I, W any](create Create[I], summary func(W) string, options ...shape.Option) func(W, kind.Making) resource.Step {
	request := shape.Request[I, W](options...)
	return Sends(create, func(want W) (I, string) { return request(want), summary(want) })
}

// Sends is the Create of a kind that makes its request, with the summary. The token and the tags are
// added, so that AWS makes the resource once and it is never without its tags.
func Sends[I, W any](create Create[I], request func(W) (I, string)) func(W, kind.Making) resource.Step {
	return func(want W, m kind.Making) resource.Step {
		in, summary := request(want)
		return create.step(in, summary, m)
	}
}

const tagSpecifications = "TagSpecifications"

// tokens are the names that EC2 gives to the token of a request.
var tokens = []string{"ClientToken", "IdempotencyToken"}

func (c Create[I]) step(in I, summary string, m kind.Making) resource.Step {
	for _, token := range tokens {
		shape.SetText(&in, token, m.Token)
	}
	if field := reflect.ValueOf(&in).Elem().FieldByName(tagSpecifications); field.IsValid() {
		field.Set(reflect.ValueOf(tags.AtCreate(c.tagged, m.Tags)))
	}
	return c.Step(summary, in)
}

// createdIn returns how to read the resource in the answer O of a create. The answer contains it, or
// a list of one, or a list of one id, as for a flow log. Otherwise the answer has the fields of the
// resource itself, as for an address.
func createdIn[T, O any](id string) func(*O) T {
	t, o := reflect.TypeFor[T](), reflect.TypeFor[O]()
	for field := range o.Fields() {
		switch field.Type {
		case reflect.PointerTo(t), reflect.SliceOf(t):
			return contained[T, O](field)
		}
	}
	if field, found := o.FieldByName(id + "s"); found && field.Type == reflect.TypeFor[[]string]() {
		return firstOf[T, O](id, field)
	}
	if field, found := o.FieldByName(id); !found || field.Type != reflect.TypeFor[*string]() {
		panic(fmt.Sprintf("%s contains neither %s nor %s", o, t, id))
	}
	return func(answer *O) (made T) {
		for field := range o.Fields() {
			if same, found := t.FieldByName(field.Name); found && field.IsExported() && same.Type == field.Type {
				reflect.ValueOf(&made).Elem().FieldByIndex(same.Index).Set(reflect.ValueOf(answer).Elem().FieldByIndex(field.Index))
			}
		}
		return made
	}
}

// firstOf reads the only id in a list of an answer.
func firstOf[T, O any](id string, list reflect.StructField) func(*O) T {
	return func(answer *O) (made T) {
		if ids := reflect.ValueOf(answer).Elem().FieldByIndex(list.Index); ids.Len() > 0 {
			shape.SetText(&made, id, ids.Index(0).String())
		}
		return made
	}
}

// contained reads the resource that a field of an answer contains.
func contained[T, O any](field reflect.StructField) func(*O) T {
	return func(answer *O) (made T) {
		switch is := reflect.ValueOf(answer).Elem().FieldByIndex(field.Index); {
		case is.IsNil() || is.Kind() == reflect.Slice && is.Len() == 0:
		case is.Kind() == reflect.Slice:
			made = is.Index(0).Interface().(T)
		default:
			made = is.Elem().Interface().(T)
		}
		return made
	}
}
