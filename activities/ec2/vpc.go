package ec2

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/ec2/describe"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	"github.com/tack-dev/tack/activities/shape"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

var (
	createVPC            = defaults.Creates(describe.VPCs, (*awsec2.Client).CreateVpc)
	deleteVPC            = call.Delete((*awsec2.Client).DeleteVpc).HeldBy(vpcHolders, vpcInUse).AtOnce()
	modifyVPCAttribute   = call.To("ModifyAttribute", (*awsec2.Client).ModifyVpcAttribute)
	modifyVPCTenancy     = call.To("ModifyTenancy", (*awsec2.Client).ModifyVpcTenancy)
	associateVPCBlock    = call.To("AssociateCidrBlock", (*awsec2.Client).AssociateVpcCidrBlock)
	disassociateVPCBlock = call.To("DisassociateCidrBlock", (*awsec2.Client).DisassociateVpcCidrBlock)
)

var (
	// vpcRequest leaves out the list of blocks, because a request has room for one, and what AWS sets
	// by calls of their own.
	vpcRequest = shape.Request[awsec2.CreateVpcInput, ec2v1alpha1.VPCSpec](shape.Out(
		"cidrBlocks", "disallowSecurityGroupDefaultRules", "enableDNSHostnames", "enableDNSSupport", "enableNetworkAddressUsageMetrics"))
	vpcShown = shape.Status[ec2v1alpha1.VPCStatus, vpc](shape.Out("securityGroupDefaultRulesExist"))
)

// vpc is a VPC as AWS shows it.
type vpc struct {
	types.Vpc
	attributes   map[types.VpcAttributeName]bool // those that are known
	defaultGroup *securityGroup                  // if it was read
}

// VPC manages a VPC with its CIDR blocks and attributes.
func VPC() kind.Kind {
	return defaults.Of(describe.VPCs, createVPC, deleteVPC, defaults.Definition[ec2v1alpha1.VPCSpec, vpc]{
		Kind:   "ec2.VPC",
		Check:  checkVPC,
		Find:   describe.Finder(describe.VPCs, readVPC),
		Facts:  vpcFacts,
		Create: defaults.Sends(createVPC, planVPCCreate),
		Plan:   planVPC,
		Later:  laterVPC,
		Status: func(got *vpc) any {
			status := vpcShown(got)
			if got.defaultGroup != nil {
				status.SecurityGroupDefaultRulesExist = aws.Bool(len(got.defaultGroup.rules()) > 0)
			}
			return status
		},
		Spec:  vpcSpec,
		Late:  late.Fields[vpc]{"enableNetworkAddressUsageMetrics": lateUsageMetrics},
		Calls: call.All(modifyVPCAttribute, modifyVPCTenancy, associateVPCBlock, disassociateVPCBlock, revokeIngress, revokeEgress),
	})
}

func vpcHolders(ctx context.Context, client *awsec2.Client, in *awsec2.DeleteVpcInput) ([]string, error) {
	return describe.VPCContents(ctx, client, aws.ToString(in.VpcId))
}

// readVPC reads only those attributes that the spec sets or that late initialization fills in, and
// the default group only if the spec concerns it. Each of these is a separate call.
func readVPC(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.VPCSpec], found types.Vpc) (got *vpc, err error) {
	got = &vpc{Vpc: found, attributes: map[types.VpcAttributeName]bool{}}
	if q.Deleting {
		return got, nil
	}
	if q.Fresh {
		// This is AWS's default, which no step of this pass has changed. Attributes that the spec
		// sets are still read.
		got.attributes[types.VpcAttributeNameEnableNetworkAddressUsageMetrics] = false
	}
	for _, name := range attributesToRead(q) {
		if got.attributes[name], err = readVPCAttribute(ctx, client, *got.VpcId, name); err != nil {
			return nil, fmt.Errorf("describing %s of %s: %w", name, *got.VpcId, err)
		}
	}
	if q.Whole || aws.ToBool(q.Want.DisallowSecurityGroupDefaultRules) {
		groups, err := describe.SecurityGroups.By(ctx, client, describe.Filter("vpc-id", *got.VpcId), describe.Filter("group-name", "default"))
		if err == nil && len(groups) == 0 {
			err = reads.ErrIncomplete // every VPC has one, which nobody can delete
		}
		if err != nil {
			return nil, fmt.Errorf("describing the default group of %s: %w", *got.VpcId, err)
		}
		got.defaultGroup = &securityGroup{SecurityGroup: groups[0]}
	}
	return got, nil
}

func readVPCAttribute(ctx context.Context, client *awsec2.Client, id string, name types.VpcAttributeName) (bool, error) {
	out, err := client.DescribeVpcAttribute(ctx, &awsec2.DescribeVpcAttributeInput{VpcId: aws.String(id), Attribute: name})
	if err != nil {
		return false, err
	}
	for _, value := range []*types.AttributeBooleanValue{out.EnableDnsSupport, out.EnableDnsHostnames, out.EnableNetworkAddressUsageMetrics} {
		if value != nil {
			return aws.ToBool(value.Value), nil
		}
	}
	return false, reads.ErrIncomplete
}

// vpcFacts makes a VPC wait for itself and for its blocks.
func vpcFacts(got *vpc) (facts kind.Facts) {
	if got.State == types.VpcStatePending {
		facts.Pending = kind.Pending("%s is pending", aws.ToString(got.VpcId))
	}
	for _, b := range got.blocks() {
		if b.state == types.VpcCidrBlockStateCodeAssociating || b.state == types.VpcCidrBlockStateCodeDisassociating {
			facts.Pending = kind.Pending("CIDR block %s of %s is %s", b.cidr, aws.ToString(got.VpcId), b.state)
		}
	}
	return facts
}

// lateUsageMetrics returns whether the metrics are on, if that is known.
func lateUsageMetrics(got *vpc) any {
	if on := got.attribute(types.VpcAttributeNameEnableNetworkAddressUsageMetrics); on != nil {
		return *on
	}
	return nil
}

// attribute returns whether an attribute is on; nil: it was not read.
func (v *vpc) attribute(name types.VpcAttributeName) *bool {
	if on, known := v.attributes[name]; known {
		return &on
	}
	return nil
}
