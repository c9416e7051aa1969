package describe

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// PeeringConnections lists peering connections, with those that other accounts requested. AWS lists
// an ended one for hours or days.
// https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html#vpc-peering-lifecycle
var PeeringConnections = List[types.VpcPeeringConnection]{
	What: "peering connection", ID: "vpc-peering-connection-id", Type: types.ResourceTypeVpcPeeringConnection,
	Is:   func(v types.VpcPeeringConnection) *string { return v.VpcPeeringConnectionId },
	Tags: func(v types.VpcPeeringConnection) []types.Tag { return v.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.VpcPeeringConnection, error) {
		pages := awsec2.NewDescribeVpcPeeringConnectionsPaginator(client, &awsec2.DescribeVpcPeeringConnectionsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeVpcPeeringConnectionsOutput) []types.VpcPeeringConnection {
			return page.VpcPeeringConnections
		})
	},
	Counts: byState(PeeringState, func(v types.VpcPeeringConnection) []types.Tag { return v.Tags }, LivePeering,
		[]types.VpcPeeringConnectionStateReasonCode{types.VpcPeeringConnectionStateReasonCodeDeleting},
		[]types.VpcPeeringConnectionStateReasonCode{
			types.VpcPeeringConnectionStateReasonCodeDeleted, types.VpcPeeringConnectionStateReasonCodeFailed,
			types.VpcPeeringConnectionStateReasonCodeRejected, types.VpcPeeringConnectionStateReasonCodeExpired,
		}),
}

// LivePeering are the states in which a connection joins two VPCs, or may come to.
var LivePeering = []types.VpcPeeringConnectionStateReasonCode{
	types.VpcPeeringConnectionStateReasonCodeInitiatingRequest, types.VpcPeeringConnectionStateReasonCodePendingAcceptance,
	types.VpcPeeringConnectionStateReasonCodeProvisioning, types.VpcPeeringConnectionStateReasonCodeActive,
}

// PeeringState returns the state of a connection; empty: AWS does not show it.
func PeeringState(v types.VpcPeeringConnection) (state types.VpcPeeringConnectionStateReasonCode) {
	if v.Status != nil {
		state = v.Status.Code
	}
	return state
}

// LivePeeringOf reads the live connections that one VPC requested with another, not those that the
// other one requested.
func LivePeeringOf(ctx context.Context, client *awsec2.Client, requester, accepter *string) ([]types.VpcPeeringConnection, error) {
	return PeeringConnections.By(ctx, client, LivePeeringFilters(requester, accepter)...)
}

// LivePeeringFilters select those connections.
func LivePeeringFilters(requester, accepter *string) []types.Filter {
	return []types.Filter{
		Filter("requester-vpc-info.vpc-id", aws.ToString(requester)), Filter("accepter-vpc-info.vpc-id", aws.ToString(accepter)),
		InState("status-code", LivePeering),
	}
}
