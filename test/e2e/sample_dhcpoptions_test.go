package e2e

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func dhcpSpec() fields {
	return fields{"dhcpConfigurations": []any{fields{"key": "domain-name", "values": []any{"example.com"}}}, "vpcRefs": []any{ref("main")}}
}

var _ = register(sample{
	kind: "ec2.DHCPOptions", create: "CreateDhcpOptions",
	spec: dhcpSpec, change: `{"spec":{"vpcRefs":[{"from":{"name":"other"}}]}}`,
	full: func(string) fields {
		spec := dhcpSpec()
		spec["tags"], spec["vpcRefs"] = teamA(), []any{ref("main"), ref("other")}
		spec["dhcpConfigurations"] = append(spec["dhcpConfigurations"].([]any), fields{"key": "ntp-servers", "values": []any{"10.0.0.3, 10.0.0.2"}})
		return spec
	},
	fullChange: `{"spec":{"vpcRefs":[{"from":{"name":"other"}}],"tags":[{"key":"team","value":"b"}]}}`,
	count:      counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeDhcpOptions),
	remove: func(ctx context.Context, cfg aws.Config, id string) error {
		client := awsec2.NewFromConfig(cfg)
		out, err := client.DescribeVpcs(ctx, &awsec2.DescribeVpcsInput{Filters: []ec2types.Filter{{Name: aws.String("dhcp-options-id"), Values: []string{id}}}})
		if err != nil {
			return err
		}
		for _, vpc := range out.Vpcs {
			if _, err := client.AssociateDhcpOptions(ctx, &awsec2.AssociateDhcpOptionsInput{DhcpOptionsId: aws.String("default"), VpcId: vpc.VpcId}); err != nil {
				return err
			}
		}
		_, err = client.DeleteDhcpOptions(ctx, &awsec2.DeleteDhcpOptionsInput{DhcpOptionsId: &id})
		return err
	},
})
