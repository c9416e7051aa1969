package e2e

import awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"

var _ = register(sample{
	kind: "ec2.EgressOnlyInternetGateway", create: "CreateEgressOnlyInternetGateway",
	spec: func() fields { return fields{"vpcRef": ref("main")} }, change: retagged,
	count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeEgressOnlyInternetGateways),
	remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteEgressOnlyInternetGateway, "EgressOnlyInternetGatewayId"),
	full:   func(string) fields { return fields{"vpcRef": ref("main"), "tags": teamA()} }, fullChange: retagged,
})
