// Package refusal checks specs for what EC2 would certainly refuse, with EC2's codes and messages.
package refusal

import (
	"fmt"

	"github.com/tack-dev/tack/activities/finding"
)

// Says returns AWS's code and message.
func Says(code, format string, args ...any) finding.Answer {
	return finding.Says(code, format, args...)
}

// Unsaid is for values that AWS forbids without documenting how it refuses them.
func Unsaid() finding.Answer { return finding.Silent(finding.Undocumented) }

// AWS's codes for the refusals that a check foresees:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
const (
	BadValue       = "InvalidParameterValue"
	BadCombination = "InvalidParameterCombination"
	Missing        = "MissingParameter"
	InUse          = "DependencyViolation"
)

// Where AWS's message is unknown, the answer quotes AWS's documentation: the page of codes, or the
// page of the action.
const (
	ValueSaid       = "A value specified in a parameter is not valid, is unsupported, or cannot be used."
	CombinationSaid = "Indicates an incorrect combination of parameters, or a missing parameter."
	MissingSaid     = "The request is missing a required parameter."
)

// Lacks is AWS's message for a request without a parameter, or with an empty id.
const Lacks = "The request must contain the parameter %s"

// Empty is AWS's message for an empty item of a list of ids.
const Empty = "Value () for parameter %s is invalid. The value cannot be empty"

// AWS's answers to an invalid block or address.
const (
	badCIDR         = "Value (%%s) for parameter %s is invalid. This is not a valid CIDR block."
	malformedIP     = "InvalidAddress.Malformed"
	malformedIPSaid = "The specified IP address is not valid."
	badRange        = "The CIDR '%s' is invalid."
)

// NotCIDR returns AWS's answer to a parameter that is no CIDR block; the answer quotes the value.
func NotCIDR(parameter string) string { return fmt.Sprintf(badCIDR, parameter) }
