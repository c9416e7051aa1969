package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// natGatewaysStay lets NAT gateways stay in a state for an hour, or ends that.
func (a *account) natGatewaysStay(state string, on bool) {
	a.t.Helper()
	t := StateTime{Account: a.id, Type: natGatewayType, State: state}
	if on {
		t.Milliseconds = 3_600_000
	}
	if err := a.SetStateTime(a.ctx(), t); err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) createNAT(in ec2.CreateNatGatewayInput) types.NatGateway {
	a.t.Helper()
	return *must[*ec2.CreateNatGatewayOutput](a)(a.ec2.CreateNatGateway(a.ctx(), &in)).NatGateway
}

func (a *account) deleteNAT(id *string) {
	a.t.Helper()
	must[*ec2.DeleteNatGatewayOutput](a)(a.ec2.DeleteNatGateway(a.ctx(), &ec2.DeleteNatGatewayInput{NatGatewayId: id}))
}

func (a *account) nat(id *string) types.NatGateway {
	a.t.Helper()
	return must[*ec2.DescribeNatGatewaysOutput](a)(a.ec2.DescribeNatGateways(a.ctx(), &ec2.DescribeNatGatewaysInput{NatGatewayIds: []string{*id}})).NatGateways[0]
}

func TestNATGatewayTakesTime(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	igw, subnet, address := a.gateway(vpc), a.subnet(vpc), a.address(ec2.AllocateAddressInput{})
	a.natGatewaysStay("pending", true)
	a.natGatewaysStay("deleting", true)
	made := a.createNAT(ec2.CreateNatGatewayInput{SubnetId: &subnet, AllocationId: address.AllocationId, TagSpecifications: tags("natgateway", "k", "v")})
	id := made.NatGatewayId
	state := func(want types.NatGatewayState) {
		t.Helper()
		if got := a.nat(id); got.State != want {
			t.Errorf("it is %s, want %s", got.State, want)
		}
	}
	// inUse checks what AWS refuses while the NAT gateway exists.
	inUse := func() {
		t.Helper()
		_, err := a.ec2.ReleaseAddress(a.ctx(), &ec2.ReleaseAddressInput{AllocationId: address.AllocationId})
		a.wantRefused("releasing its address", err, http.StatusBadRequest, "AuthFailure")
		if got := a.describeAddress(*address.AllocationId); got.AssociationId == nil || got.NetworkInterfaceId == nil {
			t.Errorf("its address is %+v", got)
		}
		_, err = a.ec2.DeleteSubnet(a.ctx(), &ec2.DeleteSubnetInput{SubnetId: &subnet})
		a.wantRefused("deleting its subnet", err, http.StatusBadRequest, "DependencyViolation")
		_, err = a.ec2.DetachInternetGateway(a.ctx(), &ec2.DetachInternetGatewayInput{InternetGatewayId: &igw, VpcId: &vpc})
		a.wantRefused("detaching the internet gateway", err, http.StatusBadRequest, "DependencyViolation")
		_, err = a.ec2.CreateNatGateway(a.ctx(), &ec2.CreateNatGatewayInput{SubnetId: &subnet, AllocationId: address.AllocationId})
		a.wantRefused("another with its address", err, http.StatusBadRequest, "Resource.AlreadyAssociated")
	}
	if made.State != types.NatGatewayStatePending || made.ConnectivityType != types.ConnectivityTypePublic || made.NatGatewayAddresses[0].PublicIp != nil {
		t.Errorf("a new one is %+v", made)
	}
	state(types.NatGatewayStatePending)
	inUse()
	a.natGatewaysStay("pending", false)
	state(types.NatGatewayStateAvailable)
	inUse()
	if got := a.nat(id); aws.ToString(got.NatGatewayAddresses[0].PublicIp) != *address.PublicIp || len(got.Tags) != 1 {
		t.Errorf("it is %+v", got)
	}
	a.deleteNAT(id)
	a.deleteNAT(id)
	state(types.NatGatewayStateDeleting)
	inUse()
	a.natGatewaysStay("deleting", false)
	state(types.NatGatewayStateDeleted)
	a.deleteNAT(id)
	if got := a.nat(id); got.DeleteTime == nil || got.NatGatewayAddresses[0].NetworkInterfaceId != nil {
		t.Errorf("the deleted one is %+v", got)
	}
	must[*ec2.DetachInternetGatewayOutput](a)(a.ec2.DetachInternetGateway(a.ctx(), &ec2.DetachInternetGatewayInput{InternetGatewayId: &igw, VpcId: &vpc}))
	must[*ec2.ReleaseAddressOutput](a)(a.ec2.ReleaseAddress(a.ctx(), &ec2.ReleaseAddressInput{AllocationId: address.AllocationId}))
	must[*ec2.DeleteSubnetOutput](a)(a.ec2.DeleteSubnet(a.ctx(), &ec2.DeleteSubnetInput{SubnetId: &subnet}))
	must[*ec2.DeleteVpcOutput](a)(a.ec2.DeleteVpc(a.ctx(), &ec2.DeleteVpcInput{VpcId: &vpc}))
}

