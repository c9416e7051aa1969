package iam

import (
	"cmp"
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
)

// unique finds a resource whose path can change, and with it its ARN. Its id is the one that AWS never
// reuses.
type unique[W, G any] struct {
	what string // in words: "group"
	id   func(*G) *string
	get  func(ctx context.Context, client *awsiam.Client, name *string) (*G, error)
	// read adds what the kind reads besides. It is not called for another's resource under our name.
	read func(ctx context.Context, client *awsiam.Client, q kind.Query[W], got *G) error
}

// find reads the resource by its name. In a deletion, another's resource under that name means that
// ours is gone.
func (u unique[W, G]) find(ctx context.Context, client *awsiam.Client, q kind.Query[W]) (*G, error) {
	name := aws.String(cmp.Or(nameIn(q.ARN), nameIn(q.Key), aws.ToString(shape.Text(q.Want, "Name"))))
	if !goodName.MatchString(*name) {
		return nil, nil // a claim may be edited, and AWS refuses the question
	}
	got, err := u.get(ctx, client, name)
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("getting %s %s: %w", u.what, *name, err))
	}
	if theirs := q.ID != "" && q.ID != aws.ToString(u.id(got)); theirs {
		if q.Deleting {
			return nil, nil
		}
		return got, nil
	}
	return got, u.read(ctx, client, q, got)
}
