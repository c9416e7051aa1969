package defaults

import (
	"context"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/tack-dev/tack/activities/kind"
)

// wrapped returns a G that contains what the list shows, and nothing besides.
func wrapped[T, G any](listed func(*G) *T) func(T) G {
	return func(t T) (g G) {
		*listed(&g) = t
		return g
	}
}

// plain is the look of a kind that reads nothing besides its list.
func plain[W, T, G any](listed func(*G) *T) func(context.Context, *awsec2.Client, kind.Query[W], T) (*G, error) {
	return func(_ context.Context, _ *awsec2.Client, _ kind.Query[W], found T) (*G, error) {
		got := wrapped[T, G](listed)(found)
		return &got, nil
	}
}