func TestNATGatewayFails(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	subnet, address := a.subnet(vpc), a.address(ec2.AllocateAddressInput{})
	in := ec2.CreateNatGatewayInput{SubnetId: &subnet, AllocationId: address.AllocationId}
	failed := func(code string) {
		t.Helper()
		a.natGatewaysStay("pending", true)
		id := a.createNAT(in).NatGatewayId
		if got := a.nat(id); got.State != types.NatGatewayStatePending || got.FailureCode != nil || a.describeAddress(*address.AllocationId).AssociationId == nil {
			t.Errorf("before it fails it is %+v", got)
		}
		a.natGatewaysStay("pending", false)
		if got := a.nat(id); got.State != types.NatGatewayStateFailed || aws.ToString(got.FailureCode) != code || aws.ToString(got.FailureMessage) == "" {
			t.Errorf("it is %+v, want a failure with %s", got, code)
		}
		if a.describeAddress(*address.AllocationId).AssociationId != nil {
			t.Error("a failed NAT gateway holds its address")
		}
		a.natGatewaysStay("deleting", false)
		a.deleteNAT(id)
		if got := a.nat(id); got.State != types.NatGatewayStateDeleted {
			t.Errorf("deleted it is %s", got.State)
		}
	}
	failed("Gateway.NotAttached")
	a.gateway(vpc)
	if _, err := a.AddRule(a.ctx(), Rule{Action: Actions{"CreateNatGateway"}, Fault: FaultFailed, Code: "InternalError", Message: "try again", Times: 1}); err != nil {
		t.Fatal(err)
	}
	failed("InternalError")
	if got := a.nat(a.createNAT(in).NatGatewayId); got.State != types.NatGatewayStateAvailable {
		t.Errorf("the next one is %+v", got)
	}
}

func TestNATGatewayRefusals(t *testing.T) {
	a := newAccount(t)
	subnet, address := a.subnet(a.vpc()), a.address(ec2.AllocateAddressInput{})
	unknown := "eipalloc-0123456789abcdef0"
	for what, test := range map[string]struct {
		in   ec2.CreateNatGatewayInput
		code string
	}{
		"no subnet":                  {ec2.CreateNatGatewayInput{AllocationId: address.AllocationId}, "MissingParameter"},
		"no address":                 {ec2.CreateNatGatewayInput{SubnetId: &subnet}, "MissingParameter"},
		"a malformed subnet":         {ec2.CreateNatGatewayInput{SubnetId: aws.String("my-subnet"), AllocationId: address.AllocationId}, "InvalidSubnet"},
		"a malformed address":        {ec2.CreateNatGatewayInput{SubnetId: &subnet, AllocationId: aws.String("eipalloc-xyz")}, "InvalidElasticIpID.Malformed"},
		"an unknown address":         {ec2.CreateNatGatewayInput{SubnetId: &subnet, AllocationId: &unknown}, "InvalidAllocationID.NotFound"},
		"a private one's address":    {ec2.CreateNatGatewayInput{SubnetId: &subnet, AllocationId: address.AllocationId, ConnectivityType: "private"}, "InvalidParameterCombination"},
		"an unknown connectivity":    {ec2.CreateNatGatewayInput{SubnetId: &subnet, ConnectivityType: "secret"}, "InvalidParameterValue"},
		"tags with a hyphen in type": {ec2.CreateNatGatewayInput{SubnetId: &subnet, ConnectivityType: "private", TagSpecifications: tags("nat-gateway", "k", "v")}, "InvalidParameterValue"},
	} {
		_, err := a.ec2.CreateNatGateway(a.ctx(), &test.in)
		a.wantRefused(what, err, http.StatusBadRequest, test.code)
	}
	malformed := "nat-xyz"
	_, err := a.ec2.DescribeNatGateways(a.ctx(), &ec2.DescribeNatGatewaysInput{NatGatewayIds: []string{malformed}})
	a.wantRefused("reading a malformed one", err, http.StatusBadRequest, "NatGatewayMalformed")
	_, err = a.ec2.DeleteNatGateway(a.ctx(), &ec2.DeleteNatGatewayInput{NatGatewayId: &malformed})
	a.wantRefused("deleting a malformed one", err, http.StatusBadRequest, "NatGatewayMalformed")
}

func TestNATGatewayFilters(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	subnet := a.subnet(vpc)
	a.natGatewaysStay("pending", false)
	a.createNAT(ec2.CreateNatGatewayInput{SubnetId: &subnet, ConnectivityType: "private"})
	two := a.createNAT(ec2.CreateNatGatewayInput{SubnetId: &subnet, ConnectivityType: "private", TagSpecifications: tags("natgateway", "k", "w")}).NatGatewayId
	a.deleteNAT(two)
	for what, test := range map[string]struct {
		filters []types.Filter
		want    int
	}{
		"all": {nil, 2}, "by state": {filter("state", "available"), 1}, "by subnet": {filter("subnet-id", subnet), 2}, "by VPC": {filter("vpc-id", vpc), 2},
		"by two": {append(filter("vpc-id", vpc), filter("tag:k", "w")...), 1},
	} {
		if found := must[*ec2.DescribeNatGatewaysOutput](a)(a.ec2.DescribeNatGateways(a.ctx(), &ec2.DescribeNatGatewaysInput{Filter: test.filters})).NatGateways; len(found) != test.want {
			t.Errorf("%s: found %d, want %d", what, len(found), test.want)
		}
	}
}
