package describe

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// SecurityGroupRules lists the rules of security groups.
var SecurityGroupRules = List[types.SecurityGroupRule]{
	What: "rule", ID: "security-group-rule-id",
	Is:   func(s types.SecurityGroupRule) *string { return s.SecurityGroupRuleId },
	Tags: func(s types.SecurityGroupRule) []types.Tag { return s.Tags },
	Shows: map[string]func(types.SecurityGroupRule) *string{
		"group-id": func(s types.SecurityGroupRule) *string { return s.GroupId },
	},
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.SecurityGroupRule, error) {
		pages := awsec2.NewDescribeSecurityGroupRulesPaginator(client, &awsec2.DescribeSecurityGroupRulesInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeSecurityGroupRulesOutput) []types.SecurityGroupRule {
			return page.SecurityGroupRules
		})
	},
}

// ProfileAssociations lists which instance has which profile.
var ProfileAssociations = List[types.IamInstanceProfileAssociation]{
	What: "instance profile association",
	Is:   func(i types.IamInstanceProfileAssociation) *string { return i.AssociationId },
	Shows: map[string]func(types.IamInstanceProfileAssociation) *string{
		"instance-id": func(i types.IamInstanceProfileAssociation) *string { return i.InstanceId },
	},
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.IamInstanceProfileAssociation, error) {
		pages := awsec2.NewDescribeIamInstanceProfileAssociationsPaginator(client, &awsec2.DescribeIamInstanceProfileAssociationsInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeIamInstanceProfileAssociationsOutput) []types.IamInstanceProfileAssociation {
			return page.IamInstanceProfileAssociations
		})
	},
}

// NetworkInterfaces lists network interfaces. Each is named with its creator.
var NetworkInterfaces = List[types.NetworkInterface]{
	What: "network interface", ID: "network-interface-id",
	Is:   func(n types.NetworkInterface) *string { return n.NetworkInterfaceId },
	Tags: func(n types.NetworkInterface) []types.Tag { return n.TagSet },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.NetworkInterface, error) {
		pages := awsec2.NewDescribeNetworkInterfacesPaginator(client, &awsec2.DescribeNetworkInterfacesInput{Filters: by})
		return reads.All(ctx, pages, func(page *awsec2.DescribeNetworkInterfacesOutput) []types.NetworkInterface {
			return page.NetworkInterfaces
		})
	},
	Words: interfaceWords,
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

// PublicAddresses names the addresses by which interfaces of a VPC are reached through its internet
// gateway. An address of a carrier or an Outpost does not belong to the gateway.
func PublicAddresses(ctx context.Context, client *awsec2.Client, vpc string) ([]string, error) {
	public := NetworkInterfaces
	public.Words = func(n types.NetworkInterface) string {
		return aws.ToString(n.Association.PublicIp) + " at " + interfaceWords(n)
	}
	mapped := func(n types.NetworkInterface) bool {
		return n.Association != nil && aws.ToString(n.Association.PublicIp) != ""
	}
	return public.Names(ctx, client, mapped, Filter("vpc-id", vpc))
}

// PrivateGateways lists virtual private gateways. AWS answers on one page.
var PrivateGateways = List[types.VpnGateway]{
	What: "virtual private gateway", ID: "vpn-gateway-id",
	Is:   func(v types.VpnGateway) *string { return v.VpnGatewayId },
	Tags: func(v types.VpnGateway) []types.Tag { return v.Tags },
	Read: func(ctx context.Context, client *awsec2.Client, by []types.Filter) ([]types.VpnGateway, error) {
		out, err := client.DescribeVpnGateways(ctx, &awsec2.DescribeVpnGatewaysInput{Filters: by})
		if err != nil {
			return nil, err
		}
		return out.VpnGateways, nil
	},
}

// Credits reads the CPU credits of one instance, by its id: the call has no filter on ids.
func Credits(ctx context.Context, client *awsec2.Client, id string) ([]types.InstanceCreditSpecification, error) {
	pages := awsec2.NewDescribeInstanceCreditSpecificationsPaginator(client, &awsec2.DescribeInstanceCreditSpecificationsInput{InstanceIds: []string{id}})
	return reads.All(ctx, pages, func(page *awsec2.DescribeInstanceCreditSpecificationsOutput) []types.InstanceCreditSpecification {
		return page.InstanceCreditSpecifications
	})
}
