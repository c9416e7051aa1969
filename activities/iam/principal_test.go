package iam

import (
	"context"
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsiam "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
)

// Only the documents of policies that the spec has are read.
func TestReadPoliciesOfAPrincipal(t *testing.T) {
	var read []string
	p := principal{
		what: "role",
		attached: func(context.Context, *awsiam.Client, *string) ([]types.AttachedPolicy, error) {
			return []types.AttachedPolicy{{PolicyArn: aws.String(arnA)}}, nil
		},
		inline: func(context.Context, *awsiam.Client, *string) ([]string, error) { return []string{"logs", "old"}, nil },
		document: func(_ context.Context, _ *awsiam.Client, _, policy *string) (*string, error) {
			read = append(read, *policy)
			return aws.String(url.QueryEscape(`{"a":1}`)), nil
		},
	}
	got, err := p.read(t.Context(), nil, aws.String("web"), &types.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String(arnB)}, func(policy string) bool { return policy == "logs" })
	want := granted{attached: []string{arnA}, inline: map[string]string{"logs": `{"a":1}`, "old": ""}, boundary: arnB}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(granted{})); diff != "" || err != nil {
		t.Errorf("error %v, policies (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff([]string{"logs"}, read); diff != "" {
		t.Errorf("documents read (-want +got):\n%s", diff)
	}
}

// A group has no permissions boundary, and so no calls for one.
func TestCallsOfAPrincipal(t *testing.T) {
	group := principal{attach: grants("AttachPolicy", "GroupName", (*awsiam.Client).AttachGroupPolicy)}
	calls := group.calls()
	if len(calls) != 1 || calls[0].Verb != "AttachPolicy" {
		t.Errorf("calls %v, want AttachPolicy", calls)
	}
	step := group.attach.step("attach", aws.String("g"), part{"PolicyArn", aws.String(arnA)})
	if want := `{"GroupName":"g","PolicyArn":"` + arnA + `"}`; string(step.Input) != want {
		t.Errorf("request %s, want %s", step.Input, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a field that the request lacks is accepted")
		}
	}()
	grants("AttachPolicy", "RoleName", (*awsiam.Client).AttachGroupPolicy)
}
