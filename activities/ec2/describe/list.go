// Package describe reads the lists of EC2, each to its last page. A read selects by filters, never
// by several ids: EC2 refuses a whole list of ids when it does not find one of them.
package describe

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/aws/sharing"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/resource"
)

// List is a list of EC2: how to read it, and what it shows of each resource.
type List[T any] struct {
	What string             // in words: "subnet"
	ID   string             // the filter by id; empty: AWS has none
	Type types.ResourceType // of the tags at the create
	Read func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]T, error)
	// One reads the one with an id, where AWS has no filter by it: an unknown id is an error.
	One  func(ctx context.Context, client *awsec2.Client, id string) ([]T, error)
	Is   func(T) *string // the id
	Tags func(T) []types.Tag
	ARN  func(T) *string // nil: AWS does not show it
	// NoTagFilter means that AWS has no filter by tag: each look by owner reads the whole list.
	NoTagFilter bool
	// Counts, if set, picks the resource that counts among those of one owner; nil: the newest
	// incarnation.
	Counts func([]T) *T
	// Shows tells what a resource shows of the value of a filter, besides the filters by id and by tag.
	// Simultaneous reads by such a filter share a call.
	Shows map[string]func(T) *string
	// Words, if set, names a resource as a holder of another; nil: What and the id.
	Words func(T) string
}

// Field returns the name of the SDK's field that Is reads: "SubnetId". Requests and answers of other
// operations have the id under the same name.
func (l List[T]) Field() string {
	var t T
	of := reflect.ValueOf(&t).Elem()
	for field, value := range of.Fields() {
		if probe := aws.String(""); field.IsExported() && field.Type == reflect.TypeFor[*string]() {
			value.Set(reflect.ValueOf(probe))
			if l.Is(t) == probe {
				return field.Name
			}
			value.SetZero()
		}
	}
	panic(fmt.Sprintf("the list of each %s reads its id in no field of %s", l.What, of.Type()))
}

// By reads what passes all filters.
func (l List[T]) By(ctx context.Context, client *awsec2.Client, by ...types.Filter) (all []T, err error) {
	parts := chunks(by)
	for _, part := range parts {
		some, err := l.read(ctx, client, part)
		if err != nil {
			return nil, fmt.Errorf("describing each %s: %w", l.What, err)
		}
		all = append(all, some...)
	}
	if len(parts) > 1 { // two chunks may name the same one: a table has several subnets
		seen := map[string]bool{}
		all = slices.DeleteFunc(all, func(t T) bool {
			id := aws.ToString(l.Is(t))
			twice := seen[id]
			seen[id] = true
			return twice
		})
	}
	return all, nil
}

// chunks splits the longest filter, so that no call has more values than AWS accepts.
func chunks(by []types.Filter) (parts [][]types.Filter) {
	longest, values := 0, 0
	for i, f := range by {
		values += len(f.Values)
		if len(f.Values) > len(by[longest].Values) {
			longest = i
		}
	}
	if values <= sharing.Most {
		return [][]types.Filter{by}
	}
	room := max(sharing.Most-(values-len(by[longest].Values)), 1)
	for some := range slices.Chunk(by[longest].Values, room) {
		part := slices.Clone(by)
		part[longest].Values = some
		parts = append(parts, part)
	}
	return parts
}

// Filter selects by one of several values, each taken literally: a claim or a spec may contain the
// characters of a pattern. AWS ignores unknown values, whereas a list of ids would fail as a whole.
func Filter(name string, values ...string) types.Filter {
	literal := make([]string, 0, len(values))
	for _, value := range values {
		literal = append(literal, wildcards.Replace(value))
	}
	return types.Filter{Name: aws.String(name), Values: literal}
}

