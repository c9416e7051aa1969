package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
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

// sample is one object of a kind, and how to read its resource in AWS.
type sample struct {
	kind string
	spec func() fields
	// change is a merge patch that requires a change in AWS.
	change string
	// create is the AWS action that creates one.
	create string
	// needs creates the objects that the sample refers to, and waits for them; nil: none.
	needs func(*testing.T, team)
	// count counts the resources of the kind in an account.
	count func(t *testing.T, account string) int
	// remove deletes one in AWS, outside of Tack.
	remove func(ctx context.Context, cfg aws.Config, id string) error
	// tags returns the tags of one.
	tags func(t *testing.T, account, id string) map[string]string
}

// ofEachKind runs a function for each kind, in parallel, each in its own account with the objects
// that its sample refers to.
func ofEachKind(t *testing.T, try func(*testing.T, sample, team)) {
	t.Helper()
	t.Parallel()
	for _, s := range samples() {
		t.Run(s.kind, func(t *testing.T) {
			t.Parallel()
			team := newTeam(t)
			s.prepare(t, team)
			try(t, s, team)
		})
	}
}

// prepare creates the objects that the sample refers to.
func (s sample) prepare(t *testing.T, team team) {
	t.Helper()
	if s.needs != nil {
		s.needs(t, team)
	}
}

// removeInAWS deletes one in AWS, and waits until that counts: for a while a missing resource
// counts as not visible yet.
func (s sample) removeInAWS(t *testing.T, account, id string) {
	t.Helper()
	if err := s.remove(t.Context(), w.config(t, account), id); err != nil {
		t.Fatalf("deleting %s in AWS: %v", id, err)
	}
	time.Sleep(visibleWindow)
}

func vpcSample() sample {
	return sample{
		kind: "ec2.VPC", spec: vpcSpec, change: `{"spec":{"enableDNSHostnames":true}}`, create: "CreateVpc", tags: ec2Tags,
		count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeVpcs),
		remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteVpc, "VpcId"),
	}
}

func groupSample() sample {
	return sample{
		kind: "ec2.SecurityGroup", spec: func() fields { return groupSpec("web", 80, 443) }, change: mergeRules(8443),
		create: "CreateSecurityGroup", tags: ec2Tags,
		count:  counted(awsec2.NewFromConfig, (*awsec2.Client).DescribeSecurityGroups),
		remove: removed(awsec2.NewFromConfig, (*awsec2.Client).DeleteSecurityGroup, "GroupId"),
	}
}

func policySample() sample {
	return sample{
		kind: "iam.Policy", spec: func() fields { return policySpec("reader") }, create: "CreatePolicy",
		change: `{"spec":{"policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"}}`,
		count:  func(t *testing.T, account string) int { return len(w.policies(t, account)) },
		remove: removed(awsiam.NewFromConfig, (*awsiam.Client).DeletePolicy, "PolicyArn"),
		tags:   tagged(awsiam.NewFromConfig, (*awsiam.Client).ListPolicyTags, "PolicyArn"),
	}
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
