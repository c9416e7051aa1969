package e2e

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// Minimal specs of the kinds.

func vpcSpec() fields { return fields{"cidrBlocks": []any{"10.0.0.0/16"}} }

func policySpec(name string) fields {
	return fields{"name": name, "policyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`}
}

// groupSpec returns a group in the default VPC with one rule per port.
func groupSpec(name string, ports ...int) fields {
	rules := []any{}
	for _, port := range ports {
		rules = append(rules, tcp(port, "10.0.0.0/8"))
	}
	return fields{"name": name, "description": "made by a test", "ingressRules": rules}
}

func tcp(port int, cidr string) fields {
	return fields{"ipProtocol": "tcp", "fromPort": int64(port), "toPort": int64(port), "ipRanges": []any{fields{"cidrIP": cidr}}}
}

// ec2Tags returns the tags of any EC2 resource.
func ec2Tags(t *testing.T, account, id string) map[string]string {
	t.Helper()
	out, err := awsec2.NewFromConfig(w.config(t, account)).DescribeTags(t.Context(), &awsec2.DescribeTagsInput{
		Filters: []ec2types.Filter{{Name: aws.String("resource-id"), Values: []string{id}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	tags := map[string]string{}
	for _, tag := range out.Tags {
		tags[*tag.Key] = *tag.Value
	}
	return tags
}
