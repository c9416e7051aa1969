package ec2

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/ec2/defaults"
	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fieldtest"
	"github.com/tack-dev/tack/test/plantest"
)

// gotEndpoint returns an interface endpoint as AWS shows it, with states in lower case.
func gotEndpoint(state types.State) *types.VpcEndpoint {
	return &types.VpcEndpoint{
		VpcEndpointId: aws.String("vpce-1"), VpcId: aws.String("vpc-1"), ServiceName: aws.String("com.amazonaws.eu-west-1.sts"), State: state,
		VpcEndpointType: types.VpcEndpointTypeInterface, OwnerId: aws.String("111111111111"), RequesterManaged: aws.Bool(false),
		CreationTimestamp: aws.Time(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)),
		PolicyDocument:    aws.String(`{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}]}`),
		IpAddressType:     types.IpAddressTypeIpv4, PrivateDnsEnabled: aws.Bool(true),
		DnsOptions:          &types.DnsOptions{DnsRecordIpType: types.DnsRecordIpTypeIpv4, PrivateDnsPreference: aws.String("SPECIFIED_DOMAINS_ONLY"), PrivateDnsSpecifiedDomains: []string{"b.example", "a.example"}},
		SubnetIds:           []string{"subnet-2", "subnet-1"},
		Groups:              []types.SecurityGroupIdentifier{{GroupId: aws.String("sg-1"), GroupName: aws.String("web")}},
		NetworkInterfaceIds: []string{"eni-1"},
		DnsEntries:          []types.DnsEntry{{DnsName: aws.String("sts.example"), HostedZoneId: aws.String("Z1")}},
		Tags:                []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
	}
}

// gotEverything shows also what only other types have, and an error.
func gotEverything() *types.VpcEndpoint {
	got := gotEndpoint("available")
	got.RouteTableIds, got.ServiceRegion, got.ServiceNetworkArn = []string{"rtb-1"}, aws.String("eu-west-1"), aws.String("arn:1")
	got.LastError = &types.LastError{Code: aws.String("c"), Message: aws.String("m")}
	return got
}

func TestPlanVPCEndpoint(t *testing.T) {
	of := `vpcID: vpc-1, serviceName: com.amazonaws.eu-west-1.sts, vpcEndpointType: Interface`
	plantest.Table[*awsec2.Client, ec2v1alpha1.VPCEndpointSpec, types.VpcEndpoint]{
		Kind: VPCEndpoint(), ID: "vpce-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[types.VpcEndpoint]{
			"new": {Spec: `{` + of + `}`},
			"partial": {
				Spec: `{` + of + `, securityGroupIDs: [sg-2]}`, Got: gotEndpoint("partial"),
				Want: []string{"0 Modify: change the endpoint: add sg-2, remove sg-1 (spec.securityGroupIDs)"},
				Wait: "vpce-1 is partial: some of what it leads to does not work",
			},
			"nothing given": {Spec: `{` + of + `}`, Got: gotEndpoint("available")},
			"nothing to do": {
				Spec: `{` + of + `, subnetIDs: [subnet-1, subnet-2, subnet-1], securityGroupIDs: [sg-1], ipAddressType: ipv4, privateDNSEnabled: true, serviceRegion: eu-west-2,
					policyDocument: '{"Version": "2008-10-17", "Statement": {"Principal": {"AWS": ["*"]}, "Resource": ["*"], "Action": ["*"], "Effect": "Allow"}}',
					dnsOptions: {dnsRecordIPType: ipv4, privateDNSSpecifiedDomains: [a.example, b.example]}}`,
				Got: gotEndpoint("Available"),
			},
			"everything in one call": {
				Spec: `{` + of + `, subnetIDs: [subnet-1, subnet-3], securityGroupIDs: [sg-2], ipAddressType: dualstack, privateDNSEnabled: false,
					policyDocument: '{"Statement": []}', dnsOptions: {dnsRecordIPType: dualstack, privateDNSSpecifiedDomains: [c.example]}}`,
				Got: gotEndpoint("available"),
				Want: []string{"0 Modify: change the endpoint: replace the policy, ipAddressType dualstack, privateDNSEnabled false, dnsRecordIPType dualstack, " +
					"private DNS for c.example, add subnet-3, remove subnet-2, add sg-2, remove sg-1 (spec.policyDocument)"},
			},
			"no subnet": {
				Spec: `{` + of + `, subnetIDs: []}`, Got: gotEndpoint("available"),
				Want: []string{"0 Modify: change the endpoint: remove subnet-2, subnet-1 (spec.subnetIDs)"},
			},
			"AWS requires a group": {Spec: `{` + of + `, securityGroupIDs: []}`, Got: gotEndpoint("available")},
			"another service and VPC, and route tables": {
				Spec: `{vpcID: vpc-2, serviceName: x, routeTableIDs: [rtb-1]}`, Got: gotEndpoint("available"),
				Want: []string{"0 Modify: change the endpoint: add rtb-1 (spec.routeTableIDs)"},
				Notes: []string{
					`spec.serviceName: AWS cannot change it; make a new object, or put back "com.amazonaws.eu-west-1.sts"`,
					`spec.vpcID: AWS cannot change it; make a new object, or put back "vpc-1"`,
				},
			},
		},
	}.Run(t)
}

