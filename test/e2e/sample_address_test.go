package e2e

import (
	"strings"
	"testing"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
)

var _ = register(sample{
	kind: "ec2.ElasticIPAddress", spec: func() fields { return fields{"tags": teamA()} }, change: retagged, create: "AllocateAddress",
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeAddresses),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).ReleaseAddress, "AllocationId"),
	full: func(string) fields { // with the fields that AWS fills in by default
		return fields{
			"publicIPv4Pool": "ipv4pool-ec2-0123456789abcdef0", "networkBorderGroup": "us-west-2",
			"tags": append(teamA(), fields{"key": "aws:x", "value": "y"}),
		}
	},
	fullChange: retagged,
})

// The deletion of an address in use waits, reports the user of the address, and ends automatically.
// Tack sends no premature delete. A retained address is released at once.
func TestAddressInUse(t *testing.T) {
	t.Parallel()
	team := newTeam(t)
	client := awsec2.NewFromConfig(w.config(t, team.account))
	subnets, err := client.DescribeSubnets(t.Context(), &awsec2.DescribeSubnetsInput{})
	if err != nil {
		t.Fatal(err)
	}
	subnet := subnets.Subnets[0]
	door, err := client.CreateInternetGateway(t.Context(), &awsec2.CreateInternetGatewayInput{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.AttachInternetGateway(t.Context(), &awsec2.AttachInternetGatewayInput{InternetGatewayId: door.InternetGateway.InternetGatewayId, VpcId: subnet.VpcId}); err != nil {
		t.Fatal(err)
	}
	use := func(o object) (gateway *string) {
		id := o.awaitSynced(t)
		nat, err := client.CreateNatGateway(t.Context(), &awsec2.CreateNatGatewayInput{AllocationId: &id, SubnetId: subnet.SubnetId})
		if err != nil {
			t.Fatal(err)
		}
		return nat.NatGateway.NatGatewayId
	}
	kept := team.apply(t, "ec2.ElasticIPAddress", "kept", fields{})
	use(kept)
	kept.patch(t, `{"metadata":{"annotations":{"services.k8s.aws/deletion-policy":"retain"}}}`)
	kept.delete(t)
	kept.awaitGone(t)
	o := team.apply(t, "ec2.ElasticIPAddress", "nat", fields{})
	gateway := use(o)
	mark := lastSeq(t)
	o.delete(t)
	o.awaitPending(t, "ec2.ElasticIPAddress/Await", "is in use by eni-")
	if _, err := client.DeleteNatGateway(t.Context(), &awsec2.DeleteNatGatewayInput{NatGatewayId: gateway}); err != nil {
		t.Fatal(err)
	}
	o.awaitGone(t)
	if n := strings.Count(strings.Join(callsSince(t, team.account, mark), " "), "ReleaseAddress"); n != 1 {
		t.Errorf("%d attempts to release the address, want 1", n)
	}
}
