package ec2

import (
	"context"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// The lists of EC2, each read to its last page. DescribeAddresses has no pages. A read selects by
// filters, never by ids: EC2 refuses a whole list of ids when it does not find one of them.

func allVPCs(ctx context.Context, client *awsec2.Client, by ...types.Filter) ([]types.Vpc, error) {
	pages := awsec2.NewDescribeVpcsPaginator(client, &awsec2.DescribeVpcsInput{Filters: by})
	return reads.All(ctx, pages, func(page *awsec2.DescribeVpcsOutput) []types.Vpc { return page.Vpcs })
}

func allSubnets(ctx context.Context, client *awsec2.Client, by ...types.Filter) ([]types.Subnet, error) {
	pages := awsec2.NewDescribeSubnetsPaginator(client, &awsec2.DescribeSubnetsInput{Filters: by})
	return reads.All(ctx, pages, func(page *awsec2.DescribeSubnetsOutput) []types.Subnet { return page.Subnets })
}

func allGroups(ctx context.Context, client *awsec2.Client, by ...types.Filter) ([]types.SecurityGroup, error) {
	pages := awsec2.NewDescribeSecurityGroupsPaginator(client, &awsec2.DescribeSecurityGroupsInput{Filters: by})
	return reads.All(ctx, pages, func(page *awsec2.DescribeSecurityGroupsOutput) []types.SecurityGroup { return page.SecurityGroups })
}

func allRules(ctx context.Context, client *awsec2.Client, by ...types.Filter) ([]types.SecurityGroupRule, error) {
	pages := awsec2.NewDescribeSecurityGroupRulesPaginator(client, &awsec2.DescribeSecurityGroupRulesInput{Filters: by})
	return reads.All(ctx, pages, func(page *awsec2.DescribeSecurityGroupRulesOutput) []types.SecurityGroupRule {
		return page.SecurityGroupRules
	})
}

func allTables(ctx context.Context, client *awsec2.Client, by ...types.Filter) ([]types.RouteTable, error) {
	pages := awsec2.NewDescribeRouteTablesPaginator(client, &awsec2.DescribeRouteTablesInput{Filters: by})
	return reads.All(ctx, pages, func(page *awsec2.DescribeRouteTablesOutput) []types.RouteTable { return page.RouteTables })
}

func allGateways(ctx context.Context, client *awsec2.Client, by ...types.Filter) ([]types.InternetGateway, error) {
	pages := awsec2.NewDescribeInternetGatewaysPaginator(client, &awsec2.DescribeInternetGatewaysInput{Filters: by})
	return reads.All(ctx, pages, func(page *awsec2.DescribeInternetGatewaysOutput) []types.InternetGateway {
		return page.InternetGateways
	})
}

func allNATGateways(ctx context.Context, client *awsec2.Client, by ...types.Filter) ([]types.NatGateway, error) {
	pages := awsec2.NewDescribeNatGatewaysPaginator(client, &awsec2.DescribeNatGatewaysInput{Filter: by})
	return reads.All(ctx, pages, func(page *awsec2.DescribeNatGatewaysOutput) []types.NatGateway { return page.NatGateways })
}

func allInstances(ctx context.Context, client *awsec2.Client, by ...types.Filter) ([]types.Instance, error) {
	pages := awsec2.NewDescribeInstancesPaginator(client, &awsec2.DescribeInstancesInput{Filters: by})
	return reads.All(ctx, pages, func(page *awsec2.DescribeInstancesOutput) (all []types.Instance) {
		for _, reservation := range page.Reservations {
			all = append(all, reservation.Instances...)
		}
		return all
	})
}

func allProfileAssociations(ctx context.Context, client *awsec2.Client, by ...types.Filter) ([]types.IamInstanceProfileAssociation, error) {
	pages := awsec2.NewDescribeIamInstanceProfileAssociationsPaginator(client, &awsec2.DescribeIamInstanceProfileAssociationsInput{Filters: by})
	return reads.All(ctx, pages, func(page *awsec2.DescribeIamInstanceProfileAssociationsOutput) []types.IamInstanceProfileAssociation {
		return page.IamInstanceProfileAssociations
	})
}

// allCredits reads the CPU credits of one instance, by its id: the call has no filter on ids.
func allCredits(ctx context.Context, client *awsec2.Client, id string) ([]types.InstanceCreditSpecification, error) {
	pages := awsec2.NewDescribeInstanceCreditSpecificationsPaginator(client, &awsec2.DescribeInstanceCreditSpecificationsInput{InstanceIds: []string{id}})
	return reads.All(ctx, pages, func(page *awsec2.DescribeInstanceCreditSpecificationsOutput) []types.InstanceCreditSpecification {
		return page.InstanceCreditSpecifications
	})
}
