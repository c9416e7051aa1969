package ec2

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/test/fieldtest"
	"github.com/tack-dev/tack/test/plantest"
)

// gotService returns a service behind one Network Load Balancer as AWS shows it.
func gotService(state types.ServiceState) *endpointService {
	return &endpointService{
		ServiceConfiguration: types.ServiceConfiguration{
			ServiceId: aws.String("vpce-svc-1"), ServiceName: aws.String("com.amazonaws.vpce.eu-west-1.vpce-svc-1"), ServiceState: state,
			ServiceType: []types.ServiceTypeDetail{{ServiceType: types.ServiceTypeInterface}}, AcceptanceRequired: aws.Bool(true), ManagesVpcEndpoints: aws.Bool(false),
			NetworkLoadBalancerArns: []string{"arn:net-1"}, PrivateDnsName: aws.String("a.example"), PayerResponsibility: types.PayerResponsibilityServiceOwner,
			AvailabilityZones: []string{"eu-west-1a"}, BaseEndpointDnsNames: []string{"vpce-svc-1.example"},
			PrivateDnsNameConfiguration: &types.PrivateDnsNameConfiguration{Name: aws.String("_x"), State: types.DnsNameStatePendingVerification, Type: aws.String("TXT"), Value: aws.String("v")},
			Tags:                        []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
		},
		AllowedPrincipals: []string{"arn:2", "arn:1"}, SupportedRegions: []string{"eu-west-1"}, SupportedIPAddressTypes: []string{"ipv4"},
	}
}

func TestPlanVPCEndpointServiceConfiguration(t *testing.T) {
	behind := `networkLoadBalancerARNs: [arn:net-1]`
	plantest.Table[*awsec2.Client, ec2v1alpha1.VPCEndpointServiceConfigurationSpec, endpointService]{
		Kind: VPCEndpointServiceConfiguration(), ID: "vpce-svc-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[endpointService]{
			"new": {Spec: `{` + behind + `}`},
			"new, with permissions": {
				Spec: `{` + behind + `, allowedPrincipals: [arn:1, "*"]}`,
				Want: []string{"0 Permit: change who may make endpoints: add *, arn:1 (spec.allowedPrincipals)"},
			},
			"nothing to do": {
				Spec: `{` + behind + `, allowedPrincipals: [arn:1, arn:2, arn:1], acceptanceRequired: true, privateDNSName: a.example, supportedIPAddressTypes: [ipv4], supportedRegions: [eu-west-1]}`,
				Got:  gotService("Available"),
			},
			"who is not in the spec may make none": {
				Spec: `{` + behind + `}`, Got: gotService("Available"),
				Want: []string{"0 Permit: change who may make endpoints: remove arn:2, arn:1 (spec.allowedPrincipals)"},
			},
			"everything in two calls": {
				Spec: `{networkLoadBalancerARNs: [arn:net-2], allowedPrincipals: [arn:2, arn:3], acceptanceRequired: false, privateDNSName: b.example, supportedIPAddressTypes: [ipv6], supportedRegions: [eu-west-1, eu-west-2]}`,
				Got:  gotService("Available"),
				Want: []string{
					"0 Modify: change the service: acceptanceRequired false, privateDNSName b.example, add arn:net-2, remove arn:net-1, add ipv6, remove ipv4, add eu-west-2 (spec.acceptanceRequired)",
					"0 Permit: change who may make endpoints: add arn:3, remove arn:1 (spec.allowedPrincipals)",
				},
			},
			"no private name, and other balancers": {
				Spec: `{gatewayLoadBalancerARNs: [arn:gwy-1], allowedPrincipals: [arn:1, arn:2], privateDNSName: "", supportedRegions: []}`, Got: gotService("Available"),
				Want: []string{"0 Modify: change the service: remove the private DNS name, remove arn:net-1, add arn:gwy-1 (spec.privateDNSName)"},
			},
		},
	}.Run(t)
}

func TestFieldsOfVPCEndpointServiceConfigurations(t *testing.T) {
	both, gateway := gotService("Available"), gotService("Available")
	both.GatewayLoadBalancerArns, gateway.GatewayLoadBalancerArns, gateway.NetworkLoadBalancerArns = []string{"arn:gwy-1"}, []string{"arn:gwy-1"}, nil
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.VPCEndpointServiceConfigurationSpec, endpointService]{
		Kind: VPCEndpointServiceConfiguration(),
		Base: `{networkLoadBalancerARNs: [arn:net-1], gatewayLoadBalancerARNs: [arn:gwy-1], allowedPrincipals: [arn:1, arn:2], acceptanceRequired: true, privateDNSName: a.example,
			supportedIPAddressTypes: [ipv4], supportedRegions: [eu-west-1], tags: [{key: env, value: dev}]}`,
		Change: map[string]string{
			"acceptanceRequired":        `{acceptanceRequired: false}`,
			"allowedPrincipals[]":       `{allowedPrincipals: [arn:1]}`,
			"gatewayLoadBalancerARNs[]": `{gatewayLoadBalancerARNs: [arn:gwy-2]}`,
			"networkLoadBalancerARNs[]": `{networkLoadBalancerARNs: [arn:net-2]}`,
			"privateDNSName":            `{privateDNSName: b.example}`,
			"supportedIPAddressTypes[]": `{supportedIPAddressTypes: [ipv4, ipv6]}`,
			"supportedRegions[]":        `{supportedRegions: [eu-west-1, eu-west-2]}`,
		},
		Check: map[string][]string{
			`{networkLoadBalancerARNs: [arn:net-1]}`:         nil,
			`{gatewayLoadBalancerRefs: [{from: {name: a}}]}`: nil,
			`{allowedPrincipals: [""], supportedRegions: [eu-west-1, ""]}`: {
				"spec.networkLoadBalancerARNs: a service needs a load balancer: set networkLoadBalancerARNs, gatewayLoadBalancerARNs or their references",
				"spec.allowedPrincipals[0]: is empty",
				"spec.supportedRegions[1]: is empty",
			},
			`{networkLoadBalancerRefs: [{from: {name: a}}], gatewayLoadBalancerARNs: [arn:gwy-1], supportedIPAddressTypes: [""]}`: {
				"spec.gatewayLoadBalancerARNs: a service has either Network or Gateway Load Balancers: remove this field and its references, or networkLoadBalancerARNs and its references",
				"spec.supportedIPAddressTypes[0]: is empty",
			},
		},
		ID: "vpce-svc-1", Got: both, Described: []*endpointService{gotService("Available"), gateway},
		Pending: map[string]*endpointService{"vpce-svc-1 is Pending": gotService("Pending")},
	}.Run(t)
}
