package e2e

import awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

var _ = register(sample{
	kind: "ec2.VPC", spec: vpcSpec, change: `{"spec":{"enableDNSHostnames":true}}`, create: "CreateVpc",
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeVpcs),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteVpc, "VpcId"),
	full: func(string) fields {
		return fields{
			"cidrBlocks": []any{"10.0.0.0/16", "10.1.0.0/16"}, "enableDNSSupport": true, "enableDNSHostnames": true,
			"enableNetworkAddressUsageMetrics": true, "disallowSecurityGroupDefaultRules": true,
			"tags": append(teamA(), fields{"key": "aws:cloudformation:stack-name", "value": "x"}),
		}
	},
	fullChange: `{"spec":{"enableDNSHostnames":false,"enableDNSSupport":false,"enableNetworkAddressUsageMetrics":false,"cidrBlocks":["10.0.0.0/16","10.2.0.0/16"],"tags":[{"key":"team","value":"b"}]}}`,
})
