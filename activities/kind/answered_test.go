package kind_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/finding"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/activities/kind"
)

// badSpecs hold, for each kind, everything that its check refuses.
var badSpecs = map[string][]string{
	"ec2.Instance": {
		`{}`, `{imageID: a, launchTemplate: {launchTemplateID: a, launchTemplateName: b}}`, `{launchTemplate: {}}`,
		`{imageID: a, userData: "#"}`, `{imageID: a, iamInstanceProfile: {name: a, arn: b}}`,
		`{imageID: a, metadataOptions: {httpPutResponseHopLimit: 65, instanceMetadataTags: enabled}, tags: [{key: a/b}]}`,
		`{imageID: a, creditSpecification: {}, hibernationOptions: {configured: true}, enclaveOptions: {enabled: true}}`,
		`{imageID: a, blockDeviceMappings: [{ebs: {volumeSize: 0, iops: 3000000000}}]}`,
		`{imageID: a, privateIPAddress: x, ipv6AddressCount: 1, ipv6Addresses: [{ipv6Address: x}], securityGroupIDs: [""], securityGroups: [""], subnetID: s,
			networkInterfaces: [{}, {deviceIndex: 0}, {deviceIndex: 0, privateIPAddresses: [{primary: true}, {primary: true}],
			ipv4Prefixes: [{}], ipv6Prefixes: [{ipv6Prefix: x}]}]}`,
	},
	"ec2.EgressOnlyInternetGateway": {`{}`},
	"ec2.InternetGateway":           {`{routeTables: [a, ""]}`, `{routeTableRefs: [{from: {name: x}}]}`},
	"ec2.ElasticIPAddress":          {`{address: x}`},
	"ec2.NATGateway": {
		`{}`, `{availabilityMode: regional, connectivityType: private, availabilityZoneAddresses: [{}, {availabilityZone: a, allocationIDs: [""]}]}`,
		`{subnetID: s, connectivityType: private, allocationID: e, availabilityZoneAddresses: [{availabilityZone: a}]}`,
	},
	"ec2.RouteTable": {
		`{routes: [null, {}, {destinationCIDRBlock: x, gatewayID: ""}, {destinationIPv6CIDRBlock: x, destinationPrefixListID: "", gatewayID: a, instanceID: b}]}`,
		`{vpcID: v, routes: [{destinationCIDRBlock: 10.0.0.0/8, gatewayID: a}, {destinationCIDRBlock: 10.0.0.0/8, gatewayID: b}]}`,
		`{vpcID: v, routes: [{destinationCIDRBlock: 10.0.0.0/8, egressOnlyInternetGatewayID: a}]}`,
	},
	"ec2.SecurityGroup": {
		`{}`, `{name: sg-1, description: é}`, `{name: default, description: "a|b"}`, `{name: é, description: d}`, `{name: "a|b", description: d}`,
		`{name: ` + strings.Repeat("x", 256) + `, description: d}`,
		`{name: a, description: d, ingressRules: [null, {}, {ipProtocol: tpc}, {ipProtocol: tcp, toPort: 70000}, {ipProtocol: udp, fromPort: 2, toPort: 1},
			{ipProtocol: icmp, fromPort: -1, toPort: 256}], egressRules: [{ipProtocol: "-1", ipRanges: [{}, {cidrIP: x, description: é}, {cidrIP: "::/0"}],
			ipv6Ranges: [{cidrIPv6: x, description: é}], prefixListIDs: [{description: é}], userIDGroupPairs: [{description: é}]}]}`,
	},
	"ec2.Subnet": {
		`{}`, `{vpcID: v, ipv6Native: true, cidrBlock: 10.0.0.0/24, routeTables: ["", a]}`, `{vpcID: v, cidrBlock: 10.0.0.0/8, ipv6CIDRBlock: "2001:db8::/65"}`,
		`{vpcID: v, cidrBlock: 10.0.0.0/24, ipv6CIDRBlock: x, routeTableRefs: [{from: {name: x}}, {from: {name: z}}]}`,
	},
	"ec2.VPC": {
		`{instanceTenancy: host}`, `{cidrBlocks: [x, 10.0.0.0/8, 10.0.0.0/16, 10.0.1.0/24]}`,
		`{cidrBlocks: [10.0.0.0/16], ipv6CIDRBlock: x, ipv6CIDRBlockNetworkBorderGroup: g}`,
		`{cidrBlocks: [10.0.0.0/16], ipv6CIDRBlock: "2001:db8::/56", amazonProvidedIPv6CIDRBlock: true}`,
	},
	"iam.InstanceProfile": {`{}`, `{name: "", path: x, role: a/b}`, `{name: a/b, role: ` + strings.Repeat("x", 65) + `}`, `{name: ` + strings.Repeat("x", 129) + `}`},
	"iam.Policy": {
		`{}`, `{name: a, path: /` + strings.Repeat("x", 512) + `/, description: ` + strings.Repeat("x", 1001) + `, policyDocument: "{"}`, `{name: a, policyDocument: "[]"}`,
		`{name: a, policyDocument: "{}"}`, `{name: a, policyDocument: '{"Version": "1", "Statement": {}}'}`, `{name: a, policyDocument: "` + strings.Repeat("x", 6145) + `"}`,
	},
	"iam.Role": {
		`{}`, `{name: a, assumeRolePolicyDocument: '{"Statement": [1]}', description: "☃", maxSessionDuration: 1, permissionsBoundary: x, policies: [null, z]}`,
		`{name: a, assumeRolePolicyDocument: '{"Statement": [{}]}', maxSessionDuration: 90000, inlinePolicies: {a/b: "", ` + strings.Repeat("x", 129) + `: ""}}`,
		`{name: a, assumeRolePolicyDocument: '{"Statement": [{"Principal": "*", "Resource": "*"}]}', inlinePolicies: {a: "` + strings.Repeat("x", 10241) + `", b: x}}`,
	},
}

