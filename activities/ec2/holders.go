package ec2

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/reads"
)

// AWS refuses a delete with DependencyViolation and does not say what depends on the
// resource. These reads do. They are made after a refusal, or before the first
// step of a teardown that has several.

func allInterfaces(ctx context.Context, client *awsec2.Client, by ...types.Filter) ([]types.NetworkInterface, error) {
	pages := awsec2.NewDescribeNetworkInterfacesPaginator(client, &awsec2.DescribeNetworkInterfacesInput{Filters: by})
	return reads.All(ctx, pages, func(page *awsec2.DescribeNetworkInterfacesOutput) []types.NetworkInterface {
		return page.NetworkInterfaces
	})
}

// interfaceHolders names network interfaces, each with who made it.
func interfaceHolders(ctx context.Context, client *awsec2.Client, by ...types.Filter) (held []string, err error) {
	all, err := allInterfaces(ctx, client, by...)
	if err != nil {
		return nil, fmt.Errorf("describing the network interfaces: %w", err)
	}
	for _, n := range all {
		held = append(held, interfaceWords(n))
	}
	slices.Sort(held) // AWS promises no order, and a message that changes is news
	return held, nil
}

func interfaceWords(n types.NetworkInterface) string {
	words := "network interface " + aws.ToString(n.NetworkInterfaceId)
	if n.Attachment != nil && aws.ToString(n.Attachment.InstanceId) != "" {
		return words + " of " + *n.Attachment.InstanceId
	}
	if about := cmp.Or(aws.ToString(n.Description), aws.ToString(n.RequesterId)); about != "" {
		words += " (" + about + ")"
	}
	return words
}

// groupHolders names the interfaces that use a group, else the groups whose rules
// name it.
func groupHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteSecurityGroupInput) ([]string, error) {
	held, err := interfaceHolders(ctx, client, filter("group-id", aws.ToString(in.GroupId)))
	if err != nil || len(held) > 0 {
		return held, err
	}
	namers, err := groupsNaming(ctx, client, aws.ToString(in.GroupId))
	return ruleHolders(namers), err
}

// groupsNaming reads the other groups whose rules name a group.
func groupsNaming(ctx context.Context, client *awsec2.Client, id string) (namers []types.SecurityGroup, err error) {
	for _, direction := range []string{"ip-permission.group-id", "egress.ip-permission.group-id"} {
		groups, err := allGroups(ctx, client, filter(direction, id))
		if err != nil {
			return nil, fmt.Errorf("describing the groups whose rules name %s: %w", id, err)
		}
		namers = append(namers, groups...)
	}
	return slices.DeleteFunc(namers, func(g types.SecurityGroup) bool { return aws.ToString(g.GroupId) == id }), nil
}

func ruleHolders(namers []types.SecurityGroup) (held []string) {
	for _, g := range namers {
		held = append(held, fmt.Sprintf("a rule of %s (%s)", aws.ToString(g.GroupId), aws.ToString(g.GroupName)))
	}
	slices.Sort(held)
	return slices.Compact(held)
}

// teardownHolders names what refuses the deletion of a group whose own rules are
// revoked first. A group in a cycle of rules does not hold it: each revokes its own.
func teardownHolders(ctx context.Context, client *awsec2.Client, g *securityGroup) ([]string, error) {
	held, err := interfaceHolders(ctx, client, filter("group-id", *g.GroupId))
	if err != nil || len(held) > 0 {
		return held, err
	}
	namers, err := groupsNaming(ctx, client, *g.GroupId)
	if err != nil {
		return nil, err
	}
	reached, next := map[string]bool{*g.GroupId: true}, g.named()
	for {
		for _, id := range next {
			reached[id] = true
		}
		namers = slices.DeleteFunc(namers, func(n types.SecurityGroup) bool { return reached[aws.ToString(n.GroupId)] })
		if len(namers) == 0 || len(next) == 0 {
			return ruleHolders(namers), nil
		}
		groups, err := allGroups(ctx, client, filter("group-id", next...))
		if err != nil {
			return nil, fmt.Errorf("describing the groups that rules name: %w", err)
		}
		next = nil
		for _, other := range groups {
			for _, id := range (&securityGroup{SecurityGroup: other}).named() {
				if !reached[id] {
					next = append(next, id)
				}
			}
		}
	}
}

func subnetHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteSubnetInput) ([]string, error) {
	return interfaceHolders(ctx, client, filter("subnet-id", aws.ToString(in.SubnetId)))
}

// gatewayHolders names the interfaces whose public addresses keep a gateway attached.
func gatewayHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DetachInternetGatewayInput) (held []string, err error) {
	return publicHolders(ctx, client, aws.ToString(in.VpcId))
}

func publicHolders(ctx context.Context, client *awsec2.Client, vpc string) (held []string, err error) {
	all, err := allInterfaces(ctx, client, filter("vpc-id", vpc))
	if err != nil {
		return nil, fmt.Errorf("describing the public addresses of %s: %w", vpc, err)
	}
	for _, n := range all {
		if n.Association != nil {
			held = append(held, fmt.Sprintf("%s at %s", aws.ToString(n.Association.PublicIp), interfaceWords(n)))
		}
	}
	slices.Sort(held)
	return held, nil
}

// vpcHolders names what is in a VPC, one sort at a time: what goes first is named
// first, and a message of a refusal that is repeated costs few reads.
func vpcHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteVpcInput) ([]string, error) {
	vpc := aws.ToString(in.VpcId)
	for _, look := range []func(context.Context, *awsec2.Client, string) ([]string, error){
		subnetsIn, gatewaysOf, groupsIn, tablesIn, endpointsIn, peersOf,
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
		if aws.ToString(g.GroupName) != "default" { // which goes with the VPC
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
		held = append(held, fmt.Sprintf("endpoint %s (%s)", aws.ToString(e.VpcEndpointId), aws.ToString(e.ServiceName)))
	}
	return held, err
}

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
