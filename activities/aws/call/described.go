package call

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// Described tells of the calls of a kind, without the type of their client.
type Described struct {
	service string
	secrets []string
	calls   map[string]described
}

type described struct {
	operation string // "CreateVpc"
	dry       bool   // AWS can check the request without carrying it out
	send      func(ctx context.Context, cfg aws.Config, request json.RawMessage) error
}

// Describe describes the calls of a kind, such as "ec2.VPC". secrets are as in its definition.
func Describe[C any](kind string, client func(aws.Config) C, secrets []string, calls []Call[C]) Described {
	d := Described{service: resource.Ref{Kind: kind}.Service(), secrets: secrets, calls: map[string]described{}}
	for _, c := range calls {
		field, dry := c.Request.FieldByName("DryRun")
		d.calls[c.Verb] = described{
			operation: strings.TrimSuffix(c.Request.Name(), "Input"),
			dry:       dry && field.Type.String() == "*bool",
			send: func(ctx context.Context, cfg aws.Config, request json.RawMessage) error {
				_, err := c.Do(ctx, client(cfg), request)
				return err
			},
		}
	}
	return d
}

// Action returns the call of a verb as IAM policies name it: "ec2:CreateVpc".
func (d Described) Action(verb string) string { return d.service + ":" + d.calls[verb].operation }

// DryRun asks AWS whether the caller may send a request, without carrying it out. It returns AWS's
// answer, which is always an error. ok is false if AWS has no dry run for the call.
func (d Described) DryRun(ctx context.Context, cfg aws.Config, verb string, request json.RawMessage) (ok bool, answer error) {
	c := d.calls[verb]
	if !c.dry {
		return false, nil
	}
	fields := map[string]json.RawMessage{}
	_ = json.Unmarshal(request, &fields) // a planned request is an object in JSON
	fields["DryRun"] = json.RawMessage("true")
	dry, _ := json.Marshal(fields) // decoded from JSON
	return true, awserror.Discreet(c.send(ctx, cfg, dry), d.secrets, request)
}

// hidden stands for a secret.
const hidden = "(hidden)"

// Discreet returns a request without its secrets.
func (d Described) Discreet(request json.RawMessage) json.RawMessage {
	var tree any
	if len(d.secrets) == 0 || json.Unmarshal(request, &tree) != nil {
		return request
	}
	without, _ := json.Marshal(d.without(tree, false)) // decoded from JSON
	return without
}

// without hides the texts in and below the fields that are secret.
func (d Described) without(tree any, below bool) any {
	switch tree := tree.(type) {
	case string:
		if below {
			return hidden
		}
	case map[string]any:
		for name, child := range tree {
			tree[name] = d.without(child, below || slices.Contains(d.secrets, name))
		}
	case []any:
		for i, child := range tree {
			tree[i] = d.without(child, below)
		}
	}
	return tree
}