// Each finding of each kind carries AWS's code and message. The few without a code are listed here,
// with the reason.
func TestEachFindingHasAWSsAnswer(t *testing.T) {
	tags := []string{
		fmt.Sprintf(`{tags: [{key: %s, value: %s}, {key: a}, {key: a}, {key: services.k8s.aws/tack-owner}, {key: "b|"}]}`, strings.Repeat("x", 129), strings.Repeat("x", 257)),
		`{tags: [` + manyTags(49) + `, {key: c, value: "|"}, {key: C}]}`,
	}
	kinds := slices.Concat(ec2.Kinds(), iam.Kinds())
	silent := map[string]finding.Unsaid{}
	for _, served := range kinds {
		if len(badSpecs[served.Name()]) == 0 {
			t.Errorf("%s: no spec that its check refuses", served.Name())
		}
		for _, text := range slices.Concat(badSpecs[served.Name()], tags) {
			found := findings(t, served, text)
			if len(found) == 0 {
				t.Errorf("%s: nothing is refused of %.200s", served.Name(), text)
			}
			for _, f := range found {
				if f.Path == "" || f.Message == "" || f.Code == "" != (f.Answer == "") || f.Code == "" == (f.Unsaid == "") {
					t.Errorf("%s: %.200s: the finding %+v has no answer, or says not why", served.Name(), text, f)
				}
				if f.Unsaid != "" {
					silent[f.Message] = f.Unsaid
				}
			}
		}
	}
	if diff := cmp.Diff(map[string]finding.Unsaid{
		`"services.k8s.aws/tack-owner" is the name of an owner tag: choose another`: finding.OurRule,
		"10.0.0.0/16 overlaps 10.0.0.0/8":                                           finding.Undocumented,
		"10.0.1.0/24 overlaps 10.0.0.0/8":                                           finding.Undocumented,
		"10.0.1.0/24 overlaps 10.0.0.0/16":                                          finding.Undocumented,
		"serves IPv6 only: set destinationIPv6CIDRBlock":                            finding.Undocumented,
	}, silent); diff != "" {
		t.Errorf("findings without a code (-want +got):\n%s", diff)
	}
	if left := slices.DeleteFunc(slices.Collect(maps.Keys(badSpecs)), func(name string) bool {
		return slices.ContainsFunc(kinds, func(k kind.Kind) bool { return k.Name() == name })
	}); len(left) > 0 {
		t.Errorf("specs of kinds that are none: %v", left)
	}
}

func manyTags(n int) string {
	var tags []string
	for i := range n {
		tags = append(tags, fmt.Sprintf("{key: k%d}", i))
	}
	return strings.Join(tags, ", ")
}

func findings(t *testing.T, served kind.Kind, text string) []kind.Invalid {
	t.Helper()
	raw, err := yaml.YAMLToJSONStrict([]byte(text))
	if err != nil {
		t.Fatalf("reading %s: %v", text, err)
	}
	found, err := served.(interface {
		Findings(spec json.RawMessage) ([]kind.Invalid, error)
	}).Findings(raw)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
