package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/tack-dev/tack/activities/finding"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/test/fieldtest"
)

// Reasons why a field of a spec has no part in a request.
const (
	notShown = "AWS does not show it of what is there: it cannot be compared"
	inBlock  = "only a request to IPAM has it; the block that AWS shows contains it"
)

func TestFieldsOfVPCs(t *testing.T) {
	got := gotVPC(nil, types.VpcAttributeNameEnableDnsSupport)
	got.InstanceTenancy = types.TenancyDedicated
	got.defaultGroup = gotGroup([]types.IpPermission{fromCIDR(ports("tcp", 1, 1), "10.0.0.0/8")}, nil)
	text := aws.String("x")
	whole := gotVPC(map[string]types.VpcCidrBlockStateCode{}, types.VpcAttributeName("").Values()...)
	whole.DhcpOptionsId, whole.OwnerId, whole.IsDefault, whole.defaultGroup = text, text, aws.Bool(true), wholeGroup()
	state := &types.VpcCidrBlockState{State: types.VpcCidrBlockStateCodeFailed, StatusMessage: text}
	whole.CidrBlockAssociationSet[0].CidrBlockState = state
	whole.Ipv6CidrBlockAssociationSet = []types.VpcIpv6CidrBlockAssociation{
		{AssociationId: text, Ipv6CidrBlock: text, Ipv6CidrBlockState: state, Ipv6Pool: text, NetworkBorderGroup: text},
		{Ipv6CidrBlock: aws.String("2001:db8::/56"), Ipv6Pool: aws.String("Amazon"), NetworkBorderGroup: text},
	}
	const orAmazon = "the VPC has Amazon's block, and a spec names one; TestVPCDescribed has a block of a pool"
	const ofIPAM = `cidrBlocks: [], ipv4IPAMPoolID: ipam-pool-1`
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.VPCSpec, vpc]{
		Kind: VPC(),
		Base: `{cidrBlocks: [10.0.0.0/16], enableDNSSupport: true, instanceTenancy: dedicated, tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"amazonProvidedIPv6CIDRBlock":       `{amazonProvidedIPv6CIDRBlock: true}`,
			"cidrBlocks[]":                      `{cidrBlocks: [10.0.0.0/16, 10.1.0.0/16]}`,
			"disallowSecurityGroupDefaultRules": `{disallowSecurityGroupDefaultRules: true}`,
			"enableDNSHostnames":                `{enableDNSHostnames: true}`,
			"enableDNSSupport":                  `{enableDNSSupport: false}`,
			"enableNetworkAddressUsageMetrics":  `{enableNetworkAddressUsageMetrics: true}`,
			"instanceTenancy":                   `{instanceTenancy: default}`,
			"ipv4IPAMPoolID":                    `{` + ofIPAM + `}`,
			"ipv4NetmaskLength":                 `{` + ofIPAM + `, ipv4NetmaskLength: 20}`,
			"ipv6CIDRBlock":                     `{ipv6CIDRBlock: "2001:db8::/56", ipv6Pool: ipv6pool-ec2-1}`,
			"ipv6CIDRBlockNetworkBorderGroup":   `{amazonProvidedIPv6CIDRBlock: true, ipv6CIDRBlockNetworkBorderGroup: us-west-2-lax-1}`,
			"ipv6IPAMPoolID":                    `{ipv6IPAMPoolID: ipam-pool-6}`,
			"ipv6NetmaskLength":                 `{ipv6IPAMPoolID: ipam-pool-6, ipv6NetmaskLength: 52}`,
			"ipv6Pool":                          `{ipv6Pool: ipv6pool-ec2-1}`,
		},
		ID: "vpc-1", Got: got, Whole: whole,
		Unread: map[string]string{
			"ipv4IPAMPoolID": notShown, "ipv6IPAMPoolID": notShown, "ipv4NetmaskLength": inBlock, "ipv6NetmaskLength": inBlock,
			"ipv6CIDRBlock": orAmazon, "ipv6Pool": orAmazon,
		},
		Refused: []string{
			`{instanceTenancy: host}`, `{cidrBlocks: [x, 10.0.0.0/8, 10.0.0.0/16, 10.0.1.0/24]}`,
			`{cidrBlocks: [10.0.0.0/16], ipv6CIDRBlock: x, ipv6CIDRBlockNetworkBorderGroup: g}`,
			`{cidrBlocks: [10.0.0.0/16], ipv6CIDRBlock: "2001:db8::/56", amazonProvidedIPv6CIDRBlock: true}`,
		},
		Silent: map[string]finding.Unsaid{
			"10.0.0.0/16 overlaps 10.0.0.0/8":  finding.Undocumented,
			"10.0.1.0/24 overlaps 10.0.0.0/8":  finding.Undocumented,
			"10.0.1.0/24 overlaps 10.0.0.0/16": finding.Undocumented,
		},
		Unsent: map[string]string{
			"disallowSecurityGroupDefaultRules": "AWS makes the default group with the VPC: it is looked at after that",
		},
		Unplanned: map[string]string{"ipv4IPAMPoolID": notShown},
	}.Run(t)
}

func TestFieldsOfSubnets(t *testing.T) {
	whole := gotSubnet(block6("2001:db8::/64", types.SubnetCidrBlockStateCodeFailed), block6("2001:db8:1::/64", types.SubnetCidrBlockStateCodeAssociated), turned6, uses("rtb-1"))
	whole.CustomerOwnedIpv4Pool, whole.OutpostArn = aws.String("ipv4pool-coip-1"), aws.String("arn:aws:outposts:x")
	whole.EnableLniAtDeviceIndex, whole.MapCustomerOwnedIpOnLaunch = aws.Int32(1), aws.Bool(true)
	whole.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlockState.StatusMessage = aws.String("x")
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.SubnetSpec, subnet]{
		Kind: Subnet(),
		Base: `{vpcID: vpc-1, cidrBlock: 10.0.1.0/24, availabilityZone: eu-west-1a, ipv6CIDRBlock: "2001:db8::/64", tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"assignIPv6AddressOnCreation":     `{assignIPv6AddressOnCreation: true}`,
			"availabilityZone":                `{availabilityZone: eu-west-1b}`,
			"availabilityZoneID":              `{availabilityZone: null, availabilityZoneID: euw1-az2}`,
			"cidrBlock":                       `{cidrBlock: 10.0.2.0/24}`,
			"customerOwnedIPv4Pool":           `{customerOwnedIPv4Pool: ipv4pool-coip-1}`,
			"enableDNS64":                     `{enableDNS64: true}`,
			"enableResourceNameDNSAAAARecord": `{enableResourceNameDNSAAAARecord: true}`,
			"enableResourceNameDNSARecord":    `{enableResourceNameDNSARecord: true}`,
			"hostnameType":                    `{hostnameType: resource-name}`,
			"ipv6CIDRBlock":                   `{ipv6CIDRBlock: "2001:db8:0:1::/64"}`,
			"ipv6Native":                      `{ipv6Native: true, cidrBlock: null}`,
			"mapPublicIPOnLaunch":             `{mapPublicIPOnLaunch: true}`,
			"outpostARN":                      `{outpostARN: "arn:aws:outposts:x"}`,
			"routeTables[]":                   `{routeTables: [rtb-1]}`,
			"vpcID":                           `{vpcID: vpc-2}`,
		},
		ID: "subnet-1", Got: gotSubnet(block6("2001:db8::/64", types.SubnetCidrBlockStateCodeAssociated)), Whole: whole,
		Unread: map[string]string{"availabilityZoneID": "AWS shows the zone's name too, and a request names the zone once"},
		Refused: []string{
			`{}`, `{vpcID: v, ipv6Native: true, cidrBlock: 10.0.0.0/24, routeTables: ["", a]}`, `{vpcID: v, cidrBlock: 10.0.0.0/8, ipv6CIDRBlock: "2001:db8::/65"}`,
			`{vpcID: v, cidrBlock: 10.0.0.0/24, ipv6CIDRBlock: x, routeTableRefs: [{from: {name: x}}, {from: {name: z}}]}`,
		},
	}.Run(t)
}

