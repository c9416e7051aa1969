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

	"github.com/tack-dev/tack/resource"
)

// classes is the one table that decides what an AWS error code means. Codes
// ending in .NotFound, .Malformed, .Duplicate or LimitExceeded follow the rules
// in class; any other code is Other: not known to be hopeless, so tried again.
// Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// and https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
var classes = map[string]resource.Class{
	"RequestLimitExceeded":          resource.Throttled,
	"Throttling":                    resource.Throttled,
	"ThrottlingException":           resource.Throttled,
	"EC2ThrottledException":         resource.Throttled,
	"RequestThrottled":              resource.Throttled,
	"TooManyRequestsException":      resource.Throttled,
	"SlowDown":                      resource.Throttled,
	"PriorRequestNotComplete":       resource.Throttled,
	"ConcurrentTagAccess":           resource.Throttled,
	"ConcurrentModification":        resource.Throttled,
	"EntityTemporarilyUnmodifiable": resource.Throttled,

	"NoSuchEntity":          resource.NotFound,
	"InvalidRoute.NotFound": resource.NotFound,
	"NatGatewayNotFound":    resource.NotFound,

	"EntityAlreadyExists":        resource.Exists,
	"RouteAlreadyExists":         resource.Exists,
	"InvalidSubnet.Conflict":     resource.Exists,
	"Resource.AlreadyAssociated": resource.Exists,
	// The token of this incarnation made something already, from another spec: it
	// is looked for, and if it is gone the next incarnation has a token of its own.
	"IdempotentParameterMismatch":  resource.Exists,
	"IdempotentInstanceTerminated": resource.Exists,

	"DependencyViolation": resource.Dependent,
	"DeleteConflict":      resource.Dependent,
	"InvalidGroup.InUse":  resource.Dependent,
	"IncorrectState":      resource.Dependent,

	"InvalidIPAddress.InUse": resource.Dependent,

	"UnauthorizedOperation":   resource.Denied,
	"AccessDenied":            resource.Denied,
	"AccessDeniedException":   resource.Denied,
	"AuthFailure":             resource.Denied,
	"OptInRequired":           resource.Denied,
	"InvalidClientTokenId":    resource.Denied,
	"SignatureDoesNotMatch":   resource.Denied,
	"RegionDisabledException": resource.Denied,

	// Our own: there is no identity to call with.
	RoleDenied:         resource.Gated,
	RoleNotAllowed:     resource.Gated,
	EndpointNotAllowed: resource.Gated,
	WrongAccount:       resource.Gated,
	NoSession:          resource.Throttled,

	"LimitExceeded":                resource.Quota,
	"InsufficientInstanceCapacity": resource.Quota,
	"InsufficientAddressCapacity":  resource.Quota,
	"InsufficientCapacity":         resource.Quota,

	"InsufficientFreeAddressesInSubnet":    resource.Quota,
	"InsufficientHostCapacity":             resource.Quota,
	"InsufficientReservedInstanceCapacity": resource.Quota,
	"MaxSpotInstanceCountExceeded":         resource.Quota,
	"ReservationCapacityExceeded":          resource.Quota,
	"UnfulfillableCapacity":                resource.Quota,

	"RequestExpired":        resource.Expired,
	"ExpiredToken":          resource.Expired,
	"ExpiredTokenException": resource.Expired,

	"InvalidParameterValue":         resource.Invalid,
	"InvalidParameterCombination":   resource.Invalid,
	"InvalidParameter":              resource.Invalid,
	"MissingParameter":              resource.Invalid,
	"UnknownParameter":              resource.Invalid,
	"ValidationError":               resource.Invalid,
	"InvalidInput":                  resource.Invalid,
	"MalformedPolicyDocument":       resource.Invalid,
	"InvalidVpcRange":               resource.Invalid,
	"InvalidVpc.Range":              resource.Invalid,
	"InvalidSubnet":                 resource.Invalid, // of the wrong kind for what it is to hold
	"InvalidSubnet.Range":           resource.Invalid,
	"NatGatewayMalformed":           resource.Invalid,
	"InvalidGroup.Reserved":         resource.Invalid,
	"InvalidTagKey.Malformed":       resource.Invalid,
	"TagLimitExceeded":              resource.Invalid,
	"TagPolicyViolation":            resource.Invalid,
	"InvalidBlockDeviceMapping":     resource.Invalid,
	"InvalidInstanceAttributeValue": resource.Invalid,
	"InvalidInstanceType":           resource.Invalid,
}

// class is what an AWS code means.
func class(code string) resource.Class {
	if c, ok := classes[code]; ok {
		return c
	}
	switch {
	case strings.HasSuffix(code, ".NotFound"), strings.HasSuffix(code, "NotFoundException"):
		return resource.NotFound
	case strings.HasSuffix(code, ".Duplicate"), strings.Contains(code, "AlreadyExists"):
		return resource.Exists
	case strings.HasSuffix(code, ".Malformed"):
		return resource.Invalid
	case strings.HasSuffix(code, "LimitExceeded"):
		return resource.Quota
	}
	return resource.Other
}

// IsNotFound says whether err is AWS's way of saying that there is no such thing.
func IsNotFound(err error) bool { return err != nil && Of(err).Class == resource.NotFound }

// Of reads AWS's answer out of an SDK error. Where AWS gave no code, or
// one of its 5xx, nobody knows whether the request was carried out.
func Of(err error) resource.Failure {
	var api smithy.APIError
	var unreadable *smithy.DeserializationError
	if errors.As(err, &unreadable) || !errors.As(err, &api) {
		return resource.Failure{Code: "NoAnswer", Class: resource.Unclear, Message: Cause(err)}
	}
	f := resource.Failure{Code: api.ErrorCode(), Class: class(api.ErrorCode()), Message: api.ErrorMessage()}
	switch {
	case Propagating(f):
		f.Class = resource.NotFound // what it names may come
	case f.Code == "LimitExceeded" && strings.Contains(f.Message, profileQuota):
		f.Class = resource.Exists
	}
	var response *smithyhttp.ResponseError
	if f.Class == resource.Other && errors.As(err, &response) && response.HTTPStatusCode() >= 500 {
		f.Class = resource.Unclear
	}
	return f
}

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

// What AWS misses is mostly there within seconds: so often it is tried within one
// activity. After that the object says what AWS misses, and is tried again soon.
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

// TryAgain is a failure that is tried again within the activity.
func TryAgain(f resource.Failure, attempt int32) error {
	return temporal.NewApplicationErrorWithOptions(f.Message, f.Code, temporal.ApplicationErrorOptions{
		Category: temporal.ApplicationErrorCategoryBenign, NextRetryDelay: 2 * Pause(attempt, false), Details: []any{f},
	})
}

// Contradiction is the failure of a read in which AWS misses a part of what it has
// shown: the read is retried.
func Contradiction(f resource.Failure) error {
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
