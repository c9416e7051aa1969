package ec2

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/kind"
	"github.com/tack-dev/tack/activities/late"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	createVPC            kind.Verb[awsec2.CreateVpcInput]                = "Create"
	deleteVPC            kind.Verb[awsec2.DeleteVpcInput]                = "Delete"
	modifyVPCAttribute   kind.Verb[awsec2.ModifyVpcAttributeInput]       = "ModifyAttribute"
	modifyVPCTenancy     kind.Verb[awsec2.ModifyVpcTenancyInput]         = "ModifyTenancy"
	associateVPCBlock    kind.Verb[awsec2.AssociateVpcCidrBlockInput]    = "AssociateCidrBlock"
	disassociateVPCBlock kind.Verb[awsec2.DisassociateVpcCidrBlockInput] = "DisassociateCidrBlock"
)

// vpc is a VPC as AWS shows it.
type vpc struct {
	types.Vpc
	attributes   map[types.VpcAttributeName]bool // those that are known
	defaultGroup *securityGroup                  // where the spec disallows its rules
}

// VPC manages a VPC with its CIDR blocks and attributes.
func VPC() kind.Kind {
	return kind.Definition[*awsec2.Client, ec2v1alpha1.VPCSpec, vpc]{
		Kind:   "ec2.VPC",
		Client: newClient,
		Tags:   func(want ec2v1alpha1.VPCSpec) []tagging.Tag { return wantedTags(want.Tags) },
		Check:  checkVPC,
		Find:   findVPC,
		Owned:  ownedVPCs,
		Facts:  vpcFacts,
		Create: planVPCCreate,
		Plan:   planVPC,
		Unplan: func(got *vpc) []resource.Step {
			return []resource.Step{deleteVPC.Step("delete VPC "+*got.VpcId, awsec2.DeleteVpcInput{VpcId: got.VpcId})}
		},
		Untag:  planUntag,
		Status: vpcStatus,
		Late:   late.Fields[vpc]{"enableNetworkAddressUsageMetrics": lateUsageMetrics},
		Calls: append(tagCalls(),
			kind.BindCreate(createVPC, (*awsec2.Client).CreateVpc, func(out *awsec2.CreateVpcOutput) (id, arn string) {
				return aws.ToString(out.Vpc.VpcId), ""
			}),
			kind.Bind(modifyVPCAttribute, (*awsec2.Client).ModifyVpcAttribute),
			kind.Bind(modifyVPCTenancy, (*awsec2.Client).ModifyVpcTenancy),
			kind.Bind(associateVPCBlock, (*awsec2.Client).AssociateVpcCidrBlock),
			kind.Bind(disassociateVPCBlock, (*awsec2.Client).DisassociateVpcCidrBlock),
			kind.Bind(revokeIngress, (*awsec2.Client).RevokeSecurityGroupIngress),
			kind.Bind(revokeEgress, (*awsec2.Client).RevokeSecurityGroupEgress),
			kind.BindDelete(deleteVPC, (*awsec2.Client).DeleteVpc, vpcHolders, vpcInUse),
		),
	}
}

