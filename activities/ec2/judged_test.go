package ec2

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
)

// checked returns the findings of a check in a spec.
func checked[W any](t *testing.T, check func(W) []kind.Invalid, text string) []kind.Invalid {
	t.Helper()
	var want W
	if err := yaml.UnmarshalStrict([]byte(text), &want); err != nil {
		t.Fatalf("reading the spec: %v\n%s", err, text)
	}
	return check(want)
}

// A request that AWS may accept is sent. Examples are words that AWS may have added, quotas that
// may be raised, and values that are listed twice but requested once.
func TestAWSJudges(t *testing.T) {
	const instance = `imageID: ami-1, `
	for _, text := range []string{
		`userData: ""`, `iamInstanceProfile: {}`, `instanceInitiatedShutdownBehavior: hibernate`, `placement: {partitionNumber: 1, tenancy: mine}`,
		`metadataOptions: {httpEndpoint: x, httpProtocolIPv6: x, httpTokens: x, instanceMetadataTags: x, httpPutResponseHopLimit: 64}`,
		`maintenanceOptions: {autoRecovery: x}, privateDNSNameOptions: {hostnameType: dns}`, `instanceMarketOptions: {marketType: spot}, disableAPITermination: true`,
		`capacityReservationSpecification: {capacityReservationTarget: {}}, licenseSpecifications: [{}]`,
		`blockDeviceMappings: [{}, {deviceName: a}, {deviceName: b, noDevice: x}, {deviceName: c, ebs: {kmsKeyID: k}}, {deviceName: c, ebs: {}}]`,
		`networkInterfaces: [{deviceIndex: 0, networkInterfaceID: e, subnetID: s, description: d, privateIPAddress: 10.0.0.4}]`,
		`imageID: "resolve:ssm:/golden/web:3"`,
		// Empty texts are not sent.
		`privateIPAddress: "", launchTemplate: {}, securityGroups: [a], subnetID: ""`,
		`ipv6Addresses: [{ipv6Address: ""}], ipv6AddressCount: 1`,
		`subnetID: "", privateIPAddress: "", ipv6Addresses: [{}], networkInterfaces: [{deviceIndex: 0, privateIPAddress: "",
			ipv6Addresses: [{}], ipv6AddressCount: 1, privateIPAddresses: [{privateIPAddress: ""}], ipv4Prefixes: [{ipv4Prefix: ""}], ipv6Prefixes: [{}]}]`,
	} {
		head := instance
		if strings.HasPrefix(text, "imageID") {
			head = ""
		}
		if got := checked(t, checkInstance, "{"+head+text+"}"); len(got) > 0 {
			t.Errorf("instance %s: %v", text, got)
		}
	}
	for _, got := range [][]kind.Invalid{
		checked(t, checkVPC, `{cidrBlocks: [10.0.0.0/16], enableDNSSupport: false, enableDNSHostnames: true}`),
		checked(t, checkVPC, `{cidrBlocks: [10.0.0.0/16, 10.0.3.4/16], instanceTenancy: newer, ipv4IPAMPoolID: p, ipv4NetmaskLength: 20, ipv6NetmaskLength: 56}`),
		checked(t, checkSubnet, `{vpcID: v, cidrBlock: 10.0.0.0/24, hostnameType: newer}`),
		checked(t, checkSubnet, `{vpcID: v, cidrBlock: 10.0.0.0/24, ipv6CIDRBlock: "", routeTables: [a, a]}`),
		checked(t, checkSubnet, `{vpcID: v, cidrBlock: 10.0.0.0/24, routeTableRefs: [{from: {name: a}}, {from: {name: a}}], routeTables: [a, a]}`),
		checked(t, checkSubnet, `{vpcID: v, cidrBlock: 10.0.0.0/24, routeTableRefs: [{from: {name: a}}, {from: {name: a, namespace: own}}]}`),
		checked(t, checkAddress, `{publicIPv4Pool: a, customerOwnedIPv4Pool: b, networkBorderGroup: ""}`),
		checked(t, checkAddress, `{address: ""}`),
		checked(t, checkRouteTable, `{vpcID: v, routes: [{destinationCIDRBlock: 10.0.0.0/16, gatewayID: local}, {destinationCIDRBlock: 10.0.0.0/16, gatewayID: local},
			{destinationCIDRBlock: 10.0.0.0/16, networkInterfaceID: eni-1}]}`),
		checked(t, checkRouteTable, `{vpcID: v, routes: [{destinationCIDRBlock: 0.0.0.0/0, destinationIPv6CIDRBlock: "", destinationPrefixListID: "", gatewayID: igw-1, natGatewayID: ""}]}`),
		checked(t, checkRouteTable, `{vpcID: v, routes: [{destinationCIDRBlock: 0.0.0.0/0, gatewayID: igw-1}, {destinationCIDRBlock: 0.0.0.0/0, gatewayID: igw-1},
			{destinationCIDRBlock: 10.1.0.0/16, natGatewayRef: {from: {name: a}}}, {destinationCIDRBlock: 10.1.0.0/16, natGatewayRef: {from: {name: a}}}]}`),
		checked(t, checkNATGateway, `{subnetID: s, allocationID: e, connectivityType: newer}`),
		checked(t, checkNATGateway, `{availabilityMode: newer}`),
		checked(t, checkNATGateway, `{vpcID: v, availabilityMode: regional, availabilityZoneAddresses: [{availabilityZone: a}]}`),
		checked(t, checkGroup, `{name: SG-1, description: d, ingressRules: [{ipProtocol: "-1", fromPort: 443, toPort: 443, userIDGroupPairs: [{}]}]}`),
		checked(t, checkGroup, `{name: Default, description: d}`),
	} {
		if len(got) > 0 {
			t.Errorf("refused: %v", got)
		}
	}
}

