package e2e

import (
	"testing"

	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
)

var _ = register(sample{
	kind: "iam.Policy", spec: func() fields { return policySpec("reader") }, create: "CreatePolicy",
	change: `{"spec":{"policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}"}}`,
	count:  func(t *testing.T, account string) int { return len(w.policies(t, account)) },
	remove: removed(awsiam.NewFromConfig, (*awsiam.Client).DeletePolicy, "PolicyArn"),
	tags:   tagged(awsiam.NewFromConfig, (*awsiam.Client).ListPolicyTags, "PolicyArn"),
	full: func(string) fields {
		return fields{
			"name": "full", "path": "/teams/a/", "description": "made by a test",
			"policyDocument": `{"Statement":[{"Resource":["*"],"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"]}],"Version":"2012-10-17"}`,
			"tags":           []any{fields{"key": "Team", "value": "a"}},
		}
	},
	fullChange: `{"spec":{"tags":[{"key":"Team","value":"b"}],"policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"s3:*\",\"Resource\":\"*\"}}"}}`,
})
