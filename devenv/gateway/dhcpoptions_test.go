package gateway

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func TestDHCPOptions(t *testing.T) {
	a := newAccount(t)
	one, other := a.vpc(), a.vpc()
	create := func(key string, values ...string) (*types.DhcpOptions, error) {
		out, err := a.ec2.CreateDhcpOptions(a.ctx(), &ec2.CreateDhcpOptionsInput{
			DhcpConfigurations: []types.NewDhcpConfiguration{{Key: &key, Values: values}}, TagSpecifications: tags("dhcp-options", "k", "v"),
		})
		if err != nil {
			return nil, err
		}
		return out.DhcpOptions, nil
	}
	refused := func(what string, err error, code string) {
		t.Helper()
		a.wantRefused(what, err, http.StatusBadRequest, code)
	}
	made, err := create("ipv6-address-preferred-lease-time", "140")
	if err != nil {
		t.Fatal(err)
	}
	set, err := create("domain-name", "example.com")
	if err != nil {
		t.Fatal(err)
	}
	if len(made.DhcpConfigurations) != 1 || len(made.Tags) != 1 {
		t.Errorf("a new set is %+v", made)
	}
	_, err = create("domain-nam", "example.com")
	refused("an unknown option", err, "InvalidParameterValue")
	_, err = create("netbios-node-type", "3")
	refused("an unknown type of node", err, "InvalidParameterValue")

	associate := func(vpc, id string) error {
		_, err := a.ec2.AssociateDhcpOptions(a.ctx(), &ec2.AssociateDhcpOptionsInput{VpcId: &vpc, DhcpOptionsId: &id})
		return err
	}
	remove := func(id *string) error {
		_, err := a.ec2.DeleteDhcpOptions(a.ctx(), &ec2.DeleteDhcpOptionsInput{DhcpOptionsId: id})
		return err
	}
	users := func() int {
		return len(must[*ec2.DescribeVpcsOutput](a)(a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{Filters: filter("dhcp-options-id", *made.DhcpOptionsId)})).Vpcs)
	}
	refused("an unknown set", associate(one, "dopt-0123456789abcdef0"), "InvalidDhcpOptionID.NotFound")
	for _, vpc := range []string{one, other} {
		if err := associate(vpc, *made.DhcpOptionsId); err != nil {
			t.Fatal(err)
		}
	}
	if n := users(); n != 2 {
		t.Errorf("%d VPCs use the set, want 2", n)
	}
	// One VPC gets AWS's own options, the other one another set.
	for i, id := range []string{"default", *set.DhcpOptionsId} {
		refused("a set in use", remove(made.DhcpOptionsId), "DependencyViolation")
		if err := associate([]string{one, other}[i], id); err != nil {
			t.Fatal(err)
		}
	}
	if n := users(); n != 0 {
		t.Errorf("%d VPCs use the set, want none", n)
	}
	if err := remove(made.DhcpOptionsId); err != nil {
		t.Error(err)
	}
	refused("deleting it again", remove(made.DhcpOptionsId), "InvalidDhcpOptionID.NotFound")
	refused("an id of another kind", remove(aws.String("vpc-0123456789abcdef0")), "InvalidDhcpOptionsId.Malformed")
}
