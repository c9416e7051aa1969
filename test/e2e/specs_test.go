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

// Specs of the kinds, as small as they can be.

func vpcSpec() fields { return fields{"cidrBlocks": []any{"10.0.0.0/16"}} }

func policySpec(name string) fields {
	return fields{"name": name, "policyDocument": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`}
}

// groupSpec is a group in the default VPC with one rule per port.
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

// sample is one object of a kind, and how to look at it in AWS.
type sample struct {
	kind string
	spec func() fields
	// change is a merge patch that needs AWS to be changed.
	change string
	// create is the AWS action that makes one.
	create string
	// needs makes what the object refers to, and waits for it; nil: nothing.
	needs func(*testing.T, team)
	// count counts what is in an account of the kind.
	count func(t *testing.T, account string) int
	// remove deletes one in AWS, behind our back.
	remove func(ctx context.Context, cfg aws.Config, id string) error
	// tags are the tags of one.
	tags func(t *testing.T, account, id string) map[string]string
}

// samples has one sample of each kind.
func samples() []sample {
	return []sample{
		vpcSample(), groupSample(), policySample(),
		subnetSample(), gatewaySample(), addressSample(), natGatewaySample(), roleSample(), profileSample(), routeTableSample(),
		instanceSample(),
	}
}

// ofEachKind tries something of each kind, side by side, each in an account of its
// own with what its sample refers to.
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

// prepare makes what the sample refers to.
func (s sample) prepare(t *testing.T, team team) {
	t.Helper()
	if s.needs != nil {
		s.needs(t, team)
	}
}

// removeInAWS deletes one in AWS, and waits until that counts: a resource that is
// not found counts as not visible yet for a while.
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
		count: func(t *testing.T, account string) int { return len(w.vpcs(t, account)) },
		remove: func(ctx context.Context, cfg aws.Config, id string) error {
			_, err := awsec2.NewFromConfig(cfg).DeleteVpc(ctx, &awsec2.DeleteVpcInput{VpcId: &id})
			return err
		},
	}
}

func groupSample() sample {
	return sample{
		kind: "ec2.SecurityGroup", spec: func() fields { return groupSpec("web", 80, 443) }, change: mergeRules(8443),
		create: "CreateSecurityGroup", tags: ec2Tags,
		count: func(t *testing.T, account string) int { return len(w.groups(t, account)) },
		remove: func(ctx context.Context, cfg aws.Config, id string) error {
			_, err := awsec2.NewFromConfig(cfg).DeleteSecurityGroup(ctx, &awsec2.DeleteSecurityGroupInput{GroupId: &id})
			return err
		},
	}
}

func policySample() sample {
	return sample{
		kind: "iam.Policy", spec: func() fields { return policySpec("reader") }, create: "CreatePolicy",
		change: `{"spec":{"policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"}}`,
		count:  func(t *testing.T, account string) int { return len(w.policies(t, account)) },
		remove: func(ctx context.Context, cfg aws.Config, id string) error {
			_, err := awsiam.NewFromConfig(cfg).DeletePolicy(ctx, &awsiam.DeletePolicyInput{PolicyArn: &id})
			return err
		},
		tags: func(t *testing.T, account, id string) map[string]string {
			t.Helper()
			out, err := awsiam.NewFromConfig(w.config(t, account)).ListPolicyTags(t.Context(), &awsiam.ListPolicyTagsInput{PolicyArn: &id})
			if err != nil {
				t.Fatal(err)
			}
			return iamTags(out.Tags)
		},
	}
}

// ec2Tags are the tags of any resource of EC2.
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
