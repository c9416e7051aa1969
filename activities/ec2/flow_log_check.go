package ec2

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/ec2/refusal"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/optional"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// badLogs is AWS's code for what it refuses about a flow log.
const badLogs = "InvalidParameter"

// checkFlowLog foresees the refusals of
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
// It leaves unknown types to AWS, with everything that depends on them.
func checkFlowLog(want ec2v1alpha1.FlowLogSpec) []kind.Invalid {
	var f findings
	if !optional.Given(want.ResourceID) {
		f.Add("spec.resourceID", refusal.Says(refusal.Missing, refusal.Lacks, "ResourceId"), "is empty: name the network to log")
	}
	if n := want.MaxAggregationInterval; n != nil && *n != 60 && *n != 600 {
		f.Add("spec.maxAggregationInterval", refusal.Says(badLogs, "Invalid Flow Log Max Aggregation Interval"), "AWS allows 60 and 600 seconds")
	}
	transit := strings.HasPrefix(aws.ToString(want.ResourceType), "TransitGateway")
	switch networks := types.FlowLogsResourceType("").Values(); {
	case !slices.Contains(networks, types.FlowLogsResourceType(aws.ToString(want.ResourceType))):
	case transit && optional.Given(want.TrafficType):
		f.Add("spec.trafficType", refusal.Unsaid(), "AWS logs all traffic of a transit gateway: remove this field")
	case !transit && !optional.Given(want.TrafficType):
		f.Add("spec.trafficType", refusal.Says(refusal.Missing, refusal.MissingSaid), "is required, except for a transit gateway: set ACCEPT, REJECT or ALL")
	}
	f.checkLogDestination(want)
	return f.All
}

// checkLogDestination checks that the fields fit the type of the destination.
func (f *findings) checkLogDestination(want ec2v1alpha1.FlowLogSpec) {
	group := optional.Given(want.LogGroupName) || want.LogGroupRef != nil
	role := optional.Given(want.DeliverLogsPermissionARN) || want.DeliverLogsPermissionRef != nil
	inGroup := !optional.Given(want.LogDestinationType) || *want.LogDestinationType == string(types.LogDestinationTypeCloudWatchLogs)
	switch {
	case group && !inGroup:
		f.Add("spec.logGroupName", refusal.Says(badLogs, "LogDestination type must be cloud-watch-logs if LogGroupName is provided."),
			"a log group is no destination of type %s: remove this field (or logGroupRef) or logDestinationType", *want.LogDestinationType)
	case group && optional.Given(want.LogDestination):
		f.Add("spec.logDestination", refusal.Says(badLogs, "Please only provide LogGroupName or only provide LogDestination."), "names a destination beside logGroupName (or logGroupRef): remove one")
	case !group && !optional.Given(want.LogDestination):
		f.Add("spec.logDestination", refusal.Says(badLogs, "LogDestination can't be empty if LogGroupName is not provided."), "a flow log needs a destination: set logDestination, logGroupName or logGroupRef")
	}
	if inGroup && !role {
		f.Add("spec.deliverLogsPermissionARN", refusal.Says(badLogs, "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs."),
			"a log group needs a role with which AWS writes: set deliverLogsPermissionARN or deliverLogsPermissionRef")
	}
	if inGroup && want.DestinationOptions != nil {
		f.Add("spec.destinationOptions", refusal.Unsaid(), "is for a bucket: remove it, or set logDestinationType: s3")
	}
}

// loggedType returns the type of a network by its id.
func loggedType(id string) types.FlowLogsResourceType {
	at := max(strings.LastIndexByte(id, '-'), 0)
	return map[string]types.FlowLogsResourceType{
		"vpc": types.FlowLogsResourceTypeVpc, "subnet": types.FlowLogsResourceTypeSubnet, "eni": types.FlowLogsResourceTypeNetworkInterface,
		"tgw": types.FlowLogsResourceTypeTransitGateway, "tgw-attach": types.FlowLogsResourceTypeTransitGatewayAttachment,
		"nat": types.FlowLogsResourceTypeRegionalNatGateway,
	}[id[:at]]
}

// plainARN returns the ARN of a log group without the end that stands for its streams. CloudWatch
// Logs shows it, and EC2 does not accept it.
func plainARN(arn string) string { return strings.TrimSuffix(arn, ":*") }

// groupIn returns the name of the log group in an ARN.
func groupIn(arn string) string {
	_, name, _ := strings.Cut(arn, ":log-group:")
	return name
}
