package gateway

import (
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

const transitGatewayType = "transit-gateway"

const attachmentType = "transit-gateway-attachment"

// stays lets resources of a type stay in a state for an hour, or ends that.
func (a *account) stays(kind, state string, on bool) {
	a.t.Helper()
	t := StateTime{Account: a.id, Type: kind, State: state}
	if on {
		t.Milliseconds = 3_600_000
	}
	if err := a.SetStateTime(a.ctx(), t); err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) transitGatewaysStay(state string, on bool) {
	a.t.Helper()
	a.stays(transitGatewayType, state, on)
}

func (a *account) transitGateway(id *string) types.TransitGateway {
	a.t.Helper()
	return must[*ec2.DescribeTransitGatewaysOutput](a)(a.ec2.DescribeTransitGateways(a.ctx(), &ec2.DescribeTransitGatewaysInput{TransitGatewayIds: []string{*id}})).TransitGateways[0]
}

// makeTransitGateway returns the id of an available one.
func (a *account) makeTransitGateway(in ec2.CreateTransitGatewayInput) *string {
	a.t.Helper()
	a.transitGatewaysStay("pending", false)
	id := must[*ec2.CreateTransitGatewayOutput](a)(a.ec2.CreateTransitGateway(a.ctx(), &in)).TransitGateway.TransitGatewayId
	if state := a.transitGateway(id).State; state != types.TransitGatewayStateAvailable {
		a.t.Fatalf("the transit gateway is %s", state)
	}
	return id
}

func TestTransitGatewayTakesTime(t *testing.T) {
	a := newAccount(t)
	for _, state := range []string{"pending", "modifying", "deleting"} {
		a.transitGatewaysStay(state, true)
	}
	made := must[*ec2.CreateTransitGatewayOutput](a)(a.ec2.CreateTransitGateway(a.ctx(), &ec2.CreateTransitGatewayInput{TagSpecifications: tags("transit-gateway", "k", "v")}))
	id := made.TransitGateway.TransitGatewayId
	modify := func(o types.ModifyTransitGatewayOptions) error {
		_, err := a.ec2.ModifyTransitGateway(a.ctx(), &ec2.ModifyTransitGatewayInput{TransitGatewayId: id, Description: aws.String("d"), Options: &o})
		return err
	}
	remove := func() error {
		_, err := a.ec2.DeleteTransitGateway(a.ctx(), &ec2.DeleteTransitGatewayInput{TransitGatewayId: id})
		return err
	}
	in := func(want types.TransitGatewayState) {
		t.Helper()
		if got := a.transitGateway(id).State; got != want {
			t.Errorf("state %s, want %s", got, want)
		}
	}
	in("pending")
	a.wantRefused("modifying a pending one", modify(types.ModifyTransitGatewayOptions{}), http.StatusBadRequest, "IncorrectState")
	a.wantRefused("deleting a pending one", remove(), http.StatusBadRequest, "IncorrectState")
	a.transitGatewaysStay("pending", false)
	in("available")

	if err := modify(types.ModifyTransitGatewayOptions{DnsSupport: "disable", AddTransitGatewayCidrBlocks: []string{"10.1.0.0/24", "10.2.0.0/24"}}); err != nil {
		t.Fatal(err)
	}
	in("modifying")
	a.transitGatewaysStay("modifying", false)
	if err := modify(types.ModifyTransitGatewayOptions{RemoveTransitGatewayCidrBlocks: []string{"10.1.0.0/24"}}); err != nil {
		t.Fatal(err)
	}
	got := a.transitGateway(id)
	if !slices.Equal(got.Options.TransitGatewayCidrBlocks, []string{"10.2.0.0/24"}) || got.Options.DnsSupport != "disable" || *got.Description != "d" {
		t.Errorf("after two changes it is %+v", got)
	}
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	in("deleting")
	a.transitGatewaysStay("deleting", false)
	in("deleted")
	a.wantRefused("modifying a deleted one", modify(types.ModifyTransitGatewayOptions{}), http.StatusBadRequest, "IncorrectState")
}

func TestTransitGatewayIsHeldAndShared(t *testing.T) {
	a := newAccount(t)
	other := a.another()
	vpc := a.vpc()
	id := a.makeTransitGateway(ec2.CreateTransitGatewayInput{})
	if got := other.transitGateway(id); *got.OwnerId != a.id {
		t.Errorf("another account sees %+v", got)
	}
	unknown := aws.String("tgw-0123456789abcdef0")
	describe := func(in ec2.DescribeTransitGatewaysInput) (int, error) {
		out, err := a.ec2.DescribeTransitGateways(a.ctx(), &in)
		if err != nil {
			return 0, err
		}
		return len(out.TransitGateways), nil
	}
	for what, in := range map[string]ec2.DescribeTransitGatewaysInput{
		"all": {}, "by id": {TransitGatewayIds: []string{*id}}, "by the filter": {Filters: filter("transit-gateway-id", *id, *unknown)}, "by state": {Filters: filter("state", "available")},
	} {
		if n, err := describe(in); n != 1 || err != nil {
			t.Errorf("%s: found %d (%v), want 1", what, n, err)
		}
	}
	_, err := describe(ec2.DescribeTransitGatewaysInput{TransitGatewayIds: []string{*unknown}})
	a.wantRefused("describing an unknown one", err, http.StatusBadRequest, "InvalidTransitGatewayID.NotFound")
	_, err = other.ec2.DeleteTransitGateway(a.ctx(), &ec2.DeleteTransitGatewayInput{TransitGatewayId: id})
	a.wantRefused("deleting another account's", err, http.StatusBadRequest, "InvalidTransitGatewayID.NotFound")

	must[*ec2.CreateTransitGatewayVpcAttachmentOutput](a)(a.ec2.CreateTransitGatewayVpcAttachment(a.ctx(), &ec2.CreateTransitGatewayVpcAttachmentInput{
		TransitGatewayId: id, VpcId: &vpc, SubnetIds: []string{a.subnet(vpc)},
	}))
	_, err = a.ec2.DeleteTransitGateway(a.ctx(), &ec2.DeleteTransitGatewayInput{TransitGatewayId: id})
	a.wantRefused("deleting one with an attachment", err, http.StatusBadRequest, "IncorrectState")
}
