package ec2

import (
	"fmt"

	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/kind"
)

// findings gathers what AWS would refuse for certain.
type findings []kind.Invalid

// add adds a finding with what AWS says to it.
func (f *findings) add(path string, answer finding.Answer, format string, args ...any) {
	*f = append(*f, finding.New(path, answer, format, args...))
}

// says is AWS's code and message.
func says(code, format string, args ...any) finding.Answer {
	return finding.Says(code, format, args...)
}

// unsaid is for what AWS forbids without a word on how it refuses it.
func unsaid() finding.Answer { return finding.Silent(finding.Undocumented) }

// AWS's codes for what a check foresees:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
const (
	badValue       = "InvalidParameterValue"
	badCombination = "InvalidParameterCombination"
	missing        = "MissingParameter"
)

// Where no message of AWS's is known, the answer is the sentence by which the page of
// codes, or the page of the action, describes the refusal.
const (
	valueSaid       = "A value specified in a parameter is not valid, is unsupported, or cannot be used."
	combinationSaid = "Indicates an incorrect combination of parameters, or a missing parameter."
	missingSaid     = "The request is missing a required parameter."
)

// lacks is AWS's message for a request without a parameter, or with an empty id.
const lacks = "The request must contain the parameter %s"

// empty is AWS's message for an empty item of a list of ids.
const empty = "Value () for parameter %s is invalid. The value cannot be empty"

// oneTarget is AWS's message for a route with none or several.
const oneTarget = "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, " +
	"egressOnlyInternetGatewayId, transitGatewayId, localGatewayId or instanceId"

// oneTemplate is of https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateSpecification.html
const oneTemplate = "You must specify either the launch template ID or the launch template name, but not both."

// What AWS answers to a text that it does not take.
const (
	badText    = "Invalid %s. Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
	notASCII   = "Value (%s) for parameter %s is invalid. Character sets beyond ASCII are not supported."
	likeAnID   = "Value (%s) for parameter GroupName is invalid. Group names may not be in the format sg-*."
	badMetaKey = "'%s' is not a valid tag key. Tag keys must match pattern ([0-9a-zA-Z\\-_+=,.@:]{1,255}), and must not be a reserved name ('.', '..', '_index')"
)

// What AWS answers to a block that is none: of a rule, and elsewhere.
const (
	malformedBlock  = "CIDR block %s is malformed"
	badCIDR         = "Value (%%s) for parameter %s is invalid. This is not a valid CIDR block."
	malformedIP     = "InvalidAddress.Malformed"
	malformedIPSaid = "The specified IP address is not valid."
	// badRange is for a block that is too large or too small.
	badRange = "The CIDR '%s' is invalid."
)

func notCIDR(parameter string) string { return fmt.Sprintf(badCIDR, parameter) }
