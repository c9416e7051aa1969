// Package codes classifies AWS's error codes. It does not import the SDK, so that a caller with
// only a code can use it.
package codes

import (
	"strings"

	"github.com/tack-dev/tack/resource"
)

// classes is the only table that classifies AWS error codes. Codes that end in .NotFound,
// .Malformed, .Duplicate or LimitExceeded follow the rules in Class. Any other code is Other: it is
// not known to be hopeless, so the call is retried.
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
	// An attachment is missing, which another request or controller may make.
	"Gateway.NotAttached": resource.NotFound,

	"EntityAlreadyExists":        resource.Exists,
	"RouteAlreadyExists":         resource.Exists,
	"InvalidSubnet.Conflict":     resource.Exists,
	"Resource.AlreadyAssociated": resource.Exists,
	"Resource.AlreadyAssigned":   resource.Exists,

	"DuplicateTransitGatewayAttachment": resource.Exists,

	// Two blocks of one VPC overlap. This code is moto's; AWS's list of codes has none for it.
	"CidrConflict": resource.Exists,
	// The token of this incarnation already created a resource, from another spec. Tack searches
	// for that resource; if it is gone, the next incarnation has its own token.
	"IdempotentParameterMismatch":  resource.Exists,
	"IdempotentInstanceTerminated": resource.Exists,

	"DependencyViolation":     resource.Dependent,
	"DeleteConflict":          resource.Dependent,
	"InvalidGroup.InUse":      resource.Dependent,
	"InvalidNetworkAcl.InUse": resource.Dependent,
	"IncorrectState":          resource.Dependent,
	// A peering connection is in another state than Tack saw, because somebody accepted or ended it.
	"InvalidStateTransition": resource.Dependent,

	"InvalidIPAddress.InUse":         resource.Dependent,
	"ExistingVpcEndpointConnections": resource.Dependent,
	// The VPC may get the block at any moment. A block of a wrong size is found beforehand.
	"InvalidSubnet.Range": resource.Dependent,

	"UnauthorizedOperation":   resource.Denied,
	"AccessDenied":            resource.Denied,
	"AccessDeniedException":   resource.Denied,
	"AuthFailure":             resource.Denied,
	"OptInRequired":           resource.Denied,
	"InvalidClientTokenId":    resource.Denied,
	"SignatureDoesNotMatch":   resource.Denied,
	"RegionDisabledException": resource.Denied,

	// Tack's own code: there is no identity to call with.
	resource.ReasonRoleDenied:         resource.Gated,
	resource.ReasonRoleNotAllowed:     resource.Gated,
	resource.ReasonEndpointNotAllowed: resource.Gated,
	resource.ReasonWrongAccount:       resource.Gated,
	resource.ReasonNoSession:          resource.Throttled,
	// Tack's own code: the call was not sent, so that AWS need not throttle it.
	resource.ReasonRateBudget: resource.Throttled,

	"LimitExceeded":                resource.Quota,
	"InsufficientInstanceCapacity": resource.Quota,
	"InsufficientAddressCapacity":  resource.Quota,
	"InsufficientCapacity":         resource.Quota,
	"InsufficientCapacityOnHost":   resource.Quota,
	"InsufficientVolumeCapacity":   resource.Quota,

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
	"InvalidSubnet":                 resource.Invalid, // of the wrong type for a NAT gateway, or malformed
	"NatGatewayMalformed":           resource.Invalid,
	"InvalidGroup.Reserved":         resource.Invalid,
	"InvalidTagKey.Malformed":       resource.Invalid,
	"TagPolicyViolation":            resource.Denied, // by a policy of the organization, which may change
	"PrefixListMaxEntriesExceeded":  resource.Invalid,
	"InvalidBlockDeviceMapping":     resource.Invalid,
	"InvalidInstanceAttributeValue": resource.Invalid,
	"InvalidInstanceType":           resource.Invalid,
	"DuplicateSubnetsInSameZone":    resource.Invalid, // an attachment has one subnet in each zone
	"InvalidPolicyDocument":         resource.Invalid,
	"InvalidServiceName":            resource.Invalid,
	"InvalidVpcEndpointType":        resource.Invalid,

	// A pool is made outside Tack and takes days, so an unknown one is a mistake.
	"InvalidPublicIpv4PoolID.NotFound": resource.Invalid,

	"InvalidLaunchTemplateId.VersionNotFound":      resource.Invalid, // AWS uses no number of a version again
	"InvalidLaunchTemplateName.MalformedException": resource.Invalid,
}

// Class returns the class of an AWS code.
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

// HeldByAnother reports whether a code means that another resource holds what the request asks for. The
// end of that resource may then lift the refusal.
func HeldByAnother(code string) bool {
	switch Class(code) {
	case resource.Exists, resource.Dependent, resource.Quota:
		return true
	default:
		return false
	}
}
