package describe

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// VPCContents names what is in a VPC and keeps AWS from deleting it, one type at a time. Types that
// are deleted first are named first, and a repeated refusal costs few reads.
func VPCContents(ctx context.Context, client *awsec2.Client, vpc string) ([]string, error) {
	in := Filter("vpc-id", vpc)
	attached := Filter("attachment.vpc-id", vpc)
	for _, look := range []func() ([]string, error){
		func() ([]string, error) { return Subnets.Names(ctx, client, nil, in) },
		func() ([]string, error) { return InternetGateways.Names(ctx, client, nil, attached) },
		func() ([]string, error) { return SecurityGroups.Names(ctx, client, notDefault, in) },
		func() ([]string, error) { return RouteTables.Names(ctx, client, notMain, in) },
		func() ([]string, error) { return VPCEndpoints.Names(ctx, client, EndpointStays, in) },
		func() ([]string, error) {
			return PeeringConnections.Names(ctx, client, nil, Filter("requester-vpc-info.vpc-id", vpc), Filter("status-code", "active"))
		},
		func() ([]string, error) {
			return PrivateGateways.Names(ctx, client, func(g types.VpnGateway) bool {
				return g.State != types.VpnStateDeleted && slices.ContainsFunc(g.VpcAttachments, func(a types.VpcAttachment) bool {
					return aws.ToString(a.VpcId) == vpc && a.State != types.AttachmentStatusDetached
				})
			}, attached)
		},
		func() ([]string, error) { return NetworkACLs.Names(ctx, client, notDefaultACL, in) },
		func() ([]string, error) { // AWS has no filter for their VPC
			return EgressGateways.Names(ctx, client, func(g types.EgressOnlyInternetGateway) bool {
				return slices.ContainsFunc(g.Attachments, func(a types.InternetGatewayAttachment) bool {
					return aws.ToString(a.VpcId) == vpc && a.State != types.AttachmentStatusDetached
				})
			})
		},
	} {
		if held, err := look(); err != nil || len(held) > 0 {
			return held, err
		}
	}
	return nil, nil
}

// The default group, the main route table and the default network ACL are deleted with their VPC.

func notDefault(g types.SecurityGroup) bool { return aws.ToString(g.GroupName) != "default" }

func notMain(r types.RouteTable) bool {
	return !slices.ContainsFunc(r.Associations, func(a types.RouteTableAssociation) bool { return aws.ToBool(a.Main) })
}

func notDefaultACL(acl types.NetworkAcl) bool { return !aws.ToBool(acl.IsDefault) }
