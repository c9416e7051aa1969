package describe

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/sharing"
)

// line names the reads of one list that differ only in the value of a filter.
type line struct{ what, filter, rest string }

// read reads what passes the filters: in a call with the simultaneous reads that differ in one value,
// where there is such a filter.
func (l List[T]) read(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]T, error) {
	scope := scopeOf(client)
	at := slices.IndexFunc(by, l.divides)
	if !scope.Shared() || at < 0 {
		return l.Read(ctx, client, by)
	}
	rest, room := "", sharing.Most
	for i, f := range by {
		if i != at {
			rest += fmt.Sprintf("%q", append([]string{aws.ToString(f.Name)}, f.Values...))
			room -= len(f.Values)
		}
	}
	name := aws.ToString(by[at].Name)
	return sharing.Ask(ctx, scope, sharing.Read[T]{
		Key: line{l.What, name, rest}, Value: literally(by[at].Values[0]), Room: room,
		Call: func(ctx context.Context, values []string) ([]T, error) {
			together := slices.Clone(by)
			together[at] = Filter(name, values...)
			return l.Read(ctx, client, together)
		},
		Shows: l.shows(name),
	})
}

// divides reports whether an answer to several values of the filter can be divided by them. A filter
// with a pattern matches more than its own text.
func (l List[T]) divides(f types.Filter) bool {
	return len(f.Values) == 1 && l.shows(aws.ToString(f.Name)) != nil && wildcards.Replace(literally(f.Values[0])) == f.Values[0]
}

// shows returns what a resource shows of the value of a filter, or nil where that is not known.
func (l List[T]) shows(filter string) func(T) string {
	if shown := l.Shows[filter]; shown != nil {
		return func(t T) string { return aws.ToString(shown(t)) }
	}
	if key, tag := strings.CutPrefix(filter, "tag:"); tag && l.Tags != nil && !l.NoTagFilter {
		return func(t T) string {
			for _, tag := range l.Tags(t) {
				if aws.ToString(tag.Key) == key {
					return aws.ToString(tag.Value)
				}
			}
			return ""
		}
	}
	if filter == l.ID && filter != "" {
		return func(t T) string { return aws.ToString(l.Is(t)) }
	}
	return nil
}

// literally returns the value that Filter escaped.
func literally(value string) string { return unescaped.Replace(value) }

var unescaped = strings.NewReplacer(`\\`, `\`, `\*`, `*`, `\?`, `?`)

// scopeOf returns the scope of the client's credentials.
func scopeOf(client *awsec2.Client) sharing.Scope {
	if client == nil {
		return sharing.Scope{}
	}
	return sharing.ScopeOf(client.Options().Credentials)
}
