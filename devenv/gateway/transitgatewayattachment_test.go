package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func (a *account) attachment(id *string) types.TransitGatewayVpcAttachment {
	a.t.Helper()
	in := ec2.DescribeTransitGatewayVpcAttachmentsInput{TransitGatewayAttachmentIds: []string{*id}}
	return must[*ec2.DescribeTransitGatewayVpcAttachmentsOutput](a)(a.ec2.DescribeTransitGatewayVpcAttachments(a.ctx(), &in)).TransitGatewayVpcAttachments[0]
}

// attach attaches a VPC with one subnet to a gateway.
func (a *account) attach(gateway *string, vpc, subnet string) (*string, error) {
	a.t.Helper()
	out, err := a.ec2.CreateTransitGatewayVpcAttachment(a.ctx(), &ec2.CreateTransitGatewayVpcAttachmentInput{TransitGatewayId: gateway, VpcId: &vpc, SubnetIds: []string{subnet}})
	if err != nil {
		return nil, err
	}
	return out.TransitGatewayVpcAttachment.TransitGatewayAttachmentId, nil
}

func TestAttachmentToAnotherAccountsGateway(t *testing.T) {
	hub := newAccount(t)
	spoke := hub.another()
	gateway, vpc := hub.makeTransitGateway(ec2.CreateTransitGatewayInput{}), spoke.vpc()
	spoke.stays(attachmentType, "pending", false)
	spoke.stays(attachmentType, "rejecting", false)
	id, err := spoke.attach(gateway, vpc, spoke.subnet(vpc))
	if err != nil {
		t.Fatal(err)
	}
	if got := spoke.attachment(id); got.State != types.TransitGatewayAttachmentStatePendingAcceptance || *got.VpcOwnerId != spoke.id {
		t.Errorf("a new one is %+v", got)
	}
	all := must[*ec2.DescribeTransitGatewayAttachmentsOutput](hub)(hub.ec2.DescribeTransitGatewayAttachments(hub.ctx(), &ec2.DescribeTransitGatewayAttachmentsInput{
		Filters: filter("transit-gateway-id", *gateway),
	})).TransitGatewayAttachments
	if len(all) != 1 || *all[0].TransitGatewayOwnerId != hub.id || *all[0].ResourceOwnerId != spoke.id || *all[0].ResourceId != vpc {
		t.Errorf("the owner of the gateway sees %+v", all)
	}
	accept := func(a *account) error {
		_, err := a.ec2.AcceptTransitGatewayVpcAttachment(a.ctx(), &ec2.AcceptTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: id})
		return err
	}
	spoke.wantRefused("accepting in the account of the VPC", accept(spoke), http.StatusBadRequest, "InvalidTransitGatewayAttachmentID.NotFound")
	if err := accept(hub); err != nil {
		t.Fatal(err)
	}
	if got := spoke.attachment(id).State; got != types.TransitGatewayAttachmentStateAvailable {
		t.Errorf("accepted, it is %s", got)
	}
	hub.wantRefused("accepting it again", accept(hub), http.StatusBadRequest, "IncorrectState")

	in := &ec2.CreateRouteInput{RouteTableId: aws.String(spoke.routeTable(vpc)), DestinationCidrBlock: aws.String("10.9.0.0/16"), TransitGatewayId: gateway}
	must[*ec2.CreateRouteOutput](spoke)(spoke.ec2.CreateRoute(spoke.ctx(), in))
	if got := spoke.routes(*in.RouteTableId); aws.ToString(got["10.9.0.0/16"].TransitGatewayId) != *gateway {
		t.Errorf("no route leads to the gateway of the other account: %+v", got)
	}
	other := spoke.vpc()
	rejected, err := spoke.attach(gateway, other, spoke.subnet(other))
	if err != nil {
		t.Fatal(err)
	}
	must[*ec2.RejectTransitGatewayVpcAttachmentOutput](hub)(hub.ec2.RejectTransitGatewayVpcAttachment(hub.ctx(), &ec2.RejectTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: rejected}))
	if got := spoke.attachment(rejected).State; got != types.TransitGatewayAttachmentStateRejected {
		t.Errorf("rejected, it is %s", got)
	}
	_, err = spoke.ec2.DeleteTransitGatewayVpcAttachment(spoke.ctx(), &ec2.DeleteTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: rejected})
	spoke.wantRefused("deleting a rejected one", err, http.StatusBadRequest, "IncorrectState")
}

func TestAttachmentChanges(t *testing.T) {
	a := newAccount(t)
	gateway, vpc := a.makeTransitGateway(ec2.CreateTransitGatewayInput{}), a.vpc()
	subnet := a.subnet(vpc)
	zoned := func(block, zone string) string {
		out := must[*ec2.CreateSubnetOutput](a)(a.ec2.CreateSubnet(a.ctx(), &ec2.CreateSubnetInput{VpcId: &vpc, CidrBlock: &block, AvailabilityZone: &zone}))
		return *out.Subnet.SubnetId
	}
	zone := *must[*ec2.DescribeSubnetsOutput](a)(a.ec2.DescribeSubnets(a.ctx(), &ec2.DescribeSubnetsInput{SubnetIds: []string{subnet}})).Subnets[0].AvailabilityZone
	elsewhere := map[bool]string{true: "eu-west-1b", false: "eu-west-1a"}[zone == "eu-west-1a"]
	same, other := zoned("10.0.2.0/24", zone), zoned("10.0.3.0/24", elsewhere)
	a.stays(attachmentType, "pending", true)
	id, err := a.attach(gateway, vpc, subnet)
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.attach(gateway, vpc, subnet)
	a.wantRefused("a second one of the VPC", err, http.StatusBadRequest, "DuplicateTransitGatewayAttachment")
	modify := func(add, remove []string) error {
		_, err := a.ec2.ModifyTransitGatewayVpcAttachment(a.ctx(), &ec2.ModifyTransitGatewayVpcAttachmentInput{TransitGatewayAttachmentId: id, AddSubnetIds: add, RemoveSubnetIds: remove})
		return err
	}
	a.wantRefused("changing a pending one", modify([]string{other}, nil), http.StatusBadRequest, "IncorrectState")
	a.stays(attachmentType, "pending", false)
	a.stays(attachmentType, "modifying", false)
	a.wantRefused("another subnet of a zone", modify([]string{same}, nil), http.StatusBadRequest, "DuplicateSubnetsInSameZone")
	a.wantRefused("the last subnet", modify(nil, []string{subnet}), http.StatusBadRequest, "InvalidParameterValue")
	if err := modify([]string{other}, nil); err != nil {
		t.Fatal(err)
	}
	if err := modify([]string{same}, []string{subnet}); err != nil {
		t.Fatal(err)
	}
	if got := a.attachment(id); got.State != types.TransitGatewayAttachmentStateAvailable || len(got.SubnetIds) != 2 {
		t.Errorf("changed, it is %+v", got)
	}
	_, err = a.attach(aws.String("tgw-0123456789abcdef0"), vpc, subnet)
	a.wantRefused("an unknown gateway", err, http.StatusBadRequest, "InvalidTransitGatewayID.NotFound")
}
