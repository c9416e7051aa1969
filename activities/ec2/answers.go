package ec2

import (
	"fmt"

	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
)

// findings collects what AWS would certainly refuse.
type findings []kind.Invalid

// add adds a finding with AWS's answer to it.
func (f *findings) add(path string, answer finding.Answer, format string, args ...any) {
	*f = append(*f, finding.New(path, answer, format, args...))
}

// says returns AWS's code and message.
func says(code, format string, args ...any) finding.Answer {
	return finding.Says(code, format, args...)
}

// unsaid is for values that AWS forbids without documenting how it refuses them.
func unsaid() finding.Answer { return finding.Silent(finding.Undocumented) }

// AWS's codes for the refusals that a check foresees:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
const (
	badValue       = "InvalidParameterValue"
	badCombination = "InvalidParameterCombination"
	missing        = "MissingParameter"
)

// Where AWS's message is unknown, the answer quotes AWS's documentation: the page of codes, or the
// page of the action.
const (
	valueSaid       = "A value specified in a parameter is not valid, is unsupported, or cannot be used."
	combinationSaid = "Indicates an incorrect combination of parameters, or a missing parameter."
	missingSaid     = "The request is missing a required parameter."
)

// lacks is AWS's message for a request without a parameter, or with an empty id.
const lacks = "The request must contain the parameter %s"

// empty is AWS's message for an empty item of a list of ids.
const empty = "Value () for parameter %s is invalid. The value cannot be empty"

// oneTarget is AWS's message for a route with no target or several.
const oneTarget = "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, " +
	"egressOnlyInternetGatewayId, transitGatewayId, localGatewayId or instanceId"

// oneTemplate is quoted from
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateSpecification.html
const oneTemplate = "You must specify either the launch template ID or the launch template name, but not both."

// AWS's answers to a text that it does not accept.
const (
	badText    = "Invalid %s. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
	notASCII   = "Value (%s) for parameter %s is invalid. Character sets beyond ASCII are not supported."
	likeAnID   = "Value (%s) for parameter GroupName is invalid. Group names may not be in the format sg-*."
	badMetaKey = "'%s' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', '_index')"
)

// AWS's answers to an invalid block: of a rule, and elsewhere.
const (
	malformedBlock  = "CIDR block %s is malformed"
	badCIDR         = "Value (%%s) for parameter %s is invalid. This is not a valid CIDR block."
	malformedIP     = "InvalidAddress.Malformed"
	malformedIPSaid = "The specified IP address is not valid."
	// badRange is for a block that is too large or too small.
	badRange = "The CIDR '%s' is invalid."
)

func notCIDR(parameter string) string { return fmt.Sprintf(badCIDR, parameter) }
