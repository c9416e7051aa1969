package describe

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// VPCs lists VPCs.
var VPCs = List[types.Vpc]{
	What: "VPC", ID: "vpc-id", Type: types.ResourceTypeVpc,
	Is:   func(v types.Vpc) *string { return v.VpcId },
	Tags: func(v types.Vpc) []types.Tag { return v.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.Vpc, error) {
		pages := awsec2.NewDescribeVpcsPaginator(client, &awsec2.DescribeVpcsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeVpcsOutput) []types.Vpc { return page.Vpcs })
	},
}

// Subnets lists subnets.
var Subnets = List[types.Subnet]{
	What: "subnet", ID: "subnet-id", Type: types.ResourceTypeSubnet,
	Is:   func(s types.Subnet) *string { return s.SubnetId },
	ARN:  func(s types.Subnet) *string { return s.SubnetArn },
	Tags: func(s types.Subnet) []types.Tag { return s.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.Subnet, error) {
		pages := awsec2.NewDescribeSubnetsPaginator(client, &awsec2.DescribeSubnetsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeSubnetsOutput) []types.Subnet { return page.Subnets })
	},
}

// SecurityGroups lists security groups.
var SecurityGroups = List[types.SecurityGroup]{
	What: "security group", ID: "group-id", Type: types.ResourceTypeSecurityGroup,
	Is:   func(s types.SecurityGroup) *string { return s.GroupId },
	ARN:  func(s types.SecurityGroup) *string { return s.SecurityGroupArn },
	Tags: func(s types.SecurityGroup) []types.Tag { return s.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.SecurityGroup, error) {
		pages := awsec2.NewDescribeSecurityGroupsPaginator(client, &awsec2.DescribeSecurityGroupsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeSecurityGroupsOutput) []types.SecurityGroup { return page.SecurityGroups })
	},
	Words: func(g types.SecurityGroup) string {
		return fmt.Sprintf("security group %s (%s)", aws.ToString(g.GroupId), aws.ToString(g.GroupName))
	},
}

// RouteTables lists route tables.
var RouteTables = List[types.RouteTable]{
	What: "route table", ID: "route-table-id", Type: types.ResourceTypeRouteTable,
	Is:   func(r types.RouteTable) *string { return r.RouteTableId },
	Tags: func(r types.RouteTable) []types.Tag { return r.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.RouteTable, error) {
		pages := awsec2.NewDescribeRouteTablesPaginator(client, &awsec2.DescribeRouteTablesInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeRouteTablesOutput) []types.RouteTable { return page.RouteTables })
	},
}

// InternetGateways lists internet gateways.
var InternetGateways = List[types.InternetGateway]{
	What: "internet gateway", ID: "internet-gateway-id", Type: types.ResourceTypeInternetGateway,
	Is:   func(i types.InternetGateway) *string { return i.InternetGatewayId },
	Tags: func(i types.InternetGateway) []types.Tag { return i.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.InternetGateway, error) {
		pages := awsec2.NewDescribeInternetGatewaysPaginator(client, &awsec2.DescribeInternetGatewaysInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeInternetGatewaysOutput) []types.InternetGateway {
			return page.InternetGateways
		})
	},
}

// EgressGateways lists egress-only internet gateways.
var EgressGateways = List[types.EgressOnlyInternetGateway]{
	What: "egress-only internet gateway", Type: types.ResourceTypeEgressOnlyInternetGateway,
	Is:   func(e types.EgressOnlyInternetGateway) *string { return e.EgressOnlyInternetGatewayId },
	Tags: func(e types.EgressOnlyInternetGateway) []types.Tag { return e.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.EgressOnlyInternetGateway, error) {
		pages := awsec2.NewDescribeEgressOnlyInternetGatewaysPaginator(client, &awsec2.DescribeEgressOnlyInternetGatewaysInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeEgressOnlyInternetGatewaysOutput) []types.EgressOnlyInternetGateway {
			return page.EgressOnlyInternetGateways
		})
	},
}

