package ec2

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/aws/reads"
	"github.com/tack-dev/tack/activities/aws/tagging"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

const (
	createSubnet            kind.Verb[awsec2.CreateSubnetInput]                = "Create"
	deleteSubnet            kind.Verb[awsec2.DeleteSubnetInput]                = "Delete"
	modifySubnet            kind.Verb[awsec2.ModifySubnetAttributeInput]       = "ModifyAttribute"
	associateSubnetBlock    kind.Verb[awsec2.AssociateSubnetCidrBlockInput]    = "AssociateCidrBlock"
	disassociateSubnetBlock kind.Verb[awsec2.DisassociateSubnetCidrBlockInput] = "DisassociateCidrBlock"
)

// subnet is a subnet as AWS shows it.
type subnet struct {
	types.Subnet
	tables []types.RouteTableAssociation
}

// Subnet manages a subnet with its attributes, its IPv6 block and its route table.
func Subnet() kind.Kind {
	return kind.Definition[*awsec2.Client, ec2v1alpha1.SubnetSpec, subnet]{
		Kind:       "ec2.Subnet",
		Client:     newClient,
		Tags:       func(want ec2v1alpha1.SubnetSpec) []tagging.Tag { return wantedTags(want.Tags) },
		Check:      checkSubnet,
		Find:       findSubnet,
		Facts:      subnetFacts,
		Create:     planSubnetCreate,
		Plan:       planSubnet,
		Unplan:     unplanSubnet,
		Untag:      planUntag,
		Status:     subnetStatus,
		NaturalKey: true, // the block, in its VPC
		Calls: append(append(tagCalls(), tableCalls()...),
			kind.BindCreate(createSubnet, (*awsec2.Client).CreateSubnet, func(out *awsec2.CreateSubnetOutput) (id, arn string) {
				return aws.ToString(out.Subnet.SubnetId), aws.ToString(out.Subnet.SubnetArn)
			}),
			kind.Bind(modifySubnet, (*awsec2.Client).ModifySubnetAttribute),
			kind.Bind(associateSubnetBlock, (*awsec2.Client).AssociateSubnetCidrBlock),
			kind.Bind(disassociateSubnetBlock, (*awsec2.Client).DisassociateSubnetCidrBlock),
			kind.BindDelete(deleteSubnet, (*awsec2.Client).DeleteSubnet, subnetHolders, subnetInUse),
		),
	}
}

func findSubnet(ctx context.Context, client *awsec2.Client, q kind.Query[ec2v1alpha1.SubnetSpec]) (*subnet, error) {
	by := sought(q, "subnet-id")
	all, err := allSubnets(ctx, client, by)
	if err != nil {
		return nil, reads.UnlessAbsent(fmt.Errorf("describing the subnet: %w", err))
	}
	found := latest(all, func(s types.Subnet) []types.Tag { return s.Tags })
	if found == nil {
		return nil, nil
	}
	got := &subnet{Subnet: *found}
	if q.Deleting {
		return got, nil // AWS ends the association together with the subnet
	}
	got.tables, err = readTables(ctx, client, "association.subnet-id", *got.SubnetId)
	return got, err
}

func subnetFacts(got *subnet) kind.Facts {
	facts := kind.Facts{ID: aws.ToString(got.SubnetId), ARN: aws.ToString(got.SubnetArn), Tags: tagMap(got.Tags)}
	if got.State == types.SubnetStatePending {
		facts.Pending = &resource.Wait{Reason: resource.ReasonPending, Message: facts.ID + " is pending"}
	}
	for _, a := range got.Ipv6CidrBlockAssociationSet {
		if state := blockState(a); state == types.SubnetCidrBlockStateCodeAssociating || state == types.SubnetCidrBlockStateCodeDisassociating {
			facts.Pending = &resource.Wait{Reason: resource.ReasonPending, Message: fmt.Sprintf("IPv6 block %s of %s is %s", aws.ToString(a.Ipv6CidrBlock), facts.ID, state)}
		}
	}
	return facts
}

func planSubnetCreate(want ec2v1alpha1.SubnetSpec, m kind.Making) resource.Step {
	in := awsec2.CreateSubnetInput{
		AvailabilityZone:   unlessEmpty(want.AvailabilityZone),
		AvailabilityZoneId: unlessEmpty(want.AvailabilityZoneID),
		Ipv6Native:         want.IPv6Native,
		OutpostArn:         unlessEmpty(want.OutpostARN),
		TagSpecifications:  tagsAtCreate(types.ResourceTypeSubnet, m.Tags),
		VpcId:              want.VPCID,
	}
	blocks := make([]string, 0, 2)
	for _, block := range []struct {
		want *string
		into **string
	}{{want.CIDRBlock, &in.CidrBlock}, {want.IPv6CIDRBlock, &in.Ipv6CidrBlock}} {
		if aws.ToString(block.want) != "" {
			blocks = append(blocks, network(*block.want))
			*block.into = &blocks[len(blocks)-1]
		}
	}
	return createSubnet.Step(fmt.Sprintf("create subnet %s in %s", strings.Join(blocks, " and "), aws.ToString(want.VPCID)), in)
}

