package ec2

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/ec2/refusal"
)

// AWS refuses a delete with DependencyViolation and does not name the dependent resource. These
// reads find it. They run after a refusal, before a refused delete is sent again, and before the
// first step of a teardown with several steps. They name only holders for which AWS refuses: a
// wrong one would keep a resource.

// AWS's messages for a delete that it refuses because something depends on the resource.
func groupInUse(in *awsec2.DeleteSecurityGroupInput) (code, message string) {
	return refusal.InUse, fmt.Sprintf("resource %s has a dependent object", aws.ToString(in.GroupId))
}

func subnetInUse(in *awsec2.DeleteSubnetInput) (code, message string) {
	return refusal.InUse, fmt.Sprintf("The subnet '%s' has dependencies and cannot be deleted.", aws.ToString(in.SubnetId))
}

func vpcInUse(in *awsec2.DeleteVpcInput) (code, message string) {
	return refusal.InUse, fmt.Sprintf("The vpc '%s' has dependencies and cannot be deleted.", aws.ToString(in.VpcId))
}

func gatewayInUse(in *awsec2.DetachInternetGatewayInput) (code, message string) {
	return refusal.InUse, fmt.Sprintf("Network %s has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.", aws.ToString(in.VpcId))
}

func dhcpInUse(in *awsec2.DeleteDhcpOptionsInput) (code, message string) {
	return refusal.InUse, fmt.Sprintf("The dhcpOptions '%s' has dependencies and cannot be deleted.", aws.ToString(in.DhcpOptionsId))
}

func aclInUse(in *awsec2.DeleteNetworkAclInput) (code, message string) {
	return refusal.InUse, fmt.Sprintf("The networkAcl '%s' has dependencies and cannot be deleted.", aws.ToString(in.NetworkAclId))
}

func subnetHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteSubnetInput) ([]string, error) {
	return describe.NetworkInterfaces.Names(ctx, client, nil, describe.Filter("subnet-id", aws.ToString(in.SubnetId)))
}

// gatewayHolders names the interfaces whose public addresses keep a gateway attached.
func gatewayHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DetachInternetGatewayInput) (held []string, err error) {
	return describe.PublicAddresses(ctx, client, aws.ToString(in.VpcId))
}

// dhcpHolders names the VPCs that began to use the options during the deletion.
func dhcpHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteDhcpOptionsInput) ([]string, error) {
	return describe.VPCs.Names(ctx, client, nil, describe.Filter("dhcp-options-id", aws.ToString(in.DhcpOptionsId)))
}

// aclHolders names the subnets that began to use the ACL during the deletion.
func aclHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteNetworkAclInput) (held []string, err error) {
	acl, err := describe.NetworkACLs.By(ctx, client, describe.Filter("network-acl-id", aws.ToString(in.NetworkAclId)))
	for _, n := range acl {
		held = append(held, (&networkACL{NetworkAcl: n}).subnets()...)
	}
	return held, err
}
