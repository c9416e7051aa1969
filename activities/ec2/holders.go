package ec2

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
)

// AWS refuses a delete with DependencyViolation and does not name the dependent resource. These
// reads find it. They run after a refusal, before a refused delete is sent again, and before the
// first step of a teardown with several steps. They name only holders for which AWS refuses: a
// wrong one would keep a resource.

const inUse = "DependencyViolation"

// AWS's messages for a delete that it refuses because something depends on the resource.
func groupInUse(in *awsec2.DeleteSecurityGroupInput) (code, message string) {
	return inUse, fmt.Sprintf("resource %s has a dependent object", aws.ToString(in.GroupId))
}

func subnetInUse(in *awsec2.DeleteSubnetInput) (code, message string) {
	return inUse, fmt.Sprintf("The subnet '%s' has dependencies and cannot be deleted.", aws.ToString(in.SubnetId))
}

func vpcInUse(in *awsec2.DeleteVpcInput) (code, message string) {
	return inUse, fmt.Sprintf("The vpc '%s' has dependencies and cannot be deleted.", aws.ToString(in.VpcId))
}

func gatewayInUse(in *awsec2.DetachInternetGatewayInput) (code, message string) {
	return inUse, fmt.Sprintf("Network %s has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.", aws.ToString(in.VpcId))
}

func allInterfaces(ctx context.Context, client *awsec2.Client, by ...types.Filter) ([]types.NetworkInterface, error) {
	pages := awsec2.NewDescribeNetworkInterfacesPaginator(client, &awsec2.DescribeNetworkInterfacesInput{Filters: by})
	return reads.All(ctx, pages, func(page *awsec2.DescribeNetworkInterfacesOutput) []types.NetworkInterface {
		return page.NetworkInterfaces
	})
}

// interfaceHolders names network interfaces, each with its creator.
func interfaceHolders(ctx context.Context, client *awsec2.Client, by ...types.Filter) (held []string, err error) {
	all, err := allInterfaces(ctx, client, by...)
	if err != nil {
		return nil, fmt.Errorf("describing the network interfaces: %w", err)
	}
	for _, n := range all {
		held = append(held, interfaceWords(n))
	}
	slices.Sort(held) // AWS promises no order, and a changed message would be reported as new
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
		// An address of a carrier or an Outpost does not belong to the internet gateway.
		if n.Association != nil && aws.ToString(n.Association.PublicIp) != "" {
			held = append(held, fmt.Sprintf("%s at %s", aws.ToString(n.Association.PublicIp), interfaceWords(n)))
		}
	}
	slices.Sort(held)
	return held, nil
}
