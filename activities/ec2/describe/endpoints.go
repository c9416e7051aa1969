package describe

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// VPCEndpoints lists endpoints. Each is named with its service.
var VPCEndpoints = List[types.VpcEndpoint]{
	What: "endpoint", ID: "vpc-endpoint-id", Type: types.ResourceTypeVpcEndpoint,
	Is:   func(v types.VpcEndpoint) *string { return v.VpcEndpointId },
	Tags: func(v types.VpcEndpoint) []types.Tag { return v.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.VpcEndpoint, error) {
		pages := awsec2.NewDescribeVpcEndpointsPaginator(client, &awsec2.DescribeVpcEndpointsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeVpcEndpointsOutput) []types.VpcEndpoint { return page.VpcEndpoints })
	},
	Words: func(e types.VpcEndpoint) string {
		return "endpoint " + aws.ToString(e.VpcEndpointId) + " (" + aws.ToString(e.ServiceName) + ")"
	},
	Counts: byState(EndpointState, func(v types.VpcEndpoint) []types.Tag { return v.Tags },
		staying, []types.State{types.StateDeleting, types.StateFailed, types.StateRejected, types.StateExpired}, []types.State{types.StateDeleted}),
}

// staying are the states in which an endpoint holds its VPC until somebody deletes it.
var staying = []types.State{types.StatePendingAcceptance, types.StatePending, types.StateAvailable, types.StatePartial}

// EndpointState returns the state of an endpoint as the SDK spells it: AWS shows pendingAcceptance,
// and the SDK has PendingAcceptance.
func EndpointState(e types.VpcEndpoint) types.State {
	for _, state := range e.State.Values() {
		if strings.EqualFold(string(state), string(e.State)) {
			return state
		}
	}
	return e.State
}

func endpointStays(e types.VpcEndpoint) bool { return slices.Contains(staying, EndpointState(e)) }
