package main

import (
	"reflect"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func flowLog() kind {
	return kind{
		name: "FlowLog", doc: "API_FlowLog", about: "a log of the traffic of a network", id: "flowLogID",
		input: reflect.TypeFor[ec2.CreateFlowLogsInput](), output: reflect.TypeFor[types.FlowLog](),
		types: map[string]reflect.Type{"status.unsuccessful": reflect.TypeFor[types.UnsuccessfulItem]()},
		references: []reference{
			{path: "deliverLogsPermissionRef", into: "deliverLogsPermissionARN", kind: "iam.Role"},
			{path: "logGroupRef", into: "logGroupName", kind: "cloudwatchlogs.LogGroup"},
		},
		fields: map[string]string{
			"spec.deliverLogsPermissionARN": "is the ARN of the role with which AWS writes to a log group. AWS changes nothing but the tags later.",
			"spec.deliverLogsPermissionRef": "names the Role object whose ARN to use.",
			"spec.logGroupRef":              "names the LogGroup object of the CloudWatch Logs controller whose name to use.",
			"spec.destinationOptions":       "says how files in a bucket are written.",
			"spec.logDestination":           "is the ARN of the bucket, the log group or the delivery stream.",
			"spec.logDestinationType":       "is the type of the destination. The default is cloud-watch-logs.",
			"spec.logFormat":                "lists the fields of a record. The default is AWS's default format.",
			"spec.logGroupName":             "is the name of the log group, instead of its ARN.",
			"spec.maxAggregationInterval":   "is the number of seconds that a record covers at most: 60 or 600.",
			"spec.resourceID":               "is the ID of the network to log.",
			"spec.resourceType":             "is the type of the network to log.",
			"spec.trafficType":              "says which traffic to log. AWS requires it, except for a transit gateway.",
			"status.clientToken":            "is the token of the create.",
			"status.unsuccessful":           "stays empty: a condition reports what AWS refuses.",
		},
	}
}