// LiveNATGateway are the states in which a NAT gateway serves its subnet, or is about to.
var LiveNATGateway = []types.NatGatewayState{types.NatGatewayStatePending, types.NatGatewayStateAvailable}

// NATGateways lists NAT gateways.
var NATGateways = List[types.NatGateway]{
	What: "NAT gateway", ID: "nat-gateway-id", Type: types.ResourceTypeNatgateway,
	Is:   func(n types.NatGateway) *string { return n.NatGatewayId },
	Tags: func(n types.NatGateway) []types.Tag { return n.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.NatGateway, error) {
		pages := awsec2.NewDescribeNatGatewaysPaginator(client, &awsec2.DescribeNatGatewaysInput{Filter: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeNatGatewaysOutput) []types.NatGateway { return page.NatGateways })
	},
	Counts: byState(func(n types.NatGateway) types.NatGatewayState { return n.State }, func(n types.NatGateway) []types.Tag { return n.Tags },
		LiveNATGateway,
		[]types.NatGatewayState{types.NatGatewayStateDeleting, types.NatGatewayStateFailed},
		[]types.NatGatewayState{types.NatGatewayStateDeleted}),
}

// Addresses lists Elastic IP addresses. AWS answers on one page.
var Addresses = List[types.Address]{
	What: "address", ID: "allocation-id", Type: types.ResourceTypeElasticIp,
	Is:   func(a types.Address) *string { return a.AllocationId },
	Tags: func(a types.Address) []types.Tag { return a.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.Address, error) {
		out, err := client.DescribeAddresses(ctx, &awsec2.DescribeAddressesInput{Filters: by})
		if err != nil {
			return nil, err
		}
		return out.Addresses, nil
	},
}

// Instances lists instances.
var Instances = List[types.Instance]{
	What: "instance", ID: "instance-id", Type: types.ResourceTypeInstance,
	Is:   func(i types.Instance) *string { return i.InstanceId },
	Tags: func(i types.Instance) []types.Tag { return i.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.Instance, error) {
		pages := awsec2.NewDescribeInstancesPaginator(client, &awsec2.DescribeInstancesInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeInstancesOutput) (all []types.Instance) {
			for _, reservation := range page.Reservations {
				all = append(all, reservation.Instances...)
			}
			return all
		})
	},
}

// NetworkACLs lists network ACLs.
var NetworkACLs = List[types.NetworkAcl]{
	What: "network ACL", ID: "network-acl-id", Type: types.ResourceTypeNetworkAcl,
	Is:   func(n types.NetworkAcl) *string { return n.NetworkAclId },
	Tags: func(n types.NetworkAcl) []types.Tag { return n.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.NetworkAcl, error) {
		pages := awsec2.NewDescribeNetworkAclsPaginator(client, &awsec2.DescribeNetworkAclsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeNetworkAclsOutput) []types.NetworkAcl { return page.NetworkAcls })
	},
}

// DHCPOptions lists sets of DHCP options.
var DHCPOptions = List[types.DhcpOptions]{
	What: "DHCP options", ID: "dhcp-options-id", Type: types.ResourceTypeDhcpOptions,
	Is:   func(d types.DhcpOptions) *string { return d.DhcpOptionsId },
	Tags: func(d types.DhcpOptions) []types.Tag { return d.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.DhcpOptions, error) {
		pages := awsec2.NewDescribeDhcpOptionsPaginator(client, &awsec2.DescribeDhcpOptionsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeDhcpOptionsOutput) []types.DhcpOptions { return page.DhcpOptions })
	},
}

// byState returns the resource of an owner that counts, by the first group of states that has one.
// AWS lists those that failed or are gone for an hour or so, beside the one that replaced them.
func byState[T any, S ~string](state func(T) S, tagsOf func(T) []types.Tag, groups ...[]S) func([]T) *T {
	return func(found []T) *T {
		for _, states := range groups {
			var in []T
			for _, t := range found {
				if slices.Contains(states, state(t)) {
					in = append(in, t)
				}
			}
			if t := newest(in, tagsOf); t != nil {
				return t
			}
		}
		return nil
	}
}
