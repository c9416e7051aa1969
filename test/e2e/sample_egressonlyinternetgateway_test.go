package e2e

import (
	"testing"

	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
)

func egressGatewaySample() sample {
	return sample{
		kind: "ec2.EgressOnlyInternetGateway", create: "CreateEgressOnlyInternetGateway", tags: ec2Tags,
		change: `{"spec":{"tags":[{"key":"team","value":"b"}]}}`,
		spec:   func() fields { return fields{"vpcRef": ref("main")} },
		needs: func(t *testing.T, team team) {
			t.Helper()
			team.apply(t, "ec2.VPC", "main", vpcSpec()).awaitSynced(t)
		},
		count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeEgressOnlyInternetGateways),
		remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteEgressOnlyInternetGateway, "EgressOnlyInternetGatewayId"),
	}
}

func fullEgressGateway() sample {
	return sample{kind: "ec2.EgressOnlyInternetGateway", change: `{"spec":{"tags":[{"key":"team","value":"b"}]}}`, spec: func() fields {
		return fields{"vpcRef": ref("main"), "tags": []any{fields{"key": "team", "value": "a"}}}
	}}
}
