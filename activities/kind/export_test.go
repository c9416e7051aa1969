package kind

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/resource"
)

// optional are the functions that a kind may omit.
var optional = []string{"Owned", "Named", "Lacks", "Advise", "Plan", "Later", "Accepter"}

// Missing returns the functions that the definition lacks.
func (d Definition[C, W, G]) Missing() (missing []string) {
	v := reflect.ValueOf(d)
	for field, value := range v.Fields() {
		if field.Type.Kind() == reflect.Func && value.IsNil() && !slices.Contains(optional, field.Name) {
			missing = append(missing, field.Name)
		}
	}
	if f := d.Facts(new(G)); d.Tagless() && (!f.Tagless || f.TagsFollow) {
		missing = append(missing, "Tagged")
	}
	if (d.Owned != nil) == d.NaturalKey {
		missing = append(missing, "either NaturalKey or Owned")
	}
	return missing
}

// Tagless reports whether the definition names no request that changes tags.
func (d Definition[C, W, G]) Tagless() bool { return d.Tagged.Set == nil }

// Unnamed reports whether AWS keeps something unique, and the definition has no look-up by it.
func (d Definition[C, W, G]) Unnamed() bool { return d.Unique != nil && d.Named == nil }

// Probe sends the definition's reads, in every way that the engine asks for them, and the request
// that releases a resource with that id.
func (d Definition[C, W, G]) Probe(ctx context.Context, cfg aws.Config, spec json.RawMessage, id string, owner resource.Owner, tags []string) error {
	client := d.Client(cfg)
	var want W
	if err := json.Unmarshal(spec, &want); err != nil {
		return fmt.Errorf("reading the spec: %w", err)
	}
	target := resource.Target{Partition: "aws", AccountID: "111111111111", Region: "us-west-2"}
	for _, q := range []Query[W]{{ID: id}, {ID: id, Deleting: true}, {ID: id, Fresh: true}, {ID: id, Whole: true}, {}, {Deleting: true}} {
		q.Want, q.Owner, q.Target = want, owner, target
		// The answers are empty: how a kind interprets them does not matter here.
		_, _ = d.Find(ctx, client, q)
	}
	if d.Owned != nil {
		_, _ = d.Owned(ctx, client, owner)
	}
	if d.Named != nil {
		_, _ = d.Named(ctx, client, want)
	}
	for _, c := range d.Calls {
		if c.Holders != nil {
			request := fmt.Sprintf(`{"GroupId":%[1]q,"SubnetId":%[1]q,"VpcId":%[1]q,"PolicyArn":%[1]q,"RoleName":"x","GroupName":"x"}`, id)
			_, _ = c.Holders(ctx, client, json.RawMessage(request))
		}
	}
	if d.Tagless() {
		return nil // AWS has no tags for the type
	}
	step := d.Tagged.Remove(id, tags)
	for _, c := range d.Tagged.Calls {
		if c.Verb == step.Verb {
			_, err := c.Do(ctx, client, step.Input)
			return err
		}
	}
	return fmt.Errorf("the step that takes the tags off is %q, and no call carries it out", step.Verb)
}
