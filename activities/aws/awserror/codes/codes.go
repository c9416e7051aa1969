// Package codes says what AWS's error codes mean. It knows no SDK, so that whoever has
// only the code of a refusal can ask, too.
package codes

import (
	"strings"

	"github.com/tack-dev/tack/resource"
)

// classes is the one table that decides what an AWS error code means. Codes
// ending in .NotFound, .Malformed, .Duplicate or LimitExceeded follow the rules
// in Class; any other code is Other: not known to be hopeless, so tried again.
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
	resource.ReasonRoleDenied:         resource.Gated,
	resource.ReasonRoleNotAllowed:     resource.Gated,
	resource.ReasonEndpointNotAllowed: resource.Gated,
	resource.ReasonWrongAccount:       resource.Gated,
	resource.ReasonNoSession:          resource.Throttled,

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
	"TagPolicyViolation":            resource.Denied, // by a policy of the organization, which may change
	"InvalidBlockDeviceMapping":     resource.Invalid,
	"InvalidInstanceAttributeValue": resource.Invalid,
	"InvalidInstanceType":           resource.Invalid,
}

// Class is what an AWS code means.
func Class(code string) resource.Class {
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

// Contended says whether a code means that another resource has what is asked for, so that
// its end may lift the refusal.
func Contended(code string) bool {
	switch Class(code) {
	case resource.Exists, resource.Dependent, resource.Quota:
		return true
	default:
		return false
	}
}
