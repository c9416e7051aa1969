package ec2

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/kind"
	ec2v1alpha1 "github.com/tack-dev/tack/apis/ec2/v1alpha1"
	"github.com/tack-dev/tack/resource"
	"github.com/tack-dev/tack/test/fieldtest"
	"github.com/tack-dev/tack/test/plantest"
)

// gotTransit returns a transit gateway as AWS shows it.
func gotTransit(state types.TransitGatewayState) *types.TransitGateway {
	return &types.TransitGateway{
		TransitGatewayId: aws.String("tgw-1"), TransitGatewayArn: aws.String("arn"), OwnerId: aws.String("111111111111"), State: state,
		CreationTime: aws.Time(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)), Description: aws.String("d"),
		Options: &types.TransitGatewayOptions{
			AmazonSideAsn: aws.Int64(64512), AutoAcceptSharedAttachments: "disable", DefaultRouteTableAssociation: "enable", DefaultRouteTablePropagation: "enable",
			DnsSupport: "enable", MulticastSupport: "disable", VpnEcmpSupport: "enable", TransitGatewayCidrBlocks: []string{"10.9.0.0/24", "10.8.0.0/24"},
		},
		Tags: []types.Tag{{Key: aws.String("env"), Value: aws.String("dev")}},
	}
}

// A plan is one call. The number is never in a call with another change, because AWS may refuse it alone.
func TestPlanTransitGateway(t *testing.T) {
	plantest.Table[*awsec2.Client, ec2v1alpha1.TransitGatewaySpec, types.TransitGateway]{
		Kind: TransitGateway(), ID: "tgw-1", Tags: map[string]string{"env": "dev"},
		Rows: map[string]plantest.Row[types.TransitGateway]{
			"new":           {Spec: `{options: {dnsSupport: disable}}`},
			"nothing given": {Spec: `{}`, Got: gotTransit("available")},
			"nothing to do": {Spec: `{description: d, options: {amazonSideASN: 64512, transitGatewayCIDRBlocks: [10.8.0.7/24, 10.9.0.0/24], multicastSupport: disable}}`, Got: gotTransit("available")},
			"everything in one call": {
				Spec: `{description: e, options: {dnsSupport: disable, vpnECMPSupport: disable, transitGatewayCIDRBlocks: [10.7.0.0/24, 10.9.0.0/24]}}`, Got: gotTransit("available"),
				Want: []string{"0 Modify: change the transit gateway: dnsSupport disable, vpnECMPSupport disable, add 10.7.0.0/24, remove 10.8.0.0/24, describe it (spec.description)"},
			},
			"the number last": {
				Spec: `{options: {amazonSideASN: 65000, autoAcceptSharedAttachments: enable}}`, Got: gotTransit("available"),
				Want: []string{"0 Modify: change the transit gateway: autoAcceptSharedAttachments enable (spec.options)"},
			},
			"a description and the number": {
				Spec: `{description: e, options: {amazonSideASN: 65000}}`, Got: gotTransit("available"),
				Want: []string{"0 Modify: change the transit gateway: describe it (spec.description)"},
			},
			"a description, an option and the number": {
				Spec: `{description: e, options: {amazonSideASN: 65000, dnsSupport: disable}}`, Got: gotTransit("available"),
				Want: []string{"0 Modify: change the transit gateway: dnsSupport disable, describe it (spec.description)"},
			},
			"the number": {
				Spec: `{options: {amazonSideASN: 65000}}`, Got: gotTransit("available"),
				Want: []string{"0 Modify: change the transit gateway: amazonSideASN 65000 (spec.options)"},
			},
			"no block": {
				Spec: `{options: {transitGatewayCIDRBlocks: []}}`, Got: gotTransit("available"),
				Want: []string{"0 Modify: change the transit gateway: remove 10.9.0.0/24, remove 10.8.0.0/24 (spec.options)"},
			},
			"multicast": {
				Spec: `{options: {multicastSupport: enable}}`, Got: gotTransit("available"),
				Notes: []string{`spec.options.multicastSupport: AWS cannot change it; make a new object, or put back "disable"`},
			},
		},
	}.Run(t)
}

func TestTransitGatewayFacts(t *testing.T) {
	d := definition[ec2v1alpha1.TransitGatewaySpec, types.TransitGateway](TransitGateway())
	for state, want := range map[types.TransitGatewayState]kind.Facts{
		"available": {},
		"pending":   {Pending: &resource.Wait{Reason: "Pending", Message: "tgw-1 is pending"}},
		"modifying": {Pending: &resource.Wait{Reason: "Pending", Message: "tgw-1 is modifying"}},
		"deleting":  {Pending: &resource.Wait{Reason: "Deleting", Message: "tgw-1 is being deleted"}},
		"deleted":   {Gone: true},
	} {
		want.ID, want.ARN, want.Tags = "tgw-1", "arn", map[string]string{"env": "dev"}
		if diff := cmp.Diff(want, d.Facts(gotTransit(state))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", state, diff)
		}
	}
}

func TestFieldsOfTransitGateways(t *testing.T) {
	fieldtest.Spec[*awsec2.Client, ec2v1alpha1.TransitGatewaySpec, types.TransitGateway]{
		Kind: TransitGateway(),
		Base: `{description: d, tags: [{key: env, value: dev}], options: {amazonSideASN: 64512, autoAcceptSharedAttachments: disable, defaultRouteTableAssociation: enable,
			defaultRouteTablePropagation: enable, dnsSupport: enable, multicastSupport: disable, vpnECMPSupport: enable, transitGatewayCIDRBlocks: [10.9.0.0/24, 10.8.0.0/24]}}`,
		Change: map[string]string{
			"description":                          `{description: e}`,
			"options.amazonSideASN":                `{options: {amazonSideASN: 65000}}`,
			"options.autoAcceptSharedAttachments":  `{options: {autoAcceptSharedAttachments: enable}}`,
			"options.defaultRouteTableAssociation": `{options: {defaultRouteTableAssociation: disable}}`,
			"options.defaultRouteTablePropagation": `{options: {defaultRouteTablePropagation: disable}}`,
			"options.dnsSupport":                   `{options: {dnsSupport: disable}}`,
			"options.multicastSupport":             `{options: {multicastSupport: enable}}`,
			"options.transitGatewayCIDRBlocks[]":   `{options: {transitGatewayCIDRBlocks: [10.9.0.0/24]}}`,
			"options.vpnECMPSupport":               `{options: {vpnECMPSupport: disable}}`,
		},
		Check: map[string][]string{
			`{}`: nil,
			`{options: {amazonSideASN: 4200000000, transitGatewayCIDRBlocks: ["10.0.0.0/8", "2001:db8::/56"]}}`: nil,
			`{options: {amazonSideASN: 65535, transitGatewayCIDRBlocks: ["10.0.0.0/25", "2001:db8::/65", x]}}`: {
				"spec.options.amazonSideASN: 65535 is not a private number: set one from 64512 to 65534, or from 4200000000 to 4294967294",
				`spec.options.transitGatewayCIDRBlocks[0]: "10.0.0.0/25": AWS allows blocks from /0 to /24`,
				`spec.options.transitGatewayCIDRBlocks[1]: "2001:db8::/65": AWS allows blocks from /0 to /64`,
				`spec.options.transitGatewayCIDRBlocks[2]: "x" is not a CIDR block`,
			},
		},
		ID: "tgw-1", Got: gotTransit("available"),
	}.Run(t)
}
