package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// describes compares the specs that describe resources with specs in YAML.
func describes[W, G any](t *testing.T, describe func(*G) W, rows map[string]struct {
	got  *G
	want string
}) {
	t.Helper()
	for name, test := range rows {
		if diff := cmp.Diff(spec[W](t, test.want), describe(test.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestVPCDescribed(t *testing.T) {
	of6 := func(blocks ...types.VpcIpv6CidrBlockAssociation) *vpc {
		got := gotVPC(nil)
		got.Ipv6CidrBlockAssociationSet = blocks
		return got
	}
	block := func(block, pool string) types.VpcIpv6CidrBlockAssociation {
		return types.VpcIpv6CidrBlockAssociation{Ipv6CidrBlock: &block, Ipv6Pool: &pool, NetworkBorderGroup: aws.String("us-west-2")}
	}
	gone := block("2001:db8::/56", "Amazon")
	gone.Ipv6CidrBlockState = &types.VpcCidrBlockState{State: types.VpcCidrBlockStateCodeDisassociated}
	ruled, empty := gotVPC(nil), gotVPC(nil)
	ruled.defaultGroup, empty.defaultGroup = gotGroup([]types.IpPermission{fromGroup(ports("tcp", 1, 1), "sg-1")}, nil), gotGroup(nil, nil)
	const plain = `cidrBlocks: [10.0.0.0/16], instanceTenancy: default`
	describes(t, vpcKind.Spec, map[string]struct {
		got  *vpc
		want string
	}{
		"a block that failed":         {gotVPC(map[string]types.VpcCidrBlockStateCode{"10.1.0.0/16": "failed"}), `{` + plain + `}`},
		"another block":               {gotVPC(map[string]types.VpcCidrBlockStateCode{"10.1.0.0/16": "associated"}), `{cidrBlocks: [10.0.0.0/16, 10.1.0.0/16], instanceTenancy: default}`},
		"Amazon's IPv6 block":         {of6(block("2001:db8::/56", "Amazon")), `{` + plain + `, amazonProvidedIPv6CIDRBlock: true, ipv6CIDRBlockNetworkBorderGroup: us-west-2}`},
		"Amazon's is gone, another's": {of6(gone, block("2001:db9::/56", "ipv6pool-ec2-1")), `{` + plain + `, ipv6CIDRBlock: "2001:db9::/56", ipv6Pool: ipv6pool-ec2-1}`},
		"a block of IPAM":             {of6(block("2001:db8::/56", "IPAM Managed")), `{` + plain + `}`},
		"a default group with rules":  {ruled, `{` + plain + `, disallowSecurityGroupDefaultRules: false}`},
		"a default group without any": {empty, `{` + plain + `, disallowSecurityGroupDefaultRules: true}`},
		"an attribute that is off":    {&vpc{Vpc: ruled.Vpc, attributes: map[types.VpcAttributeName]bool{types.VpcAttributeNameEnableDnsHostnames: false}}, `{` + plain + `, enableDNSHostnames: false}`},
	})
}

func TestSubnetDescribed(t *testing.T) {
	const plain = `vpcID: vpc-1, cidrBlock: 10.0.1.0/24, availabilityZone: eu-west-1a, ipv6Native: false, mapPublicIPOnLaunch: false, assignIPv6AddressOnCreation: false,
		enableDNS64: false, hostnameType: ip-name, enableResourceNameDNSARecord: false, enableResourceNameDNSAAAARecord: false`
	coip := gotSubnet()
	coip.CustomerOwnedIpv4Pool = aws.String("ipv4pool-coip-1")
	describes(t, definition[ec2v1alpha1.SubnetSpec, subnet](Subnet()).Spec, map[string]struct {
		got  *subnet
		want string
	}{
		"plain":                {gotSubnet(), `{` + plain + `}`},
		"a pool that is off":   {coip, `{` + plain + `}`},
		"a block that failed":  {gotSubnet(block6("2001:db8::/64", "failed")), `{` + plain + `}`},
		"a block and a table":  {gotSubnet(block6("2001:db8::/64", "associated"), uses("rtb-1")), `{` + plain + `, ipv6CIDRBlock: "2001:db8::/64", routeTables: [rtb-1]}`},
		"no options for names": {gotSubnet(func(s *subnet) { s.PrivateDnsNameOptionsOnLaunch, s.Ipv6Native = nil, nil }), `{vpcID: vpc-1, cidrBlock: 10.0.1.0/24, availabilityZone: eu-west-1a, mapPublicIPOnLaunch: false, assignIPv6AddressOnCreation: false, enableDNS64: false}`},
	})
}

func TestAddressDescribed(t *testing.T) {
	describes(t, definition[ec2v1alpha1.ElasticIPAddressSpec, types.Address](ElasticIPAddress()).Spec, map[string]struct {
		got  *types.Address
		want string
	}{
		"of Amazon":    {gotAddress(), `{address: 198.51.100.7, networkBorderGroup: us-west-2}`},
		"of a pool":    {&types.Address{PublicIp: aws.String("198.51.100.7"), PublicIpv4Pool: aws.String("ipv4pool-ec2-1")}, `{address: 198.51.100.7, publicIPv4Pool: ipv4pool-ec2-1}`},
		"of a carrier": {&types.Address{CarrierIp: aws.String("198.51.100.7")}, `{address: 198.51.100.7}`},
		"of an Outpost": {
			&types.Address{CustomerOwnedIp: aws.String("192.0.2.7"), CustomerOwnedIpv4Pool: aws.String("ipv4pool-coip-1")},
			`{address: 192.0.2.7, customerOwnedIPv4Pool: ipv4pool-coip-1}`,
		},
	})
}

func TestNATGatewayDescribed(t *testing.T) {
	regional := func(auto types.AutoProvisionZonesState) *types.NatGateway {
		return gotNAT("available", func(got *types.NatGateway) {
			got.AvailabilityMode, got.AutoProvisionZones, got.SubnetId = types.AvailabilityModeRegional, auto, nil
			in := func(name, id, allocation string) types.NatGatewayAddress {
				return types.NatGatewayAddress{AvailabilityZone: &name, AvailabilityZoneId: &id, AllocationId: &allocation}
			}
			got.NatGatewayAddresses = []types.NatGatewayAddress{
				in("us-west-2a", "usw2-az1", "eipalloc-1"), in("us-west-2b", "usw2-az2", "eipalloc-2"), in("us-west-2a", "usw2-az1", "eipalloc-3"),
				{AvailabilityZoneId: aws.String("usw2-az3"), AllocationId: aws.String("eipalloc-4")},
			}
		})
	}
	const inVPC = `availabilityMode: regional, connectivityType: public, vpcID: vpc-1`
	describes(t, natKind.Spec, map[string]struct {
		got  *types.NatGateway
		want string
	}{
		"zonal": {gotNAT("available"), `{availabilityMode: zonal, connectivityType: public, subnetID: subnet-1, allocationID: eipalloc-1}`},
		"a second address": {
			gotNAT("available", func(got *types.NatGateway) {
				got.NatGatewayAddresses = append([]types.NatGatewayAddress{{AllocationId: aws.String("eipalloc-2")}}, got.NatGatewayAddresses...)
			}),
			`{availabilityMode: zonal, connectivityType: public, subnetID: subnet-1, allocationID: eipalloc-1}`,
		},
		"private": {
			gotNAT("available", func(got *types.NatGateway) {
				got.AvailabilityMode, got.ConnectivityType, got.NatGatewayAddresses[0].AllocationId = "", types.ConnectivityTypePrivate, nil
			}),
			`{connectivityType: private, subnetID: subnet-1}`,
		},
		"regional": {regional("enabled"), `{` + inVPC + `}`},
		"regional, with zones of a spec": {regional("disabled"), `{` + inVPC + `, availabilityZoneAddresses: [{availabilityZone: us-west-2a, allocationIDs: [eipalloc-1, eipalloc-3]},
			{availabilityZone: us-west-2b, allocationIDs: [eipalloc-2]}, {availabilityZoneID: usw2-az3, allocationIDs: [eipalloc-4]}]}`},
	})
}

func TestRouteTableDescribed(t *testing.T) {
	advertised := toGateway("192.168.0.0/16", "vgw-1")
	advertised.Origin = types.RouteOriginEnableVgwRoutePropagation
	viaFirewall := types.Route{DestinationCidrBlock: aws.String("10.0.0.0/17"), GatewayId: aws.String("vpce-2"), Origin: types.RouteOriginCreateRouteTable}
	describes(t, definition[ec2v1alpha1.RouteTableSpec, types.RouteTable](RouteTable()).Spec, map[string]struct {
		got  *types.RouteTable
		want string
	}{
		"routes of AWS": {
			gotTable(advertised, types.Route{DestinationPrefixListId: aws.String("pl-s3"), GatewayId: aws.String("vpce-1"), Origin: types.RouteOriginCreateRoute}),
			`{vpcID: vpc-1}`,
		},
		"a route of AWS that leads elsewhere": {gotTable(viaFirewall), `{vpcID: vpc-1, routes: [{destinationCIDRBlock: 10.0.0.0/17, vpcEndpointID: vpce-2}]}`},
		"an instance and its interface": {
			gotTable(types.Route{DestinationCidrBlock: aws.String("10.9.0.0/16"), InstanceId: aws.String("i-1"), NetworkInterfaceId: aws.String("eni-1"), Origin: types.RouteOriginCreateRoute}),
			`{vpcID: vpc-1, routes: [{destinationCIDRBlock: 10.9.0.0/16, networkInterfaceID: eni-1}]}`,
		},
	})
}
