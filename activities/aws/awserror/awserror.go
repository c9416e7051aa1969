// Package awserror classifies AWS's errors: for the next step of a run, and for Temporal's retries.
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

// ByAnother reports whether a code means that AWS refuses because of another resource.
func ByAnother(code string) bool { return codes.Class(code).ByAnother() }

// IsNotFound reports whether err says that a resource does not exist.
func IsNotFound(err error) bool { return err != nil && Of(err).Class == resource.NotFound }

// IsDenied reports whether err means that the caller lacks a permission.
func IsDenied(err error) bool { return err != nil && Of(err).Class == resource.Denied }

// IsMalformed reports whether AWS rejects the form of an id: no resource can have such an id.
func IsMalformed(err error) bool {
	return err != nil && strings.HasSuffix(Of(err).Code, "Malformed") // NatGatewayMalformed has no dot
}

// Of classifies an SDK error by AWS's code. Without a code, or with a 5xx one, it is unknown
// whether AWS carried out the request.
func Of(err error) resource.Failure {
	var api smithy.APIError
	var unreadable *smithy.DeserializationError
	if errors.As(err, &unreadable) || !errors.As(err, &api) {
		return resource.Failure{Code: resource.ReasonNoAnswer, Class: resource.Unclear, Message: Cause(err)}
	}
	f := resource.Failure{Code: api.ErrorCode(), Class: codes.Class(api.ErrorCode()), Message: api.ErrorMessage()}
	var done already
	switch {
	case errors.As(err, &done):
		f.Class = resource.Exists
	case Propagating(f):
		f.Class = resource.NotFound // a resource that it names may still appear
	case strings.Contains(f.Message, badMetadataKey):
		f.Class = resource.Denied
	case f.Code == "LimitExceeded" && strings.Contains(f.Message, profileQuota):
		f.Class = resource.Exists
	case f.Code == "InvalidInput" && strings.Contains(f.Message, roleTaken):
		f.Class = resource.Exists
	case elsewhere.MatchString(f.Message), strings.Contains(f.Message, routed), strings.Contains(f.Message, domainTaken):
		f.Class = resource.Dependent
	}
	var response *smithyhttp.ResponseError
	if f.Class == resource.Other && errors.As(err, &response) && response.HTTPStatusCode() >= 500 {
		f.Class = resource.Unclear
	}
	return f
}

// already is AWS's refusal of a call that may be carried out already.
type already struct{ error }

func (a already) Unwrap() error { return a.error }

// Already classifies AWS's refusal of a call as Exists: an earlier attempt may have carried it out.
func Already(err error) error { return already{err} }

// badMetadataKey is part of AWS's refusal of a tag that an instance's metadata cannot show. A check
// covers the keys where the spec turns these tags on. A launch template or the account's default
// can also turn them on, and can change without the spec.
const badMetadataKey = "is not a valid tag key. Tag keys must match pattern"

// profileQuota is the quota that AWS names when an instance profile already has a role. A profile
// holds at most one role, whatever quotas the account has.
const profileQuota = "InstanceSessionsPerInstanceProfile"

// roleTaken is AWS's refusal of a second service-linked role.
const roleTaken = "has been taken in this account"

// elsewhere matches AWS's refusal of a route to a gateway that is not attached to the VPC of the
// table. Somebody may attach it at any moment.
var elsewhere = regexp.MustCompile(`network gateway \S+ belong to different networks`)

// routed is AWS's refusal to delete the endpoint of a load balancer while a route leads to it.
const routed = "Endpoint must be removed from route table before deletion"

// domainTaken is AWS's refusal of an interface endpoint with private DNS names that another endpoint of the
// VPC has. That one may be on its way out, as after a rename of its object.
// Source: https://github.com/hashicorp/terraform-provider-aws/issues/17269
const domainTaken = "there is already a conflicting DNS domain for"

// Propagating reports whether AWS misses something that is new or does not exist yet. AWS's code
// for this is otherwise that of a hopeless request.
func Propagating(f resource.Failure) bool {
	return f.Code == "MalformedPolicyDocument" && identity.MatchString(f.Message) ||
		// EC2 sees a new instance profile with a delay of seconds to two minutes.
		f.Code == "InvalidParameterValue" && profile.MatchString(f.Message) ||
		// EC2 cannot assume a new role for up to two minutes, for example that of a flow log.
		f.Code == "InvalidParameter" && strings.Contains(f.Message, unassumed)
}

// unassumed is part of EC2's refusal of a role that its service cannot assume. The role may be new,
// or its trust policy may lack the service: an edit of the role cures that.
const unassumed = "Unable to assume given IAM role"

// profile matches EC2's answer for an instance profile that it does not see: `Value (web) for
// parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`. Other answers
// about the parameter do not change by waiting.
var profile = regexp.MustCompile(`Invalid IAM Instance Profile (name|ARN)`)

// identity matches a refusal that names a role or user, by its ARN, that may be too new for IAM.
// IAM answers `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/ci"`. A service,
// an account or a malformed ARN does not become valid by waiting.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_iam-trust.html
var identity = regexp.MustCompile(`Invalid principal in policy.*arn:[a-z-]+:iam::\d{12}:(role|user)/`)

// PropagatingAttempts is how often one activity tries a call that names something AWS does not show
// yet. Most of it appears within seconds. After that the object reports what AWS misses, and the
// run tries again soon.
const PropagatingAttempts = 3

// Cause returns the innermost text of an SDK error. It leaves out request ids, which would make the
// message of each attempt different.
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

// Activity converts a failure into an error for Temporal. Its type is AWS's code, so that the Web
// UI shows it; its details are the classified failure. A failure that another resource causes is
// retried after the pause.
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

// Reset refuses a call that another run planned, before it is sent. After a reset, a run still
// holds the plan from the kept part of the history. Since then the call may have been sent, and its
// resource may belong to another object.
func Reset() error {
	return Activity(resource.Failure{
		Code: resource.CodeReset, Class: resource.Other, Message: "the run was reset: Tack reads AWS again before it sends anything",
	}, true, 0)
}

// TryAgain returns an error for a failure that is retried within the activity.
func TryAgain(f resource.Failure, attempt int32) error {
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, temporal.ApplicationErrorOptions{
		Category: temporal.ApplicationErrorCategoryBenign, NextRetryDelay: 2 * Pause(attempt, false), Details: []any{f},
	})
}

// NotShown returns the error of an attempt in which AWS misses part of a resource that it showed,
// or something new. AWS did nothing, so the attempt is retried.
func NotShown(f resource.Failure) error {
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, temporal.ApplicationErrorOptions{
		Category: temporal.ApplicationErrorCategoryBenign, Details: []any{f},
	})
}

// Waiting returns the error of an attempt of Await or Find that has no result yet.
func Waiting(reason, message string, after time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(message, reason, temporal.ApplicationErrorOptions{
		Category:       temporal.ApplicationErrorCategoryBenign,
		NextRetryDelay: after,
	})
}
