package e2e

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

var _ = register(sample{
	kind: "ec2.InternetGateway", create: "CreateInternetGateway",
	spec: func() fields { return fields{"vpcRef": ref("main")} }, change: `{"spec":{"vpcRef":{"from":{"name":"other"}}}}`,
	full:       func(string) fields { return fields{"vpcRef": ref("main"), "tags": teamA()} },
	fullChange: `{"spec":{"vpcRef":{"from":{"name":"other"}},"tags":[{"key":"team","value":"b"}]}}`,
	count:      counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeInternetGateways),
	remove: func(ctx context.Context, cfg aws.Config, id string) error {
		client := awsec2.NewFromConfig(cfg)
		out, err := client.DescribeInternetGateways(ctx, &awsec2.DescribeInternetGatewaysInput{InternetGatewayIds: []string{id}})
		if err != nil {
			return err
		}
		for _, a := range out.InternetGateways[0].Attachments {
			if _, err := client.DetachInternetGateway(ctx, &awsec2.DetachInternetGatewayInput{InternetGatewayId: &id, VpcId: a.VpcId}); err != nil {
				return err
			}
		}
		_, err = client.DeleteInternetGateway(ctx, &awsec2.DeleteInternetGatewayInput{InternetGatewayId: &id})
		return err
	},
})

func gateways(t *testing.T, account string) []ec2types.InternetGateway {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, account)).DescribeInternetGateways(t.Context(), &awsec2.DescribeInternetGatewaysInput{})
	if err != nil {
		t.Fatalf("describing the internet gateways of %s: %v", account, err)
	}
	return out.InternetGateways
}