func planSubnet(want ec2v1alpha1.SubnetSpec, got *subnet, c kind.Case) kind.Draft {
	if got == nil {
		got = newSubnet(want, c)
	}
	steps := planTags(c.ID, c.Tags, tagMap(got.Tags))
	steps = append(steps, planSubnetAttributes(want, got, c.ID)...)
	steps = append(steps, planSubnetBlock(want, got, c.ID)...)
	steps = append(steps, planTables(want.RouteTables, want.RouteTableRefs, got.tables, awsec2.AssociateRouteTableInput{SubnetId: aws.String(c.ID)})...)
	return kind.Draft{Steps: steps, Notes: subnetNotes(want, got)}
}

func subnetNotes(want ec2v1alpha1.SubnetSpec, got *subnet) (notes []string) {
	for _, field := range []struct {
		path      string
		want, got *string
	}{
		{"spec.vpcID", want.VPCID, got.VpcId},
		{"spec.availabilityZone", want.AvailabilityZone, got.AvailabilityZone},
		{"spec.availabilityZoneID", want.AvailabilityZoneID, got.AvailabilityZoneId},
		{"spec.outpostARN", want.OutpostARN, got.OutpostArn},
		{"spec.cidrBlock", want.CIDRBlock, got.CidrBlock},
	} {
		if aws.ToString(field.want) != "" && network(*field.want) != network(aws.ToString(field.got)) {
			notes = append(notes, kind.CannotChange(field.path, aws.ToString(field.got)))
		}
	}
	if want.IPv6Native != nil && *want.IPv6Native != aws.ToBool(got.Ipv6Native) {
		notes = append(notes, kind.CannotChange("spec.ipv6Native", fmt.Sprint(aws.ToBool(got.Ipv6Native))))
	}
	if block := got.block(); block != nil && aws.ToBool(got.Ipv6Native) && !sameBlock(want.IPv6CIDRBlock, block) {
		// It is the only block of the subnet.
		notes = append(notes, kind.CannotChange("spec.ipv6CIDRBlock", aws.ToString(block.Ipv6CidrBlock)))
	}
	if got.State == types.SubnetStateFailed || got.State == types.SubnetStateFailedInsufficientCapacity {
		notes = append(notes, fmt.Sprintf("AWS reports that the subnet is %s: create another object", got.State))
	}
	return notes
}

func unplanSubnet(got *subnet) []resource.Step {
	return []resource.Step{deleteSubnet.Step("delete subnet "+*got.SubnetId, awsec2.DeleteSubnetInput{SubnetId: got.SubnetId})}
}

func subnetStatus(got *subnet, _ kind.Case) any {
	status := ec2v1alpha1.SubnetStatus{
		SubnetID: got.SubnetId, State: filled(string(got.State)), OwnerID: got.OwnerId, DefaultForAZ: got.DefaultForAz,
		AvailableIPAddressCount:    int64p(got.AvailableIpAddressCount),
		EnableLniAtDeviceIndex:     int64p(got.EnableLniAtDeviceIndex),
		MapCustomerOwnedIPOnLaunch: got.MapCustomerOwnedIpOnLaunch,
	}
	if o := got.PrivateDnsNameOptionsOnLaunch; o != nil {
		status.PrivateDNSNameOptionsOnLaunch = &ec2v1alpha1.PrivateDNSNameOptionsOnLaunch{
			EnableResourceNameDNSARecord: o.EnableResourceNameDnsARecord, EnableResourceNameDNSAAAARecord: o.EnableResourceNameDnsAAAARecord,
			HostnameType: filled(string(o.HostnameType)),
		}
	}
	for _, a := range got.Ipv6CidrBlockAssociationSet {
		shown := &ec2v1alpha1.SubnetIPv6CIDRBlockAssociation{AssociationID: a.AssociationId, IPv6CIDRBlock: a.Ipv6CidrBlock}
		if s := a.Ipv6CidrBlockState; s != nil {
			shown.IPv6CIDRBlockState = &ec2v1alpha1.SubnetCIDRBlockState{State: filled(string(s.State)), StatusMessage: filled(aws.ToString(s.StatusMessage))}
		}
		status.IPv6CIDRBlockAssociationSet = append(status.IPv6CIDRBlockAssociationSet, shown)
	}
	return status
}
