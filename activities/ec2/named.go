package ec2

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/tack-dev/tack/activities/ec2/cidr"
	"github.com/tack-dev/tack/activities/ec2/describe"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// The functions below read what has the natural key of a spec: what AWS keeps unique, so that it would
// refuse a second resource. An adoption that names no resource adopts that one.

// namedGroups reads the group with the name in the VPC. Without a VPC, AWS means the default one.
func namedGroups(ctx context.Context, client *awsec2.Client, want ec2v1alpha1.SecurityGroupSpec) ([]string, error) {
	in := describe.Filter("vpc-id", aws.ToString(want.VPCID))
	if want.VPCID == nil {
		ids, err := describe.VPCs.IDs(ctx, client, describe.Filter("is-default", "true"))
		if len(ids) == 0 || err != nil {
			return nil, err
		}
		in = describe.Filter("vpc-id", ids...)
	}
	return describe.SecurityGroups.IDs(ctx, client, in, describe.Filter("group-name", aws.ToString(want.Name)))
}

// namedSubnets reads the subnets with one of the blocks in the VPC: AWS refuses each block that is in use.
func namedSubnets(ctx context.Context, client *awsec2.Client, want ec2v1alpha1.SubnetSpec) (ids []string, err error) {
	for filter, block := range map[string]*string{
		"cidr-block": want.CIDRBlock, "ipv6-cidr-block-association.ipv6-cidr-block": want.IPv6CIDRBlock,
	} {
		if block == nil {
			continue
		}
		some, err := describe.Subnets.IDs(ctx, client, describe.Filter("vpc-id", aws.ToString(want.VPCID)), describe.Filter(filter, cidr.Network(*block)))
		if err != nil {
			return nil, err
		}
		ids = append(ids, some...)
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// namedTemplates reads the launch template with the name.
func namedTemplates(ctx context.Context, client *awsec2.Client, want ec2v1alpha1.LaunchTemplateSpec) ([]string, error) {
	return describe.LaunchTemplates.IDs(ctx, client, describe.Filter("launch-template-name", aws.ToString(want.Name)))
}

// namedPeerings reads the live connection that the VPC requested with its peer.
func namedPeerings(ctx context.Context, client *awsec2.Client, want peeringSpec) ([]string, error) {
	return describe.PeeringConnections.IDs(ctx, client, describe.LivePeeringFilters(want.VPCID, want.PeerVPCID)...)
}

// namedAttachments reads the live attachment of the VPC to the gateway.
func namedAttachments(ctx context.Context, client *awsec2.Client, want attachmentSpec) ([]string, error) {
	return describe.VPCAttachments.IDs(ctx, client, describe.InState("state", describe.LiveAttachment),
		describe.Filter("transit-gateway-id", aws.ToString(want.TransitGatewayID)), describe.Filter("vpc-id", aws.ToString(want.VPCID)))
}
