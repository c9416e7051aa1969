package budget

import (
	"context"
	"errors"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"github.com/tack-dev/tack/activities/aws/awserror"
)

// Limit returns an option for an SDK client whose calls go to an account and a Region. Its calls
// wait for at most a second. A call without a token by then returns an awserror.Denial, and is not sent.
func (b *Budgets) Limit(account, region string) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		// After the validation and before the signature, which is only valid for minutes.
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("tack:RateBudget",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				key := Key{Account: account, Region: region, Service: awsmiddleware.GetServiceID(ctx), Operation: awsmiddleware.GetOperationName(ctx)}
				if key.Service == serviceIAM {
					key.Region = ""
				}
				documented, small := Documented(key.Service, key.Operation, in.Parameters)
				key.Small = small
				if err := b.await(ctx, key, documented); err != nil {
					return middleware.InitializeOutput{}, middleware.Metadata{}, err
				}
				out, metadata, err := next.HandleInitialize(ctx, in)
				if api, ok := errors.AsType[smithy.APIError](err); ok && awserror.Throttles(api.ErrorCode()) {
					b.refused(key, documented, api.ErrorCode(), api.ErrorMessage())
				}
				return out, metadata, err
			}), middleware.After)
	}
}

// await waits for a token. A call whose context ends meanwhile was not sent either.
func (b *Budgets) await(ctx context.Context, key Key, documented Limit) error {
	wait, err := b.take(key, documented)
	if err != nil || wait == 0 {
		return err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return b.later(key, documented, wait)
	}
}
