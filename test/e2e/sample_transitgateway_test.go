package e2e

import awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

var _ = register(sample{
	kind: "ec2.TransitGateway", create: "CreateTransitGateway",
	spec: func() fields { return fields{"description": "hub"} }, change: `{"spec":{"description":"joined"}}`,
	full: func(string) fields {
		return fields{"description": "hub", "tags": teamA(), "options": fields{
			"amazonSideASN": int64(64512), "autoAcceptSharedAttachments": "disable", "defaultRouteTableAssociation": "enable", "defaultRouteTablePropagation": "enable",
			"dnsSupport": "enable", "multicastSupport": "disable", "vpnECMPSupport": "enable", "transitGatewayCIDRBlocks": []any{"10.99.0.7/24", "2001:DB8::/56"},
		}}
	},
	fullChange: `{"spec":{"tags":[{"key":"team","value":"b"}],"description":"joined","options":{"autoAcceptSharedAttachments":"enable","dnsSupport":"disable",
		"vpnECMPSupport":"disable","transitGatewayCIDRBlocks":["10.98.0.0/24"]}}}`,
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeTransitGateways),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteTransitGateway, "TransitGatewayId"),
})