func TestVPCEndpointFacts(t *testing.T) {
	d := definition[ec2v1alpha1.VPCEndpointSpec, types.VpcEndpoint](VPCEndpoint())
	failed := func(reason, words string) kind.Facts {
		return kind.Facts{Failed: &resource.Wait{Reason: reason, Message: words + defaults.NextTry}}
	}
	pending := func(reason, words string) *resource.Wait { return &resource.Wait{Reason: reason, Message: words} }
	because := gotEndpoint("failed")
	because.FailureReason, because.LastError = aws.String("r"), &types.LastError{Code: aws.String("InvalidSubnet"), Message: aws.String("AWS's words")}
	why := gotEndpoint("Expired")
	why.FailureReason = aws.String("nobody accepted it")
	for name, test := range map[string]struct {
		got  *types.VpcEndpoint
		want kind.Facts
	}{
		"available": {gotEndpoint("available"), kind.Facts{}},
		"Available": {gotEndpoint("Available"), kind.Facts{}},
		"partial":   {gotEndpoint("partial"), kind.Facts{}},
		"pending":   {gotEndpoint("pending"), kind.Facts{Pending: pending("Pending", "vpce-1 is Pending")}},
		"to accept": {gotEndpoint("pendingAcceptance"), kind.Facts{
			Pending:   pending("Pending", "vpce-1 is pendingAcceptance: the owner of the service com.amazonaws.eu-west-1.sts must accept it"),
			Deletable: true,
		}},
		"deleting":         {gotEndpoint("deleting"), kind.Facts{Pending: pending("Deleting", "vpce-1 is being deleted: its interfaces hold their subnets and security groups until then")}},
		"deleted":          {gotEndpoint("deleted"), kind.Facts{Gone: true}},
		"rejected":         {gotEndpoint("rejected"), failed("Rejected", "vpce-1 is rejected: by the owner of the service com.amazonaws.eu-west-1.sts")},
		"failed":           {because, failed("InvalidSubnet", "vpce-1 is failed: AWS's words")},
		"expired":          {why, failed("Expired", "vpce-1 is expired: nobody accepted it")},
		"failed, silently": {gotEndpoint("failed"), failed("Failed", "vpce-1 is failed")},
	} {
		test.want.ID, test.want.Tags = "vpce-1", map[string]string{"env": "dev"}
		if diff := cmp.Diff(test.want, d.Facts(test.got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFieldsOfVPCEndpoints(t *testing.T) {
	network, gateway := gotEverything(), gotEverything()
	network.RouteTableIds = nil
	gateway.VpcEndpointType, gateway.SubnetIds, gateway.Groups = types.VpcEndpointTypeGateway, nil, nil
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.VPCEndpointSpec, types.VpcEndpoint]{
		Kind: VPCEndpoint(),
		Base: `{vpcID: vpc-1, serviceName: com.amazonaws.eu-west-1.sts, serviceRegion: eu-west-1, serviceNetworkARN: "arn:1", vpcEndpointType: Interface, tags: [{key: env, value: dev}],
			ipAddressType: ipv4, privateDNSEnabled: true, subnetIDs: [subnet-1, subnet-2], securityGroupIDs: [sg-1], routeTableIDs: [rtb-1],
			policyDocument: '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}]}',
			dnsOptions: {dnsRecordIPType: ipv4, privateDNSPreference: SPECIFIED_DOMAINS_ONLY, privateDNSSpecifiedDomains: [a.example, b.example]}}`,
		Change: map[string]string{
			"dnsOptions.dnsRecordIPType":              `{dnsOptions: {dnsRecordIPType: dualstack}}`,
			"dnsOptions.privateDNSPreference":         `{dnsOptions: {privateDNSPreference: ALL_DOMAINS}}`,
			"dnsOptions.privateDNSSpecifiedDomains[]": `{dnsOptions: {privateDNSSpecifiedDomains: [c.example]}}`,
			"ipAddressType":                           `{ipAddressType: dualstack}`,
			"policyDocument":                          `{policyDocument: '{"Statement": []}'}`,
			"privateDNSEnabled":                       `{privateDNSEnabled: false}`,
			"routeTableIDs[]":                         `{routeTableIDs: [rtb-1, rtb-2]}`,
			"securityGroupIDs[]":                      `{securityGroupIDs: [sg-2]}`,
			"serviceName":                             `{serviceName: x}`,
			"serviceNetworkARN":                       `{serviceNetworkARN: "arn:2"}`,
			"serviceRegion":                           `{serviceRegion: eu-west-2}`,
			"subnetIDs[]":                             `{subnetIDs: [subnet-1]}`,
			"vpcEndpointType":                         `{vpcEndpointType: ServiceNetwork}`,
			"vpcID":                                   `{vpcID: vpc-2}`,
		},
		Check: map[string][]string{
			`{vpcID: vpc-1, serviceName: s, routeTableIDs: [rtb-1]}`:                                                           nil,
			`{vpcRef: {from: {name: v}}, serviceRef: {from: {name: s}}, vpcEndpointType: Interface, securityGroupIDs: [sg-1]}`: nil,
			`{vpcID: vpc-1, serviceName: s, vpcEndpointType: GatewayLoadBalancer, subnetIDs: [subnet-1]}`:                      nil,
			`{vpcID: vpc-1, vpcEndpointType: ServiceNetwork, serviceNetworkARN: a}`:                                            nil,
			`{vpcID: vpc-1, vpcEndpointType: Planet, routeTableIDs: [rtb-1]}`:                                                  nil,
			`{routeTableIDs: [""], policyDocument: "{"}`: {
				"spec.vpcID: an endpoint needs a VPC: set vpcID or vpcRef",
				"spec.routeTableIDs[0]: is empty",
				"spec.policyDocument: is not valid JSON: line 1, column 1: unexpected end of JSON input",
				"spec.serviceName: an endpoint of the type Gateway needs a service: set serviceName or serviceRef",
			},
			`{vpcID: vpc-1, serviceName: s, subnetIDs: [subnet-1], securityGroupIDs: [sg-1]}`: {
				"spec.subnetIDs: an endpoint of the type Gateway has no subnets: remove this field and its references, or set vpcEndpointType",
				"spec.securityGroupIDs: an endpoint of the type Gateway has no security groups: remove this field and its references, or set vpcEndpointType",
			},
			`{vpcID: vpc-1, serviceName: s, vpcEndpointType: Interface, routeTableRefs: [{from: {name: r}}]}`: {
				"spec.routeTableIDs: an endpoint of the type Interface has no route tables: remove this field and its references, or set vpcEndpointType",
			},
		},
		ID: "vpce-1", Got: gotEverything(), Described: []*types.VpcEndpoint{network, gateway},
		Pending: map[string]*types.VpcEndpoint{"vpce-1 is Pending": gotEndpoint("pending")},
	}.Run(t)
}