// What a check lets pass as left out is left out of the request.
func TestEmptyTextsAreNotSent(t *testing.T) {
	gateway := spec[ec2v1alpha1.NATGatewaySpec](t, `{subnetID: s, vpcID: "", allocationID: "", connectivityType: private, availabilityZoneAddresses: [{availabilityZone: a, availabilityZoneID: ""}]}`)
	table := spec[ec2v1alpha1.RouteTableSpec](t, `{vpcID: v, routes: [
		{destinationCIDRBlock: 10.0.0.0/16, gatewayID: local}, {destinationCIDRBlock: 10.0.0.0/16, gatewayID: local},
		{destinationCIDRBlock: 0.0.0.0/0, destinationIPv6CIDRBlock: "", destinationPrefixListID: "", natGatewayID: "", gatewayID: igw-1}, {destinationCIDRBlock: 0.0.0.0/0, gatewayID: igw-1},
		{destinationCIDRBlock: "", destinationIPv6CIDRBlock: "::/0", gatewayID: igw-1}]}`)
	profile := instancePlan{want: spec[ec2v1alpha1.InstanceSpec](t, `{iamInstanceProfile: {name: "", arn: a}}`), got: &instance{}}
	profile.profile()
	steps := slices.Concat(planRoutes(table, &types.RouteTable{}, kind.Case{ID: "rtb-1"}), profile.steps)
	steps = append(steps, natKind.Create(gateway, kind.Making{}),
		addressKind.Create(spec[ec2v1alpha1.ElasticIPAddressSpec](t, `{address: "", publicIPv4Pool: "", customerOwnedIPv4Pool: "", networkBorderGroup: ""}`), kind.Making{}))
	var got []string
	for _, step := range steps {
		got = append(got, step.Summary+" "+string(step.Input))
	}
	if diff := cmp.Diff([]string{
		`route 0.0.0.0/0 to igw-1 {"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"igw-1","RouteTableId":"rtb-1"}`,
		`route ::/0 to igw-1 {"DestinationIpv6CidrBlock":"::/0","GatewayId":"igw-1","RouteTableId":"rtb-1"}`,
		`use the instance profile a {"IamInstanceProfile":{"Arn":"a"}}`,
		`create a private NAT gateway in s {"AvailabilityZoneAddresses":[{"AvailabilityZone":"a"}],"ClientToken":"","ConnectivityType":"private","SubnetId":"s","TagSpecifications":[{"ResourceType":"natgateway"}]}`,
		`allocate an address {"Domain":"vpc","TagSpecifications":[{"ResourceType":"elastic-ip"}]}`,
	}, got); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	shown := &types.NatGateway{NatGatewayAddresses: []types.NatGatewayAddress{{AllocationId: aws.String("e"), AvailabilityZoneId: aws.String("az1")}}}
	zones := spec[ec2v1alpha1.NATGatewaySpec](t, `{availabilityZoneAddresses: [{availabilityZone: a, availabilityZoneID: "", allocationIDs: [e]}]}`)
	address := spec[ec2v1alpha1.ElasticIPAddressSpec](t, `{address: "", networkBorderGroup: ""}`)
	instances := spec[ec2v1alpha1.InstanceSpec](t, `{ipv6Addresses: [{ipv6Address: ""}]}`)
	atLaunch, since := interfaceNotes(instances, &instance{})
	if notes := slices.Concat(natKind.Draft(zones, shown, kind.Case{}).Notes, addressKind.Draft(address, &types.Address{PublicIp: aws.String("1.2.3.4"), NetworkBorderGroup: aws.String("b")}, kind.Case{}).Notes, atLaunch, since); len(notes) > 0 {
		t.Errorf("compared as if set: %q", notes)
	}
}

