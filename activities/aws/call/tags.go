package call

import (
	"context"
	"strings"

	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/resource"
)

// Tagged is how AWS changes the tags of a kind, and which tags it accepts.
type Tagged[C any] struct {
	tagging.Requests
	Calls []Call[C]
	Rules tagging.Rules
}

// BindTags pairs the two operations that change tags with their requests.
func BindTags[C, S, SO, R, RO, Opt any](
	set func(C, context.Context, *S, ...func(*Opt)) (*SO, error), setting func(id string, tags map[string]string) S,
	remove func(C, context.Context, *R, ...func(*Opt)) (*RO, error), removing func(id string, keys []string) R,
	rules tagging.Rules,
) Tagged[C] {
	tag, untag := Verb[S](resource.VerbTag), Verb[R](resource.VerbUntag)
	return Tagged[C]{
		Calls: []Call[C]{Bind(tag, set), Bind(untag, remove)}, Rules: rules,
		Requests: tagging.Requests{
			Set: func(id string, tags map[string]string) resource.Step {
				return tag.Step("tag "+tagging.Describe(tags), setting(id, tags))
			},
			Remove: func(id string, keys []string) resource.Step {
				return untag.Step("remove the tags "+strings.Join(keys, ", "), removing(id, keys))
			},
		},
	}
}
