// Package awserror says what AWS's errors mean: for what to do next, and for
// Temporal.
package awserror

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/activities/aws/awserror/codes"
	"github.com/tack-dev/tack/resource"
)

// IsNotFound says whether err is AWS's way of saying that there is no such thing.
func IsNotFound(err error) bool { return err != nil && Of(err).Class == resource.NotFound }

// IsMalformed says whether AWS refuses an id for its form: nothing can have it.
func IsMalformed(err error) bool {
	return err != nil && strings.HasSuffix(Of(err).Code, ".Malformed")
}

// Of reads AWS's answer out of an SDK error. Where AWS gave no code, or
// one of its 5xx, nobody knows whether the request was carried out.
func Of(err error) resource.Failure {
	var api smithy.APIError
	var unreadable *smithy.DeserializationError
	if errors.As(err, &unreadable) || !errors.As(err, &api) {
		return resource.Failure{Code: resource.ReasonNoAnswer, Class: resource.Unclear, Message: Cause(err)}
	}
	f := resource.Failure{Code: api.ErrorCode(), Class: codes.Class(api.ErrorCode()), Message: api.ErrorMessage()}
	switch {
	case Propagating(f):
		f.Class = resource.NotFound // what it names may come
	case strings.Contains(f.Message, badMetadataKey):
		f.Class = resource.Denied
	case f.Code == "LimitExceeded" && strings.Contains(f.Message, profileQuota):
		f.Class = resource.Exists
	}
	var response *smithyhttp.ResponseError
	if f.Class == resource.Other && errors.As(err, &response) && response.HTTPStatusCode() >= 500 {
		f.Class = resource.Unclear
	}
	return f
}

// badMetadataKey is in AWS's refusal of a tag that an instance's metadata cannot show.
// Where the spec has it shown, the keys were checked: what has it shown else, a launch
// template or the account's default, may change without the spec.
const badMetadataKey = "is not a valid tag key. Tag keys must match pattern"

// profileQuota is the quota that AWS names when an instance profile has a role
// already: it may hold one, whatever the account's quotas are.
const profileQuota = "InstanceSessionsPerInstanceProfile"

// Propagating says whether AWS misses something that may have been made a moment ago, or
// be made yet, although its code is that of a hopeless request.
func Propagating(f resource.Failure) bool {
	return f.Code == "MalformedPolicyDocument" && identity.MatchString(f.Message) ||
		// EC2 sees a new instance profile seconds to two minutes late.
		f.Code == "InvalidParameterValue" && strings.Contains(strings.ToLower(f.Message), "iam instance profile")
}

// identity is a principal that may be too new for IAM: a role or a user, by its ARN. IAM
// answers `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/ci"`. A
// service, an account or a malformed ARN does not become valid by waiting.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-trust.html
var identity = regexp.MustCompile(`Invalid principal in policy.*arn:[a-z-]+:iam::\d{12}:(role|user)/`)

// PropagatingAttempts is how often one activity tries a call that names what AWS does not
// show yet: most of it is there within seconds. After that the object says what AWS
// misses, and is tried again soon.
const PropagatingAttempts = 3

// Cause is the innermost text of an SDK error, without request ids, which would
// make each attempt's message another one.
func Cause(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// Activity is a failure as Temporal is to treat it. Its type is AWS's code,
// so that the Web UI shows it, and its details are the failure as classed. What
// another resource causes is retried after the pause.
func Activity(f resource.Failure, once bool, pause time.Duration) error {
	options := temporal.ApplicationErrorOptions{Details: []any{f}}
	switch f.Class {
	case resource.Throttled:
		options.Category = temporal.ApplicationErrorCategoryBenign
	case resource.Dependent:
		options.Category = temporal.ApplicationErrorCategoryBenign
		options.NextRetryDelay = pause
	case resource.Expired:
		options.NextRetryDelay = 100 * time.Millisecond
	case resource.Unclear:
		options.NonRetryable = once
	default:
		options.NonRetryable = true
	}
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, options)
}

// Reset refuses a call that another run planned, before it is sent. A run that was
// reset holds the plan of the part of history that is kept: since then the call may
// have been sent, and what it is about may be another's.
func Reset() error {
	return Activity(resource.Failure{
		Code: resource.CodeReset, Class: resource.Other, Message: "the run was reset: nothing is sent before AWS was looked at again",
	}, true, 0)
}

// TryAgain is a failure that is tried again within the activity.
func TryAgain(f resource.Failure, attempt int32) error {
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, temporal.ApplicationErrorOptions{
		Category: temporal.ApplicationErrorCategoryBenign, NextRetryDelay: 2 * Pause(attempt, false), Details: []any{f},
	})
}

// NotShown is the failure of an attempt in which AWS misses a part of what it has
// shown, or something that it made a moment ago. AWS has done nothing: the attempt
// is retried.
func NotShown(f resource.Failure) error {
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, temporal.ApplicationErrorOptions{
		Category: temporal.ApplicationErrorCategoryBenign, Details: []any{f},
	})
}

// Waiting is the failure of an attempt of Await or Find: not yet.
func Waiting(reason, message string, after time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(message, reason, temporal.ApplicationErrorOptions{
		Category:       temporal.ApplicationErrorCategoryBenign,
		NextRetryDelay: after,
	})
}