// A check that foresees AWS's refusal has its code and message: users match them.
func TestAnswersOfEC2(t *testing.T) {
	rule := func(rule string) []kind.Invalid {
		return checked(t, checkGroup, `{name: web, description: d, ingressRules: [`+rule+`]}`)
	}
	const text = ". Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*"
	for _, test := range []struct {
		got  []kind.Invalid
		want string
	}{
		{checked(t, checkVPC, `{cidrBlocks: [x]}`), "InvalidParameterValue: Value (x) for parameter cidrBlock is invalid. This is not a valid CIDR block."},
		{checked(t, checkVPC, `{cidrBlocks: [10.0.0.0/8]}`), "InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid."},
		{checked(t, checkVPC, `{}`), "MissingParameter: Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."},
		{checked(t, checkSubnet, `{vpcID: v, cidrBlock: 10.0.0.0/29}`), "InvalidSubnet.Range: The CIDR '10.0.0.0/29' is invalid."},
		{checked(t, checkSubnet, `{cidrBlock: 10.0.0.0/24}`), "MissingParameter: The request must contain the parameter vpcId"},
		{checked(t, checkAddress, `{address: x}`), "InvalidAddress.Malformed: The specified IP address is not valid."},
		{checked(t, checkRouteTable, `{vpcID: v, routes: [{destinationCIDRBlock: x, gatewayID: igw-1}]}`), "InvalidParameterValue: Value (x) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block."},
		{checked(t, checkNATGateway, `{subnetID: s}`), "MissingParameter: The request must include the AllocationId parameter. Add the required parameter and retry the request."},
		{checked(t, checkInstance, `{}`), "MissingParameter: The request must contain the parameter ImageId"},
		{checked(t, checkInstance, `{imageID: a, securityGroups: [a], subnetID: s}`), "InvalidParameterCombination: The parameter groupName cannot be used with the parameter subnet"},
		{checked(t, checkInstance, `{imageID: a, userData: "#!"}`), "InvalidUserData.Malformed: The user data provided is not properly Base64 encoded."},
		{rule(`{ipProtocol: tcp, fromPort: 1, toPort: 70000, ipRanges: [{cidrIP: 10.0.0.0/8}]}`), "InvalidParameterValue: TCP/UDP port (70000) out of range"},
		{rule(`{ipProtocol: tcp, fromPort: 1, ipRanges: [{cidrIP: 10.0.0.0/8}]}`), "InvalidParameterValue: Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange."},
		{rule(`{ipProtocol: tpc, ipRanges: [{cidrIP: 10.0.0.0/8}]}`), "InvalidParameterValue: Invalid value 'tpc' for IP protocol. Unknown protocol."},
		{rule(`{ipProtocol: all, ipRanges: [{cidrIP: 10.0.0.0/33}]}`), "InvalidParameterValue: CIDR block 10.0.0.0/33 is malformed"},
		{rule(`{ipProtocol: all, ipRanges: [{cidrIP: 10.0.0.0/8, description: "a|b"}]}`), "InvalidParameterValue: Invalid rule description" + text},
		{checked(t, checkGroup, `{name: web, description: "a|b"}`), "InvalidParameterValue: Invalid security group description" + text},
		{checked(t, checkGroup, `{name: web, description: "é"}`), "InvalidParameterValue: Value (é) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported."},
		{checked(t, checkGroup, `{name: default, description: d}`), "InvalidGroup.Reserved: The name 'default' is reserved, and cannot be used to create a new security group."},
	} {
		if len(test.got) != 1 {
			t.Errorf("findings %v, want one with %q", test.got, test.want)
			continue
		}
		i := test.got[0]
		if diff := cmp.Diff(test.want, i.Code+": "+i.Answer); diff != "" {
			t.Errorf("%s (-want +got):\n%s", i.Path, diff)
		}
		if want := []string{i.Path, i.Message, test.want}; strings.Join(want, ": ") != i.String() || slices.Contains(want, "") {
			t.Errorf("in words: %s", i)
		}
	}
}
