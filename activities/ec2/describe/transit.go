package describe

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// TransitGateways lists transit gateways, also those that other accounts share.
var TransitGateways = List[types.TransitGateway]{
	What: "transit gateway", ID: "transit-gateway-id", Type: types.ResourceTypeTransitGateway,
	Is:   func(t types.TransitGateway) *string { return t.TransitGatewayId },
	ARN:  func(t types.TransitGateway) *string { return t.TransitGatewayArn },
	Tags: func(t types.TransitGateway) []types.Tag { return t.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.TransitGateway, error) {
		pages := awsec2.NewDescribeTransitGatewaysPaginator(client, &awsec2.DescribeTransitGatewaysInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeTransitGatewaysOutput) []types.TransitGateway { return page.TransitGateways })
	},
	Counts: byState(func(t types.TransitGateway) types.TransitGatewayState { return t.State }, func(t types.TransitGateway) []types.Tag { return t.Tags },
		[]types.TransitGatewayState{types.TransitGatewayStatePending, types.TransitGatewayStateAvailable, types.TransitGatewayStateModifying},
		[]types.TransitGatewayState{types.TransitGatewayStateDeleting}, []types.TransitGatewayState{types.TransitGatewayStateDeleted}),
}

// EndedAttachment are the states in which an attachment holds neither its gateway nor its VPC.
var EndedAttachment = []types.TransitGatewayAttachmentState{
	types.TransitGatewayAttachmentStateDeleted, types.TransitGatewayAttachmentStateFailed, types.TransitGatewayAttachmentStateRejected,
}

// LiveAttachment are the states in which an attachment joins a gateway and a VPC, or may come to.
var LiveAttachment = []types.TransitGatewayAttachmentState{
	types.TransitGatewayAttachmentStateInitiating, types.TransitGatewayAttachmentStateInitiatingRequest, types.TransitGatewayAttachmentStatePendingAcceptance,
	types.TransitGatewayAttachmentStatePending, types.TransitGatewayAttachmentStateAvailable, types.TransitGatewayAttachmentStateModifying,
}

// GatewayAttachments lists the attachments of transit gateways, of any type and account. Each is
// named with what it attaches.
var GatewayAttachments = List[types.TransitGatewayAttachment]{
	What: "attachment", ID: "transit-gateway-attachment-id",
	Is:   func(t types.TransitGatewayAttachment) *string { return t.TransitGatewayAttachmentId },
	Tags: func(t types.TransitGatewayAttachment) []types.Tag { return t.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.TransitGatewayAttachment, error) {
		pages := awsec2.NewDescribeTransitGatewayAttachmentsPaginator(client, &awsec2.DescribeTransitGatewayAttachmentsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeTransitGatewayAttachmentsOutput) []types.TransitGatewayAttachment {
			return page.TransitGatewayAttachments
		})
	},
	Words: func(t types.TransitGatewayAttachment) string {
		return fmt.Sprintf("attachment %s of %s (account %s)", aws.ToString(t.TransitGatewayAttachmentId), aws.ToString(t.ResourceId), aws.ToString(t.ResourceOwnerId))
	},
}

// VPCAttachments lists the attachments of VPCs to transit gateways.
var VPCAttachments = List[types.TransitGatewayVpcAttachment]{
	What: "attachment", ID: "transit-gateway-attachment-id", Type: types.ResourceTypeTransitGatewayAttachment, NoTagFilter: true,
	Is:   func(t types.TransitGatewayVpcAttachment) *string { return t.TransitGatewayAttachmentId },
	Tags: func(t types.TransitGatewayVpcAttachment) []types.Tag { return t.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.TransitGatewayVpcAttachment, error) {
		pages := awsec2.NewDescribeTransitGatewayVpcAttachmentsPaginator(client, &awsec2.DescribeTransitGatewayVpcAttachmentsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeTransitGatewayVpcAttachmentsOutput) []types.TransitGatewayVpcAttachment {
			return page.TransitGatewayVpcAttachments
		})
	},
	Counts: byState(func(t types.TransitGatewayVpcAttachment) types.TransitGatewayAttachmentState { return t.State },
		func(t types.TransitGatewayVpcAttachment) []types.Tag { return t.Tags }, LiveAttachment,
		[]types.TransitGatewayAttachmentState{
			types.TransitGatewayAttachmentStateDeleting, types.TransitGatewayAttachmentStateRollingBack,
			types.TransitGatewayAttachmentStateFailing, types.TransitGatewayAttachmentStateRejecting,
		}, EndedAttachment),
}
