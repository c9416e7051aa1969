package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/plantest"
)

const groupARN = "arn:aws:logs:eu-west-1:111122223333:log-group:/vpc/flow"

// gotFlowLog returns a flow log of vpc-1 into a log group as AWS shows it.
func gotFlowLog() *flowLog {
	return &flowLog{
		FlowLog: types.FlowLog{
			FlowLogId: aws.String("fl-1"), ResourceId: aws.String("vpc-1"), TrafficType: types.TrafficTypeAll, FlowLogStatus: aws.String("ACTIVE"),
			LogDestinationType: types.LogDestinationTypeCloudWatchLogs, LogGroupName: aws.String("/vpc/flow"),
			DeliverLogsPermissionArn: aws.String("arn:aws:iam::111122223333:role/logs"), MaxAggregationInterval: aws.Int32(600), LogFormat: aws.String("${version}"),
			Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
		},
		ResourceType: "VPC", ClientToken: "token",
	}
}

// gotBucketLog is a flow log into a bucket.
func gotBucketLog() *flowLog {
	got := gotFlowLog()
	got.LogDestinationType, got.LogGroupName, got.DeliverLogsPermissionArn = types.LogDestinationTypeS3, nil, nil
	got.LogDestination = aws.String("arn:aws:s3:::logs")
	got.DestinationOptions = &types.DestinationOptionsResponse{
		FileFormat: types.DestinationFileFormatPlainText, HiveCompatiblePartitions: aws.Bool(false), PerHourPartition: aws.Bool(false),
	}
	return got
}

func TestPlanFlowLog(t *testing.T) {
	cannot := func(path, is string) string {
		return path + `: AWS cannot change it; make a new object, or put back "` + is + `"`
	}
	byARN := gotFlowLog()
	byARN.LogGroupName, byARN.LogDestination = nil, aws.String(groupARN)
	plantest.Table[*awsec2.Client, ec2v1alpha1.FlowLogSpec, flowLog]{
		Kind: FlowLog(), ID: "fl-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[flowLog]{
			"new":                          {Spec: `{resourceID: vpc-1, resourceType: VPC, trafficType: ALL, logGroupName: /vpc/flow}`},
			"nothing to do":                {Spec: `{resourceID: vpc-1, resourceType: VPC, trafficType: ALL, logGroupName: /vpc/flow}`, Got: gotFlowLog()},
			"its group by ARN":             {Spec: `{resourceID: vpc-1, resourceType: VPC, logDestination: "` + groupARN + `:*"}`, Got: gotFlowLog()},
			"AWS shows the ARN":            {Spec: `{resourceID: vpc-1, resourceType: VPC, logGroupName: /vpc/flow}`, Got: byARN},
			"both are ARNs":                {Spec: `{resourceID: vpc-1, resourceType: VPC, logDestination: "` + groupARN + `"}`, Got: byARN},
			"its group not known any more": {Spec: `{resourceID: vpc-1, resourceType: VPC, logGroupRef: {from: {name: x}}}`, Got: gotFlowLog()},
			"a bucket":                     {Spec: `{resourceID: vpc-1, resourceType: VPC, logDestinationType: s3, logDestination: "arn:aws:s3:::logs", destinationOptions: {fileFormat: plain-text}}`, Got: gotBucketLog()},
			"files, which AWS does not show": {
				Spec: `{resourceID: vpc-1, resourceType: VPC, destinationOptions: {perHourPartition: true}}`, Got: gotFlowLog(),
				Notes: []string{cannot("spec.destinationOptions.perHourPartition", "false")},
			},
			"another network, and tags": {
				Spec: `{resourceID: subnet-1, resourceType: Subnet, logGroupName: /vpc/flow}`, Got: gotFlowLog(), Tags: map[string]string{"env": "prod"},
				Want:  []string{"0 Tag: tag env=prod (spec.tags)"},
				Notes: []string{cannot("spec.resourceID", "vpc-1"), cannot("spec.resourceType", "VPC")},
			},
			"another group": {
				Spec: `{resourceID: vpc-1, resourceType: VPC, logGroupName: /other}`, Got: gotFlowLog(),
				Notes: []string{cannot("spec.logGroupName", "/vpc/flow")},
			},
			"another group, by ARN": {
				Spec: `{resourceID: vpc-1, resourceType: VPC, logDestination: "` + groupARN + `2"}`, Got: gotFlowLog(),
				Notes: []string{cannot("spec.logDestination", "/vpc/flow")},
			},
			"from a bucket to a group": {
				Spec: `{resourceID: vpc-1, resourceType: VPC, logGroupName: /vpc/flow}`, Got: gotBucketLog(),
				Notes: []string{cannot("spec.logGroupName", "arn:aws:s3:::logs")},
			},
		},
	}.Run(t)
}

// EC2 accepts the ARN of a log group only without the end that CloudWatch Logs shows.
func TestFlowLogRequest(t *testing.T) {
	in, summary := requestFlowLog(spec[ec2v1alpha1.FlowLogSpec](t, `{resourceID: vpc-1, resourceType: VPC, logDestination: "`+groupARN+`:*"}`))
	if *in.LogDestination != groupARN || summary != "create a flow log of vpc-1" {
		t.Errorf("%s: %+v", summary, in)
	}
}

// AWS shows neither the token of the create nor the type of the network.
func TestFlowLogNotShown(t *testing.T) {
	owner := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: "ec2.FlowLog", Cluster: "c", Namespace: "n", Name: "a"}}
	found := types.FlowLog{ResourceId: aws.String("tgw-attach-1")}
	for key, value := range owner.Tags(2) {
		found.Tags = append(found.Tags, types.Tag{Key: &key, Value: &value})
	}
	here := resource.Target{AccountID: "111122223333"}
	got, _ := asFlowLog(t.Context(), nil, kind.Query[ec2v1alpha1.FlowLogSpec]{Owner: owner, Target: here}, found)
	if got.ResourceType != "TransitGatewayAttachment" || got.ClientToken != owner.Token(here, 2) {
		t.Errorf("ours: %+v", got)
	}
	found.Tags = nil
	if got, _ := asFlowLog(t.Context(), nil, kind.Query[ec2v1alpha1.FlowLogSpec]{Owner: owner}, found); got.ClientToken != "" {
		t.Errorf("another's: %q", got.ClientToken)
	}
}
