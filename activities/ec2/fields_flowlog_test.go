package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/tack-dev/tack/activities/finding"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/test/fieldtest"
)

func TestFieldsOfFlowLogs(t *testing.T) {
	group := `resourceID: vpc-1, resourceType: VPC, trafficType: ALL, logGroupName: g, deliverLogsPermissionARN: r`
	byARN, byBoth := gotFlowLog(), gotFlowLog()
	byARN.LogGroupName, byARN.LogDestination, byBoth.LogDestination = nil, aws.String(groupARN), aws.String(groupARN)
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.FlowLogSpec, flowLog]{
		Kind: FlowLog(),
		Base: `{resourceID: vpc-1, resourceType: VPC, tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"deliverLogsPermissionARN":                    `{deliverLogsPermissionARN: r}`,
			"destinationOptions.fileFormat":               `{destinationOptions: {fileFormat: parquet}}`,
			"destinationOptions.hiveCompatiblePartitions": `{destinationOptions: {hiveCompatiblePartitions: true}}`,
			"destinationOptions.perHourPartition":         `{destinationOptions: {perHourPartition: true}}`,
			"logDestination":                              `{logDestination: a}`,
			"logDestinationType":                          `{logDestinationType: kinesis-data-firehose}`,
			"logFormat":                                   `{logFormat: x}`,
			"logGroupName":                                `{logGroupName: g}`,
			"maxAggregationInterval":                      `{maxAggregationInterval: 60}`,
			"resourceID":                                  `{resourceID: vpc-2}`,
			"resourceType":                                `{resourceType: Subnet}`,
			"trafficType":                                 `{trafficType: REJECT}`,
		},
		Check: map[string][]string{
			`{` + group + `}`: nil,
			`{resourceID: tgw-1, resourceType: TransitGateway, logGroupRef: {from: {name: g}}, deliverLogsPermissionRef: {from: {name: r}}}`: nil,
			`{resourceID: vpc-1, resourceType: VPC, trafficType: ALL, logDestinationType: s3, logDestination: a, destinationOptions: {}}`:    nil,
			`{resourceID: vpc-1, resourceType: Planet, logDestinationType: s3, logDestination: a}`:                                           nil,
			`{resourceID: "", resourceType: VPC, maxAggregationInterval: 61}`: {
				"spec.resourceID: is empty: name the network to log",
				"spec.maxAggregationInterval: AWS allows 60 and 600 seconds",
				"spec.trafficType: is required, except for a transit gateway: set ACCEPT, REJECT or ALL",
				"spec.logDestination: a flow log needs a destination: set logDestination, logGroupName or logGroupRef",
				"spec.deliverLogsPermissionARN: a log group needs a role with which AWS writes: set deliverLogsPermissionARN or deliverLogsPermissionRef",
			},
			`{resourceID: tgw-1, resourceType: TransitGateway, trafficType: ALL, logDestinationType: s3, logDestination: a}`: {
				"spec.trafficType: AWS logs all traffic of a transit gateway: remove this field",
			},
			`{` + group + `, logDestination: a, destinationOptions: {fileFormat: parquet}}`: {
				"spec.logDestination: names a destination beside logGroupName (or logGroupRef): remove one",
				"spec.destinationOptions: is for a bucket: remove it, or set logDestinationType: s3",
			},
			`{` + group + `, logDestinationType: s3}`: {
				"spec.logGroupName: a log group is no destination of type s3: remove this field (or logGroupRef) or logDestinationType",
			},
		},
		Silent: map[string]finding.Unsaid{
			"AWS logs all traffic of a transit gateway: remove this field": finding.Undocumented,
			"is for a bucket: remove it, or set logDestinationType: s3":    finding.Undocumented,
		},
		ID: "fl-1", Got: gotBucketLogOfRole(), Whole: gotFlowLog(), Described: []*flowLog{gotBucketLogOfRole(), gotFlowLog(), byARN, byBoth},
		Hidden: map[string]string{
			"unsuccessful[].error.code": refusedUnmade, "unsuccessful[].error.message": refusedUnmade, "unsuccessful[].resourceID": refusedUnmade,
		},
	}.Run(t)
}

const refusedUnmade = "a condition reports what AWS refuses: there is no resource that could show it"

// gotBucketLogOfRole shows each field: AWS shows options only of a bucket.
func gotBucketLogOfRole() *flowLog {
	got := gotBucketLog()
	got.DeliverLogsPermissionArn = gotFlowLog().DeliverLogsPermissionArn
	return got
}
