package describe

import (
	"context"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// FlowLogs lists flow logs.
var FlowLogs = List[types.FlowLog]{
	What: "flow log", ID: "flow-log-id", Type: types.ResourceTypeVpcFlowLog,
	Is:   func(f types.FlowLog) *string { return f.FlowLogId },
	Tags: func(f types.FlowLog) []types.Tag { return f.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.FlowLog, error) {
		pages := awsec2.NewDescribeFlowLogsPaginator(client, &awsec2.DescribeFlowLogsInput{Filter: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeFlowLogsOutput) []types.FlowLog { return page.FlowLogs })
	},
}
