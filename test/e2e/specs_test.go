package e2e

import (
	"testing"
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

// sample is one object of each kind.
type sample struct {
	kind string
	spec func() fields
	// change is a merge patch that needs AWS to be changed.
	change string
	// create is the AWS action that makes one.
	create string
}

func samples() []sample {
	return []sample{
		{"ec2.VPC", vpcSpec, `{"spec":{"enableDNSHostnames":true}}`, "CreateVpc"},
		{"ec2.SecurityGroup", func() fields { return groupSpec("web", 80, 443) },
			mergeRules(8443), "CreateSecurityGroup"},
		{"iam.Policy", func() fields { return policySpec("reader") },
			`{"spec":{"policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"}}`, "CreatePolicy"},
	}
}

// owned counts what is in AWS of a kind in an account.
func owned(t *testing.T, account, kind string) int {
	switch kind {
	case "ec2.VPC":
		return len(w.vpcs(t, account))
	case "ec2.SecurityGroup":
		return len(w.groups(t, account))
	}
	return len(w.policies(t, account))
}
