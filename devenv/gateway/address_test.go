package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// ownPool is a pool of public addresses that each account has.
const ownPool = "ipv4pool-ec2-0123456789abcdef0"

func (a *account) address(in ec2.AllocateAddressInput) types.Address {
	a.t.Helper()
	in.Domain = types.DomainTypeVpc
	out := must[*ec2.AllocateAddressOutput](a)(a.ec2.AllocateAddress(a.ctx(), &in))
	return a.describeAddress(*out.AllocationId)
}

func (a *account) describeAddress(id string) types.Address {
	a.t.Helper()
	found := must[*ec2.DescribeAddressesOutput](a)(a.ec2.DescribeAddresses(a.ctx(), &ec2.DescribeAddressesInput{Filters: filter("allocation-id", id)}))
	if len(found.Addresses) != 1 {
		a.t.Fatalf("found %d addresses with the id %s", len(found.Addresses), id)
	}
	return found.Addresses[0]
}

func TestAddressSaysWhereItComesFrom(t *testing.T) {
	a := newAccount(t)
	plain := a.address(ec2.AllocateAddressInput{})
	if *plain.PublicIpv4Pool != "amazon" || *plain.NetworkBorderGroup != "eu-west-1" || plain.CustomerOwnedIp != nil || plain.AssociationId != nil {
		t.Errorf("an address without parameters is %+v", plain)
	}
	own := a.address(ec2.AllocateAddressInput{PublicIpv4Pool: aws.String(ownPool), NetworkBorderGroup: aws.String("eu-west-1-x-1")})
	if *own.PublicIpv4Pool != ownPool || *own.NetworkBorderGroup != "eu-west-1-x-1" {
		t.Errorf("an address of the account's own pool is %+v", own)
	}
	if one := a.address(ec2.AllocateAddressInput{Address: aws.String("203.0.113.9")}); *one.PublicIp != "203.0.113.9" {
		t.Errorf("the address that was asked for is %+v", one)
	}
	outpost := a.address(ec2.AllocateAddressInput{CustomerOwnedIpv4Pool: aws.String("ipv4pool-coip-1")})
	if *outpost.CustomerOwnedIpv4Pool != "ipv4pool-coip-1" || outpost.CustomerOwnedIp == nil {
		t.Errorf("an address of an Outpost's pool is %+v", outpost)
	}
}

func TestAddressOfAPoolThatIsRefused(t *testing.T) {
	a := newAccount(t)
	for what, test := range map[string]struct {
		in   ec2.AllocateAddressInput
		code string
	}{
		"two pools":              {ec2.AllocateAddressInput{PublicIpv4Pool: aws.String(ownPool), CustomerOwnedIpv4Pool: aws.String("b")}, "InvalidParameterCombination"},
		"an unknown pool":        {ec2.AllocateAddressInput{PublicIpv4Pool: aws.String("ipv4pool-ec2-0fedcba9876543210")}, "InvalidPublicIpv4PoolID.NotFound"},
		"a malformed pool":       {ec2.AllocateAddressInput{PublicIpv4Pool: aws.String("my-pool")}, "InvalidParameterValue"},
		"a pool with an address": {ec2.AllocateAddressInput{PublicIpv4Pool: aws.String(ownPool), Address: aws.String("203.0.113.9")}, "InvalidParameterCombination"},
	} {
		_, err := a.ec2.AllocateAddress(a.ctx(), &test.in)
		a.wantRefused(what, err, http.StatusBadRequest, test.code)
	}
}

func TestAddressInUseIsNotReleased(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	a.gateway(vpc)
	a.natGatewaysStay("deleting", false)
	subnet := a.subnet(vpc)
	free, held, used := a.address(ec2.AllocateAddressInput{}), a.address(ec2.AllocateAddressInput{}), a.address(ec2.AllocateAddressInput{})
	nat := must[*ec2.CreateNatGatewayOutput](a)(a.ec2.CreateNatGateway(a.ctx(), &ec2.CreateNatGatewayInput{SubnetId: &subnet, AllocationId: held.AllocationId}))
	eni := must[*ec2.CreateNetworkInterfaceOutput](a)(a.ec2.CreateNetworkInterface(a.ctx(), &ec2.CreateNetworkInterfaceInput{SubnetId: &subnet}))
	association := must[*ec2.AssociateAddressOutput](a)(a.ec2.AssociateAddress(a.ctx(), &ec2.AssociateAddressInput{
		AllocationId: used.AllocationId, NetworkInterfaceId: eni.NetworkInterface.NetworkInterfaceId,
	}))
	release := func(id *string) error {
		_, err := a.ec2.ReleaseAddress(a.ctx(), &ec2.ReleaseAddressInput{AllocationId: id})
		return err
	}
	a.wantRefused("releasing a NAT gateway's", release(held.AllocationId), http.StatusBadRequest, "AuthFailure")
	a.wantRefused("releasing an interface's", release(used.AllocationId), http.StatusBadRequest, "InvalidIPAddress.InUse")
	if got := a.describeAddress(*used.AllocationId); *got.AssociationId != *association.AssociationId || *got.NetworkInterfaceId != *eni.NetworkInterface.NetworkInterfaceId {
		t.Errorf("the address in use is %+v", got)
	}
	must[*ec2.DisassociateAddressOutput](a)(a.ec2.DisassociateAddress(a.ctx(), &ec2.DisassociateAddressInput{AssociationId: association.AssociationId}))
	must[*ec2.DeleteNatGatewayOutput](a)(a.ec2.DeleteNatGateway(a.ctx(), &ec2.DeleteNatGatewayInput{NatGatewayId: nat.NatGateway.NatGatewayId}))
	for _, id := range []*string{free.AllocationId, used.AllocationId, held.AllocationId} {
		if err := release(id); err != nil {
			t.Errorf("releasing the unused %s: %v", *id, err)
		}
	}
}
