// Package reads determines whether an answer of AWS is complete.
package reads

import (
	"context"
	"errors"

	"github.com/tack-dev/tack/activities/aws/awserror"
)

// Pages is a paginator of the SDK.
type Pages[O, Opt any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*Opt)) (*O, error)
}

// All reads a list to its last page; of picks the items of a page. AWS may answer a filtered list
// with an empty page and a token: only the last page ends the list.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
func All[O, Opt, T any](ctx context.Context, pages Pages[O, Opt], of func(*O) []T) (all []T, err error) {
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, of(page)...)
	}
	return all, nil
}

// UnlessAbsent returns err, or nil where AWS reports that the resource does not exist. It is only
// for the main read of a kind. NotFound of a part says nothing about the whole, because the replica
// that answers may lag.
func UnlessAbsent(err error) error {
	if awserror.IsNotFound(err) {
		return nil
	}
	return err
}

// Missing reports whether err means that something named in a spec does not exist. If
// AWS denies the read, it counts as there.
func Missing(err error) (bool, error) {
	switch {
	case err == nil || awserror.IsDenied(err):
		return false, nil
	case awserror.IsNotFound(err):
		return true, nil
	}
	return false, err
}

// ErrIncomplete means that AWS's answer lacks something that every such resource has. The read is
// retried.
var ErrIncomplete = errors.New("AWS's answer is not complete")
