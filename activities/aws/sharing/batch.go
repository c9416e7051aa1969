package sharing

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/tack-dev/tack/activities/aws/awserror"
	"github.com/tack-dev/tack/resource"
)

// limit bounds a shared call with all its pages. A read's attempt lasts longer, so a call that hangs ends
// before the attempt does.
const limit = 20 * time.Second

// batch is the reads of one call, by value.
type batch[T any] [][]*ask[T]

// answer calls AWS and answers each read. It halves a batch that AWS refuses for one of its values, so that
// the refusal concerns only the caller who asked for that value.
func (b batch[T]) answer() {
	b = b.wanted()
	if len(b) == 0 {
		return
	}
	var values []string
	for _, asks := range b {
		values = append(values, asks[0].Value)
	}
	found, err := b[0][0].call(values)
	switch {
	case err != nil && len(b) > 1 && divisible(err):
		b[:len(b)/2].answer()
		b[len(b)/2:].answer()
	case err != nil:
		for _, asks := range b {
			give(asks, nil, err)
		}
	case len(b) == 1:
		give(b[0], found, nil) // AWS alone decides what matches
	default:
		b.split(found)
	}
}

// wanted leaves out reads whose callers have given up, and answers them.
func (b batch[T]) wanted() (wanted batch[T]) {
	for _, asks := range b {
		var left []*ask[T]
		for _, a := range asks {
			if err := a.ctx.Err(); err != nil {
				give([]*ask[T]{a}, nil, err)
			} else {
				left = append(left, a)
			}
		}
		if len(left) > 0 {
			wanted = append(wanted, left)
		}
	}
	return wanted
}

// split gives each read the items that show its value.
func (b batch[T]) split(found []T) {
	by := map[string][]T{}
	for _, item := range found {
		value := b[0][0].Shows(item)
		by[value] = append(by[value], item)
	}
	for _, asks := range b {
		give(asks, by[asks[0].Value], nil)
	}
}

// give answers the reads of one value. Callers change what they get, so all but one get copies.
func give[T any](asks []*ask[T], found []T, err error) {
	for i, a := range asks {
		a.found, a.err = found, err
		if i > 0 {
			a.found = copied(found)
		}
	}
	for _, a := range asks { // not before all copies exist
		close(a.answered)
	}
}

// call calls AWS for all callers, so it continues when the one whose client it uses gives up.
func (a *ask[T]) call(values []string) (found []T, err error) {
	ctx, done := context.WithTimeout(context.WithoutCancel(a.ctx), limit)
	defer done()
	defer func() {
		if bug := recover(); bug != nil {
			err = panicked{bug}
		}
	}()
	return a.Call(ctx, values)
}

// panicked is a panic during a call. It would end the process, whereas Temporal recovers from one in
// an activity.
type panicked struct{ value any }

func (p panicked) Error() string { return fmt.Sprintf("reading AWS: panic: %v", p.value) }

// divisible reports whether AWS may accept the parts of a batch that it refused: there are too many values, or
// one of them is malformed or unknown.
func divisible(err error) bool {
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && slices.Contains([]int{http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong}, response.HTTPStatusCode()) {
		return true
	}
	f := awserror.Of(err)
	return f.Code == "FilterLimitExceeded" || f.Class == resource.Invalid || f.Class == resource.NotFound
}