// wildcards escapes the characters that a filter would treat as patterns.
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
var wildcards = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`)

// InState selects by one of several states.
func InState[S ~string](name string, states []S) types.Filter {
	values := make([]string, 0, len(states))
	for _, state := range states {
		values = append(values, string(state))
	}
	return Filter(name, values...)
}

// OwnedBy selects by ownership, in one of the forms of the owner's tag.
func OwnedBy(o resource.Owner, key string) types.Filter { return Filter("tag:"+key, o.Tag()) }

// Find reads the resource with an id, otherwise the one of an owner.
func (l List[T]) Find(ctx context.Context, client *awsec2.Client, id string, owner resource.Owner) (*T, error) {
	by := []types.Filter{OwnedBy(owner, resource.TagOwner)}
	switch {
	case id != "" && l.ID != "":
		by = []types.Filter{Filter(l.ID, id)}
	case id != "" || l.NoTagFilter:
		by = nil // the whole list
	}
	read := func() ([]T, error) { return l.By(ctx, client, by...) }
	if id != "" && l.One != nil {
		read = func() ([]T, error) { return l.One(ctx, client, id) }
	}
	found, err := read()
	if err != nil {
		return nil, reads.UnlessAbsent(err)
	}
	if id != "" {
		found = slices.DeleteFunc(found, func(t T) bool { return aws.ToString(l.Is(t)) != id })
	} else if l.NoTagFilter {
		found = slices.DeleteFunc(found, func(t T) bool { return !owner.Owns(tags.Of(l.Tags(t))) })
	}
	if l.Counts != nil {
		return l.Counts(found), nil
	}
	return l.Latest(found), nil
}

// Latest returns the newest incarnation that a look-up by ownership found: an older one may still
// be visible during its deletion.
func (l List[T]) Latest(found []T) *T { return newest(found, l.Tags) }

func newest[T any](found []T, tagsOf func(T) []types.Tag) (latest *T) {
	highest := -1
	for i := range found {
		if n := resource.OwnershipOf(tags.Of(tagsOf(found[i]))).Incarnation; n > highest {
			latest, highest = &found[i], n
		}
	}
	return latest
}

// Finder returns the look-up of a kind. as adds what the kind reads besides; it is not called where
// AWS shows no resource.
func Finder[W, T, G any](l List[T], as func(context.Context, *awsec2.Client, kind.Query[W], T) (*G, error)) kind.Finder[*awsec2.Client, W, G] {
	return func(ctx context.Context, client *awsec2.Client, q kind.Query[W]) (*G, error) {
		found, err := l.Find(ctx, client, q.ID, q.Owner)
		if found == nil || err != nil {
			return nil, err
		}
		return as(ctx, client, q, *found)
	}
}

// Owned returns the list of all resources that carry an owner's tag.
func Owned[T, G any](l List[T], as func(T) G) kind.Owned[*awsec2.Client, G] {
	return func(ctx context.Context, client *awsec2.Client, owner resource.Owner) (owned []G, err error) {
		all, err := l.By(ctx, client, OwnedBy(owner, resource.TagOwner))
		for _, t := range all {
			owned = append(owned, as(t))
		}
		return owned, err
	}
}

// IDs reads the ids of the resources that pass all filters, sorted.
func (l List[T]) IDs(ctx context.Context, client *awsec2.Client, by ...types.Filter) (ids []string, err error) {
	return l.IDsOf(ctx, client, nil, by...)
}

// IDsOf reads the ids of the resources that pass keep, which may be nil, and all filters, sorted.
func (l List[T]) IDsOf(ctx context.Context, client *awsec2.Client, keep func(T) bool, by ...types.Filter) (ids []string, err error) {
	return l.texts(ctx, client, func(t T) string { return aws.ToString(l.Is(t)) }, keep, by)
}

// Names names the resources that pass a filter and keep, which may be nil.
func (l List[T]) Names(ctx context.Context, client *awsec2.Client, keep func(T) bool, by ...types.Filter) (names []string, err error) {
	return l.texts(ctx, client, l.named, keep, by)
}

// texts returns what of says of each resource that passes keep and all filters. It sorts the texts: AWS
// promises no order, and a changed message would be reported as new.
func (l List[T]) texts(ctx context.Context, client *awsec2.Client, of func(T) string, keep func(T) bool, by []types.Filter) (texts []string, err error) {
	all, err := l.By(ctx, client, by...)
	for _, t := range all {
		if keep == nil || keep(t) {
			texts = append(texts, of(t))
		}
	}
	slices.Sort(texts)
	return texts, err
}

func (l List[T]) named(t T) string {
	if l.Words != nil {
		return l.Words(t)
	}
	return l.What + " " + aws.ToString(l.Is(t))
}
