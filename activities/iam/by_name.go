package iam

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/shape"
)

// operation is an operation of IAM, as a method expression.
type operation[I, O any] = func(*awsiam.Client, context.Context, *I, ...func(*awsiam.Options)) (*O, error)

// gets reads resources of the SDK's type T by their name, or by their ARN where get takes that. what
// is the type in an ARN: "instance-profile".
func gets[T, I, O any](what string, get operation[I, O]) byName[T] {
	t := reflect.TypeFor[T]().Name()
	of := byName[T]{what: what, field: t + "Name", idField: strings.ToLower(t[:1]) + t[1:] + "ID"}
	if !shape.SetText(new(I), of.field, "") {
		of.field = t + "Arn"
	}
	if !shape.SetText(new(I), of.field, "") {
		panic(fmt.Sprintf("%T does not name a %s", *new(I), t))
	}
	of.get = func(ctx context.Context, client *awsiam.Client, is *string) (*T, error) {
		var in I
		shape.SetText(&in, of.field, *is)
		out, err := get(client, ctx, &in)
		if err != nil {
			return nil, err
		}
		if found := answered[T](out); found != nil {
			return found, nil
		}
		return nil, reads.ErrIncomplete
	}
	of.holder = func(shown *T) holder {
		return holder{arn: aws.ToString(shape.Text(shown, "Arn")), unique: aws.ToString(shape.Text(shown, t+"Id")), tags: tagMap(tagsIn(shown))}
	}
	return of
}

// answered returns the resource in AWS's answer. It panics where such an answer has none.
func answered[T any](answer any) *T {
	t := reflect.TypeFor[T]()
	field := reflect.ValueOf(answer).Elem().FieldByName(t.Name())
	if !field.IsValid() || field.Type() != reflect.PointerTo(t) {
		panic(fmt.Sprintf("%T contains no %s", answer, t))
	}
	return field.Interface().(*T)
}

// tagsIn returns the tags of a resource; a group has none.
func tagsIn(shown any) (tags []types.Tag) {
	if field := reflect.ValueOf(shown).Elem().FieldByName("Tags"); field.IsValid() {
		tags, _ = reflect.TypeAssert[[]types.Tag](field)
	}
	return tags
}

// byARN reports whether IAM's requests name the resource by its ARN.
func (of byName[T]) byARN() bool { return strings.HasSuffix(of.field, "Arn") }

// words names the type: "instance profile".
func (of byName[T]) words() string { return strings.ReplaceAll(of.what, "-", " ") }

// name returns the name of a resource.
func (of byName[T]) name(shown *T) *string {
	return shape.Text(shown, reflect.TypeFor[T]().Name()+"Name")
}

// is returns how IAM's requests name a resource.
func (of byName[T]) is(shown *T) string {
	if of.byARN() {
		return of.holder(shown).arn
	}
	return aws.ToString(of.name(shown))
}
