package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func TestEgressOnlyInternetGateway(t *testing.T) {
	a := newAccount(t)
	vpc, other, unknown := a.vpc(), a.vpc(), aws.String("eigw-0123456789abcdef0")
	in := ec2.CreateEgressOnlyInternetGatewayInput{VpcId: &vpc, ClientToken: aws.String("t"), TagSpecifications: tags("egress-only-internet-gateway", "k", "v")}
	create := func(in ec2.CreateEgressOnlyInternetGatewayInput) types.EgressOnlyInternetGateway {
		t.Helper()
		return *must[*ec2.CreateEgressOnlyInternetGatewayOutput](a)(a.ec2.CreateEgressOnlyInternetGateway(a.ctx(), &in)).EgressOnlyInternetGateway
	}
	made := create(in)
	id := made.EgressOnlyInternetGatewayId
	if again := create(in); *again.EgressOnlyInternetGatewayId != *id {
		t.Errorf("the token gave %s after %s", *again.EgressOnlyInternetGatewayId, *id)
	}
	if len(made.Tags) != 1 || len(made.Attachments) != 1 || *made.Attachments[0].VpcId != vpc || made.Attachments[0].State != types.AttachmentStatusAttached {
		t.Errorf("a new one is %+v", made)
	}
	create(ec2.CreateEgressOnlyInternetGatewayInput{VpcId: &other})

	describe := func(in ec2.DescribeEgressOnlyInternetGatewaysInput) (int, error) {
		out, err := a.ec2.DescribeEgressOnlyInternetGateways(a.ctx(), &in)
		if err != nil {
			return 0, err
		}
		return len(out.EgressOnlyInternetGateways), nil
	}
	for what, test := range map[string]struct {
		in   ec2.DescribeEgressOnlyInternetGatewaysInput
		want int
	}{
		"all":              {ec2.DescribeEgressOnlyInternetGatewaysInput{}, 2},
		"by id":            {ec2.DescribeEgressOnlyInternetGatewaysInput{EgressOnlyInternetGatewayIds: []string{*id}}, 1},
		"by tag":           {ec2.DescribeEgressOnlyInternetGatewaysInput{Filters: filter("tag:k", "v")}, 1},
		"by another value": {ec2.DescribeEgressOnlyInternetGatewaysInput{Filters: filter("tag:k", "w")}, 0},
		"by key":           {ec2.DescribeEgressOnlyInternetGatewaysInput{Filters: filter("tag-key", "k")}, 1},
	} {
		if n, err := describe(test.in); n != test.want || err != nil {
			t.Errorf("%s: found %d (%v), want %d", what, n, err, test.want)
		}
	}

	refused := func(what string, err error, code string) {
		t.Helper()
		a.wantRefused(what, err, http.StatusBadRequest, code)
	}
	_, err := describe(ec2.DescribeEgressOnlyInternetGatewaysInput{EgressOnlyInternetGatewayIds: []string{*id, *unknown}})
	refused("describing an unknown one", err, "InvalidGatewayID.NotFound")
	_, err = describe(ec2.DescribeEgressOnlyInternetGatewaysInput{Filters: filter("vpc-id", vpc)})
	refused("a filter that AWS does not have", err, "InvalidParameterValue")
	_, err = a.ec2.CreateEgressOnlyInternetGateway(a.ctx(), &ec2.CreateEgressOnlyInternetGatewayInput{VpcId: aws.String("vpc-0123456789abcdef0")})
	refused("a new one of an unknown VPC", err, "InvalidVpcID.NotFound")
	_, err = a.ec2.CreateEgressOnlyInternetGateway(a.ctx(), &ec2.CreateEgressOnlyInternetGatewayInput{VpcId: &vpc, TagSpecifications: tags("internet-gateway", "k", "v")})
	refused("tags of another type", err, "InvalidParameterValue")

	must[*ec2.DeleteEgressOnlyInternetGatewayOutput](a)(a.ec2.DeleteEgressOnlyInternetGateway(a.ctx(), &ec2.DeleteEgressOnlyInternetGatewayInput{EgressOnlyInternetGatewayId: id}))
	_, err = a.ec2.DeleteEgressOnlyInternetGateway(a.ctx(), &ec2.DeleteEgressOnlyInternetGatewayInput{EgressOnlyInternetGatewayId: id})
	refused("deleting it again", err, "InvalidGatewayID.NotFound")
}
