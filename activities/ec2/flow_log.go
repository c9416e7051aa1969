package ec2

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/tags"
	"github.com/tack-dev/tack/activities/fixed"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

var (
	createFlowLog = defaults.Creates(describe.FlowLogs, (*awsec2.Client).CreateFlowLogs)
	deleteFlowLog = call.Delete((*awsec2.Client).DeleteFlowLogs).AtOnce()
)

var flowLogRequest = shape.Request[awsec2.CreateFlowLogsInput, ec2v1alpha1.FlowLogSpec](shape.Out("resourceID"))

// flowLog is a flow log, with what AWS does not show of it.
type flowLog struct {
	types.FlowLog
	ResourceType, ClientToken string
}

// FlowLog manages a flow log. AWS changes nothing of it but its tags, and deletes it at once.
func FlowLog() kind.Kind {
	return defaults.Of(describe.FlowLogs, createFlowLog, deleteFlowLog, defaults.Definition[ec2v1alpha1.FlowLogSpec, flowLog]{
		Kind:   "ec2.FlowLog",
		Check:  checkFlowLog,
		Find:   describe.Finder(describe.FlowLogs, asFlowLog),
		Create: defaults.Sends(createFlowLog, requestFlowLog),
		Plan: func(want ec2v1alpha1.FlowLogSpec, got *flowLog, _ kind.Case) (draft kind.Draft) {
			if got != nil {
				draft.Notes = flowLogNotes(want, got)
			}
			return draft
		},
		Status:     shape.Shown[ec2v1alpha1.FlowLogStatus, flowLog](shape.Out("unsuccessful")), // a condition reports it
		Spec:       describedFlowLog,
		Fixed:      flowLogFixed,
		Unique:     []string{"resourceID", "logDestination", "logGroupName", "trafficType"},
		NaturalKey: true, // the token
		Named:      namedFlowLogs,
	})
}

var flowLogDescribed = shape.Spec[ec2v1alpha1.FlowLogSpec, flowLog]()

// describedFlowLog names a log group once: AWS may show it by its name and by its ARN.
func describedFlowLog(got *flowLog) ec2v1alpha1.FlowLogSpec {
	spec := flowLogDescribed(got)
	if spec.LogGroupName != nil {
		spec.LogDestination = nil
	}
	return spec
}

// asFlowLog adds the type of the network, which its id tells, and the token of our create.
func asFlowLog(_ context.Context, _ *awsec2.Client, q kind.Query[ec2v1alpha1.FlowLogSpec], found types.FlowLog) (*flowLog, error) {
	got := &flowLog{FlowLog: found, ResourceType: string(loggedType(aws.ToString(found.ResourceId)))}
	if shown := tags.Of(found.Tags); q.Owner.Owns(shown) {
		got.ClientToken = q.Owner.Token(q.Target, resource.OwnershipOf(shown).Incarnation)
	}
	return got, nil
}

func requestFlowLog(want ec2v1alpha1.FlowLogSpec) (in awsec2.CreateFlowLogsInput, summary string) {
	in = flowLogRequest(want)
	in.ResourceIds = []string{aws.ToString(want.ResourceID)}
	if in.LogDestination != nil {
		in.LogDestination = aws.String(plainARN(*in.LogDestination))
	}
	return in, "create a flow log of " + aws.ToString(want.ResourceID)
}

// What AWS does not show, such as the traffic type of a transit gateway, it does not compare.
var (
	flowLogFixed = fixed.Of[ec2v1alpha1.FlowLogSpec, flowLog](
		"deliverLogsPermissionARN", "logDestinationType", "logFormat", "maxAggregationInterval", "resourceID", "resourceType", "trafficType").WhereShown()
	flowLogFiles = fixed.Of[ec2v1alpha1.DestinationOptionsRequest, types.DestinationOptionsResponse](
		"fileFormat", "hiveCompatiblePartitions", "perHourPartition").WhereShown()
)

// flowLogNotes compares the destination and its files.
func flowLogNotes(want ec2v1alpha1.FlowLogSpec, got *flowLog) []string {
	notes := destinationNotes(want, got.FlowLog)
	if want.DestinationOptions != nil {
		files := got.DestinationOptions
		if files == nil {
			files = &types.DestinationOptionsResponse{}
		}
		notes = append(notes, flowLogFiles.Notes("spec.destinationOptions", *want.DestinationOptions, files)...)
	}
	return notes
}

// destinationNotes compares the destination. AWS shows a log group by its name, its ARN, or both.
func destinationNotes(want ec2v1alpha1.FlowLogSpec, got types.FlowLog) (notes []string) {
	is := plainARN(aws.ToString(got.LogDestination))
	if name := aws.ToString(want.LogGroupName); name != "" && name != groupIn(is) && name != aws.ToString(got.LogGroupName) {
		notes = append(notes, fixed.Note("spec.logGroupName", aws.ToString(got.LogGroupName)+is))
	}
	arn := plainARN(aws.ToString(want.LogDestination))
	if arn != "" && arn != is && (is != "" || groupIn(arn) != aws.ToString(got.LogGroupName)) {
		notes = append(notes, fixed.Note("spec.logDestination", is+aws.ToString(got.LogGroupName)))
	}
	return notes
}