// findVPC reads the VPC. It reads only those attributes that the spec sets or that late
// initialization fills in, and the default group only if the spec concerns it. Each of these is a
// separate call.
func findVPC(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.VPCSpec]) (*vpc, error) {
	by := sought(q, "vpc-id")
	all, err := allVPCs(ctx, client, by)
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("describing the VPC: %w", err))
	}
	found := latest(all, func(v types.Vpc) []types.Tag { return v.Tags })
	if found == nil {
		return nil, nil
	}
	got := &vpc{Vpc: *found, attributes: map[types.VpcAttributeName]bool{}}
	if q.Deleting {
		return got, nil
	}
	if q.Fresh {
		// This is AWS's default, which no step of this pass has changed. Attributes that the spec
		// sets are still read.
		got.attributes[types.VpcAttributeNameEnableNetworkAddressUsageMetrics] = false
	}
	for _, name := range attributesToRead(q.Want, q.Fresh) {
		if got.attributes[name], err = readVPCAttribute(ctx, client, *got.VpcId, name); err != nil {
			return nil, fmt.Errorf("describing %s of %s: %w", name, *got.VpcId, err)
		}
	}
	if aws.ToBool(q.Want.DisallowSecurityGroupDefaultRules) {
		groups, err := allGroups(ctx, client, filter("vpc-id", *got.VpcId), filter("group-name", "default"))
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

func ownedVPCs(ctx context.Context, client *awsec2.Client, owner resource.Owner) (owned []vpc, err error) {
	all, err := allVPCs(ctx, client, ownedBy(owner))
	if err != nil {
		return nil, fmt.Errorf("describing all VPCs of the object: %w", err)
	}
	for _, v := range all {
		owned = append(owned, vpc{Vpc: v})
	}
	return owned, nil
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

func vpcFacts(got *vpc) kind.Facts {
	facts := kind.Facts{ID: aws.ToString(got.VpcId), Tags: tagMap(got.Tags)}
	if got.State == types.VpcStatePending {
		facts.Pending = &resource.Wait{Reason: resource.ReasonPending, Message: facts.ID + " is pending"}
	}
	states := got.blocks()
	for _, block := range slices.Sorted(maps.Keys(states)) {
		if state := states[block]; state == types.VpcCidrBlockStateCodeAssociating || state == types.VpcCidrBlockStateCodeDisassociating {
			facts.Pending = &resource.Wait{Reason: resource.ReasonPending, Message: fmt.Sprintf("CIDR block %s of %s is %s", block, facts.ID, state)}
		}
	}
	return facts
}

func planVPCCreate(want ec2v1alpha1.VPCSpec, m kind.Making) resource.Step {
	in := awsec2.CreateVpcInput{
		AmazonProvidedIpv6CidrBlock:     want.AmazonProvidedIPv6CIDRBlock,
		InstanceTenancy:                 types.Tenancy(aws.ToString(want.InstanceTenancy)),
		Ipv4IpamPoolId:                  unlessEmpty(want.IPv4IPAMPoolID),
		Ipv4NetmaskLength:               int32p(want.IPv4NetmaskLength),
		Ipv6CidrBlock:                   unlessEmpty(want.IPv6CIDRBlock),
		Ipv6CidrBlockNetworkBorderGroup: unlessEmpty(want.IPv6CIDRBlockNetworkBorderGroup),
		Ipv6IpamPoolId:                  unlessEmpty(want.IPv6IPAMPoolID),
		Ipv6NetmaskLength:               int32p(want.IPv6NetmaskLength),
		Ipv6Pool:                        unlessEmpty(want.IPv6Pool),
		TagSpecifications:               tagsAtCreate(types.ResourceTypeVpc, m.Tags),
	}
	summary := "create a VPC"
	if blocks := wantedBlocks(want); len(blocks) > 0 {
		in.CidrBlock = aws.String(blocks[0])
		summary += " of " + blocks[0]
	}
	return createVPC.Step(summary, in)
}

func planVPC(want ec2v1alpha1.VPCSpec, got *vpc, c kind.Case) kind.Draft {
	if got == nil {
		got = newVPC(want, c)
	}
	steps := planTags(c.ID, c.Tags, tagMap(got.Tags))
	steps = append(steps, planVPCAttributes(want, got, c.ID)...)
	steps = append(steps, planVPCBlocks(want, got, c)...)
	tenancy := aws.ToString(want.InstanceTenancy)
	if tenancy == "default" && got.InstanceTenancy == types.TenancyDedicated {
		step := modifyVPCTenancy.Step("set the tenancy back to default",
			awsec2.ModifyVpcTenancyInput{VpcId: aws.String(c.ID), InstanceTenancy: types.VpcTenancyDefault})
		step.Path = "spec.instanceTenancy"
		steps = append(steps, step)
	}
	if got.defaultGroup != nil {
		for _, step := range revokeAll(*got.defaultGroup.GroupId, got.defaultGroup.rules()) {
			step.Summary, step.Path = "default group: "+step.Summary, "spec.disallowSecurityGroupDefaultRules"
			steps = append(steps, step)
		}
	}
	return kind.Draft{Steps: steps, Notes: vpcNotes(want, got)}
}

// newVPC returns the VPC that the create will make.
func newVPC(want ec2v1alpha1.VPCSpec, c kind.Case) *vpc {
	got := &vpc{
		Vpc: types.Vpc{VpcId: aws.String(c.ID), Tags: tagList(c.Tags), InstanceTenancy: types.Tenancy(aws.ToString(want.InstanceTenancy))},
		attributes: map[types.VpcAttributeName]bool{
			types.VpcAttributeNameEnableDnsSupport: true, // AWS's default
		},
	}
	if blocks := wantedBlocks(want); len(blocks) > 0 {
		got.CidrBlock = aws.String(blocks[0])
	}
	if wantsIPv6(want) {
		got.Ipv6CidrBlockAssociationSet = []types.VpcIpv6CidrBlockAssociation{newIPv6Block(want)}
	}
	return got
}

func vpcNotes(want ec2v1alpha1.VPCSpec, got *vpc) (notes []string) {
	primary := aws.ToString(got.CidrBlock)
	if blocks := wantedBlocks(want); len(blocks) > 0 && !slices.Contains(blocks, primary) {
		notes = append(notes, kind.CannotChange("spec.cidrBlocks[0]", primary))
	}
	if tenancy := aws.ToString(want.InstanceTenancy); tenancy == "dedicated" && got.InstanceTenancy == types.TenancyDefault {
		notes = append(notes, kind.CannotChange("spec.instanceTenancy", string(got.InstanceTenancy)))
	}
	if length := want.IPv4NetmaskLength; length != nil && maskOf(got.CidrBlock) != "" && maskOf(got.CidrBlock) != fmt.Sprint(*length) {
		notes = append(notes, kind.CannotChange("spec.ipv4NetmaskLength", maskOf(got.CidrBlock)))
	}
	return append(notes, ipv6Notes(want, got)...)
}

func vpcStatus(got *vpc, _ kind.Case) any {
	status := ec2v1alpha1.VPCStatus{
		VPCID: got.VpcId, State: filled(string(got.State)), DHCPOptionsID: got.DhcpOptionsId,
		OwnerID: got.OwnerId, IsDefault: got.IsDefault,
	}
	for _, a := range got.CidrBlockAssociationSet {
		status.CIDRBlockAssociationSet = append(status.CIDRBlockAssociationSet, &ec2v1alpha1.VPCCIDRBlockAssociation{
			AssociationID: a.AssociationId, CIDRBlock: a.CidrBlock, CIDRBlockState: shownBlockState(a.CidrBlockState),
		})
	}
	for _, a := range got.Ipv6CidrBlockAssociationSet {
		status.IPv6CIDRBlockAssociationSet = append(status.IPv6CIDRBlockAssociationSet, &ec2v1alpha1.VPCIPv6CIDRBlockAssociation{
			AssociationID: a.AssociationId, IPv6CIDRBlock: a.Ipv6CidrBlock, IPv6CIDRBlockState: shownBlockState(a.Ipv6CidrBlockState),
			IPv6Pool: a.Ipv6Pool, NetworkBorderGroup: a.NetworkBorderGroup,
		})
	}
	if got.defaultGroup != nil {
		status.SecurityGroupDefaultRulesExist = aws.Bool(len(got.defaultGroup.rules()) > 0)
	}
	return status
}

func shownBlockState(s *types.VpcCidrBlockState) *ec2v1alpha1.VPCCIDRBlockState {
	if s == nil {
		return nil
	}
	return &ec2v1alpha1.VPCCIDRBlockState{State: filled(string(s.State)), StatusMessage: filled(strings.TrimSpace(aws.ToString(s.StatusMessage)))}
}