func TestFieldsOfInternetGateways(t *testing.T) {
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.InternetGatewaySpec, internetGateway]{
		Kind: InternetGateway(),
		Base: `{vpc: vpc-1, tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"routeTables[]": `{routeTables: [rtb-1]}`,
			"vpc":           `{vpc: vpc-2}`,
		},
		ID: "igw-1", Got: gotGateway("vpc-1", types.AttachmentStatusAttached), Whole: gotGateway("vpc-1", types.AttachmentStatusAttached, "rtb-1", "rtb-2"),
		Refused: []string{`{routeTables: [a, ""]}`, `{routeTableRefs: [{from: {name: x}}]}`},
	}.Run(t)
}

func TestFieldsOfElasticIPAddresses(t *testing.T) {
	whole := gotAddress()
	whole.CarrierIp, whole.CustomerOwnedIp = aws.String("x"), aws.String("x")
	whole.PublicIpv4Pool, whole.CustomerOwnedIpv4Pool = aws.String("ipv4pool-ec2-1"), aws.String("ipv4pool-coip-1")
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.ElasticIPAddressSpec, types.Address]{
		Kind: ElasticIPAddress(),
		Base: `{tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"address":               `{address: 203.0.113.9}`,
			"customerOwnedIPv4Pool": `{customerOwnedIPv4Pool: ipv4pool-coip-1}`,
			"networkBorderGroup":    `{networkBorderGroup: us-west-2-lax-1}`,
			"publicIPv4Pool":        `{publicIPv4Pool: ipv4pool-ec2-1}`,
		},
		ID: "eipalloc-1", Got: gotAddress(), Whole: whole,
		Refused: []string{`{address: x}`},
	}.Run(t)
}
