package ec2

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// vpcHolders names the contents of a VPC, one type at a time. Types that are deleted first are
// named first, and a repeated refusal costs few reads.
func vpcHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteVpcInput) ([]string, error) {
	vpc := aws.ToString(in.VpcId)
	for _, look := range []func(context.Context, *awsec2.Client, string) ([]string, error){
		subnetsIn, gatewaysOf, groupsIn, tablesIn, endpointsIn, peersOf, privateGatewaysOf, networkACLsIn, egressGatewaysOf,
	} {
		held, err := look(ctx, client, vpc)
		if err != nil {
			return nil, fmt.Errorf("describing what is in %s: %w", vpc, err)
		}
		if len(held) > 0 {
			slices.Sort(held)
			return held, nil
		}
	}
	return nil, nil
}

func subnetsIn(ctx context.Context, client *awsec2.Client, vpc string) (held []string, err error) {
	all, err := allSubnets(ctx, client, filter("vpc-id", vpc))
	for _, s := range all {
		held = append(held, "subnet "+aws.ToString(s.SubnetId))
	}
	return held, err
}

func gatewaysOf(ctx context.Context, client *awsec2.Client, vpc string) (held []string, err error) {
	all, err := allGateways(ctx, client, filter("attachment.vpc-id", vpc))
	for _, g := range all {
		held = append(held, "internet gateway "+aws.ToString(g.InternetGatewayId))
	}
	return held, err
}

func groupsIn(ctx context.Context, client *awsec2.Client, vpc string) (held []string, err error) {
	all, err := allGroups(ctx, client, filter("vpc-id", vpc))
	for _, g := range all {
		if aws.ToString(g.GroupName) != "default" { // it is deleted with the VPC
			held = append(held, fmt.Sprintf("security group %s (%s)", aws.ToString(g.GroupId), aws.ToString(g.GroupName)))
		}
	}
	return held, err
}

func tablesIn(ctx context.Context, client *awsec2.Client, vpc string) (held []string, err error) {
	all, err := allTables(ctx, client, filter("vpc-id", vpc))
	for _, r := range all {
		main := slices.ContainsFunc(r.Associations, func(a types.RouteTableAssociation) bool { return aws.ToBool(a.Main) })
		if !main {
			held = append(held, "route table "+aws.ToString(r.RouteTableId))
		}
	}
	return held, err
}

func endpointsIn(ctx context.Context, client *awsec2.Client, vpc string) (held []string, err error) {
	pages := awsec2.NewDescribeVpcEndpointsPaginator(client, &awsec2.DescribeVpcEndpointsInput{Filters: []types.Filter{filter("vpc-id", vpc)}})
	all, err := reads.All(ctx, pages, func(page *awsec2.DescribeVpcEndpointsOutput) []types.VpcEndpoint { return page.VpcEndpoints })
	for _, e := range all {
		if slices.ContainsFunc(endpointStays, func(state types.State) bool { return strings.EqualFold(string(state), string(e.State)) }) {
			held = append(held, fmt.Sprintf("endpoint %s (%s)", aws.ToString(e.VpcEndpointId), aws.ToString(e.ServiceName)))
		}
	}
	return held, err
}

// endpointStays are the states of an endpoint that is neither being deleted nor was refused. AWS
// writes them in lower case; its model does not.
var endpointStays = []types.State{types.StatePendingAcceptance, types.StatePending, types.StateAvailable, types.StatePartial}

func peersOf(ctx context.Context, client *awsec2.Client, vpc string) (held []string, err error) {
	pages := awsec2.NewDescribeVpcPeeringConnectionsPaginator(client, &awsec2.DescribeVpcPeeringConnectionsInput{
		Filters: []types.Filter{filter("requester-vpc-info.vpc-id", vpc), filter("status-code", "active")},
	})
	all, err := reads.All(ctx, pages, func(page *awsec2.DescribeVpcPeeringConnectionsOutput) []types.VpcPeeringConnection {
		return page.VpcPeeringConnections
	})
	for _, p := range all {
		held = append(held, "peering connection "+aws.ToString(p.VpcPeeringConnectionId))
	}
	return held, err
}

// privateGatewaysOf names the virtual private gateways that are attached.
func privateGatewaysOf(ctx context.Context, client *awsec2.Client, vpc string) (held []string, err error) {
	out, err := client.DescribeVpnGateways(ctx, &awsec2.DescribeVpnGatewaysInput{Filters: []types.Filter{filter("attachment.vpc-id", vpc)}})
	if err != nil {
		return nil, err
	}
	for _, g := range out.VpnGateways {
		attached := slices.ContainsFunc(g.VpcAttachments, func(a types.VpcAttachment) bool {
			return aws.ToString(a.VpcId) == vpc && a.State != types.AttachmentStatusDetached
		})
		if attached && g.State != types.VpnStateDeleted {
			held = append(held, "virtual private gateway "+aws.ToString(g.VpnGatewayId))
		}
	}
	return held, nil
}

// networkACLsIn names the network ACLs except the default one, which is deleted with the VPC.
func networkACLsIn(ctx context.Context, client *awsec2.Client, vpc string) (held []string, err error) {
	pages := awsec2.NewDescribeNetworkAclsPaginator(client, &awsec2.DescribeNetworkAclsInput{Filters: []types.Filter{filter("vpc-id", vpc)}})
	all, err := reads.All(ctx, pages, func(page *awsec2.DescribeNetworkAclsOutput) []types.NetworkAcl { return page.NetworkAcls })
	for _, acl := range all {
		if !aws.ToBool(acl.IsDefault) {
			held = append(held, "network ACL "+aws.ToString(acl.NetworkAclId))
		}
	}
	return held, err
}

// egressGatewaysOf names the egress-only internet gateways. AWS has no filter for their VPC.
func egressGatewaysOf(ctx context.Context, client *awsec2.Client, vpc string) (held []string, err error) {
	pages := awsec2.NewDescribeEgressOnlyInternetGatewaysPaginator(client, &awsec2.DescribeEgressOnlyInternetGatewaysInput{})
	all, err := reads.All(ctx, pages, func(page *awsec2.DescribeEgressOnlyInternetGatewaysOutput) []types.EgressOnlyInternetGateway {
		return page.EgressOnlyInternetGateways
	})
	for _, g := range all {
		attached := slices.ContainsFunc(g.Attachments, func(a types.InternetGatewayAttachment) bool {
			return aws.ToString(a.VpcId) == vpc && a.State != types.AttachmentStatusDetached
		})
		if attached {
			held = append(held, "egress-only internet gateway "+aws.ToString(g.EgressOnlyInternetGatewayId))
		}
	}
	return held, err
}
