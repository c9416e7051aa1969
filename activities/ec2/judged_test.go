package ec2

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/kind"
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
		checked(t, checkAddress, `{publicIPv4Pool: a, customerOwnedIPv4Pool: b, networkBorderGroup: ""}`),
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
