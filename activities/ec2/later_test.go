package ec2

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
)

// Further rounds are foreseen in their order, without what the first round does.
func TestLater(t *testing.T) {
	here := resource.Target{Partition: "aws", AccountID: "111111111111", Region: "us-west-2"}
	c := kind.Case{ID: resource.NewID, Target: here}
	on, text := aws.Bool(true), aws.String
	attached := vpcAttachment{TransitGatewayVpcAttachment: types.TransitGatewayVpcAttachment{State: types.TransitGatewayAttachmentStateAvailable, SubnetIds: []string{"subnet-1"}}}
	entry := func(block, description string) *ec2v1alpha1.AddPrefixListEntry {
		return &ec2v1alpha1.AddPrefixListEntry{CIDR: &block, Description: &description}
	}
	var many []*ec2v1alpha1.AddPrefixListEntry
	for i := range 250 {
		many = append(many, entry(fmt.Sprintf("10.0.%d.0/24", i), "d"))
	}
	options := &ec2v1alpha1.PeeringConnectionOptionsRequest{AllowDNSResolutionFromRemoteVPC: on}
	number := &ec2v1alpha1.TransitGatewayRequestOptions{AmazonSideASN: aws.Int64(65000)}
	six := subnet{Subnet: types.Subnet{Ipv6CidrBlockAssociationSet: []types.SubnetIpv6CidrBlockAssociation{{
		AssociationId: text("a-1"), Ipv6CidrBlock: text("2001:db8::/64"),
		Ipv6CidrBlockState: &types.SubnetCidrBlockState{State: types.SubnetCidrBlockStateCodeAssociated},
	}}}}
	for name, test := range map[string]struct {
		later []resource.Step
		want  []string
	}{
		"VPCs of new options": {laterDHCPOptions(ec2v1alpha1.DHCPOptionsSpec{VPC: []*string{text("vpc-1")}}, nil, c), []string{"Associate: use the options in vpc-1"}},
		"of others":           {laterDHCPOptions(ec2v1alpha1.DHCPOptionsSpec{VPC: []*string{text("vpc-1")}}, &dhcpOptions{}, c), nil},
		"subnets of a new ACL": {laterACL(ec2v1alpha1.NetworkACLSpec{Associations: []*ec2v1alpha1.NetworkACLAssociation{{SubnetID: text("subnet-1")}}}, nil, c),
			[]string{"ReplaceAssociation: filter the traffic of subnet-1"}},
		"a new connection": {laterPeering(peeringSpec{AcceptRequest: on, RequesterPeeringConnectionOptions: options}, nil, c),
			[]string{"Accept: accept " + resource.NewID, "ModifyRequester: change the requester's side: allowDNSResolutionFromRemoteVPC true"}},
		"that somebody accepts": {laterPeering(peeringSpec{RequesterPeeringConnectionOptions: options}, nil, c), nil},
		"with another account":  {laterPeering(peeringSpec{AcceptRequest: on, PeerOwnerID: text("222222222222")}, nil, c), nil},
		"an attachment": {laterAttachment(attachmentSpec{SubnetIDs: []*string{text("subnet-2")}, Options: &ec2v1alpha1.CreateTransitGatewayVPCAttachmentRequestOptions{DNSSupport: text("disable")}}, &attached, c),
			[]string{"AddSubnets: add subnet-2", "RemoveSubnets: remove subnet-1"}},
		"a number after a description": {laterTransitGateway(ec2v1alpha1.TransitGatewaySpec{Description: text("e"), Options: number}, gotTransit("available"), c),
			[]string{"Modify: change the transit gateway: amazonSideASN 65000"}},
		"a number alone":    {laterTransitGateway(ec2v1alpha1.TransitGatewaySpec{Options: number}, gotTransit("available"), c), nil},
		"a new gateway":     {laterTransitGateway(ec2v1alpha1.TransitGatewaySpec{Options: number}, nil, c), nil},
		"a new list":        {laterPrefixList(ec2v1alpha1.ManagedPrefixListSpec{MaxEntries: aws.Int64(250), Entries: many}, nil, c), []string{"Modify: add 100 entries", "Modify: add 50 entries"}},
		"a new description": {laterPrefixList(ec2v1alpha1.ManagedPrefixListSpec{Entries: many[:1]}, prefixListOf("10.0.0.0/24"), c), []string{"Modify: add 10.0.0.0/24"}},
		"another block": {laterSubnet(ec2v1alpha1.SubnetSpec{IPv6CIDRBlock: text("2001:db8:1::/64"), AssignIPv6AddressOnCreation: on}, &six, c),
			[]string{"ModifyAttribute: turn on assignIPv6AddressOnCreation", "AssociateCidrBlock: add IPv6 block 2001:db8:1::/64"}},
		"the default group": {laterVPC(ec2v1alpha1.VPCSpec{DisallowSecurityGroupDefaultRules: on}, nil, c), []string{"RevokeIngress", "RevokeEgress"}},
		"a launch":          {laterInstance(ec2v1alpha1.InstanceSpec{SourceDestCheckEnabled: aws.Bool(false)}, nil, c), []string{"ModifyAttribute: turn off sourceDestCheckEnabled"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for i, step := range test.later {
				words := step.Verb + ": " + step.Summary
				if name == "the default group" {
					words = step.Verb
				}
				if got = append(got, words); i > 0 && name == "a new list" && step.Stage <= test.later[i-1].Stage {
					t.Errorf("%q is in stage %d, after stage %d", words, step.Stage, test.later[i-1].Stage)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

// prefixListOf is a list with one block.
func prefixListOf(block string) *prefixList {
	return &prefixList{
		ManagedPrefixList: types.ManagedPrefixList{PrefixListId: aws.String("pl-1"), Version: aws.Int64(1), State: types.PrefixListStateCreateComplete},
		Entries:           []types.PrefixListEntry{{Cidr: &block}},
	}
}
