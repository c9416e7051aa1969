package planned

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsec2 "github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/activities/aws/call"
	"github.com/tack-dev/tack/resource"
)

var (
	here  = resource.Target{Partition: "aws", AccountID: "111111111111", Region: "us-west-2", RoleARN: "arn:aws:iam::111111111111:role/tack"}
	there = resource.Target{Partition: "aws", AccountID: "222222222222", Region: "eu-west-1", RoleARN: "arn:aws:iam::222222222222:role/tack"}
)

func described() call.Described {
	client := func(cfg aws.Config) *awsec2.Client { return awsec2.NewFromConfig(cfg) }
	return call.Describe("ec2.Thing", client, []string{"UserData"}, []call.Call[*awsec2.Client]{
		call.Bind(call.Verb[awsec2.RunInstancesInput]("Create"), (*awsec2.Client).RunInstances),
		call.Bind(call.Verb[awsec2.ModifyInstanceAttributeInput]("Modify"), (*awsec2.Client).ModifyInstanceAttribute),
		call.Bind(call.Verb[awsec2.CreateTagsInput]("Tag"), (*awsec2.Client).CreateTags),
	})
}

// Calls are listed in the order in which a pass sends them, with AWS's names, and without secrets.
func TestCalls(t *testing.T) {
	owner := resource.Owner{UID: resource.UnknownUID}
	in := resource.DescribeInput{Owner: owner, Target: here, Plan: resource.Plan{
		Incarnation: 1,
		Create:      &resource.Step{Verb: "Create", Summary: "launch it", Input: json.RawMessage(fmt.Sprintf(`{"ClientToken":%q,"UserData":"c2VjcmV0"}`, owner.Token(here, 1)))},
		Steps: []resource.Step{
			{Verb: "Tag", Stage: 2, Summary: "tag it", Input: json.RawMessage(`{"Resources":["x"]}`)},
			{Verb: "Modify", Path: "spec.userData", Summary: "change it", Input: json.RawMessage(`{"UserData":{"Value":"c2VjcmV0"}}`)},
			{Verb: "Tag", Summary: "accept it", Input: json.RawMessage(`{}`), Target: there},
		},
	}}
	got, steps := Calls(described(), in)
	want := []resource.PlannedCall{
		{Order: 1, Action: "ec2:RunInstances", Summary: "launch it", Request: json.RawMessage(`{"ClientToken":"tack:token-of-the-create","UserData":"(hidden)"}`)},
		{Order: 2, Action: "ec2:ModifyInstanceAttribute", Summary: "change it", Field: "spec.userData", Request: json.RawMessage(`{"UserData":{"Value":"(hidden)"}}`)},
		{Order: 2, Action: "ec2:CreateTags", Summary: "accept it", Request: json.RawMessage(`{}`)},
		{Order: 3, Action: "ec2:CreateTags", Summary: "tag it", Request: json.RawMessage(`{"Resources":["x"]}`)},
	}
	for i := range want {
		at := here
		if want[i].Summary == "accept it" {
			at = there
		}
		want[i].AccountID, want[i].Region, want[i].RoleARN = at.AccountID, at.Region, at.RoleARN
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	for i, step := range steps {
		if step.Summary != got[i].Summary {
			t.Errorf("step %d is %q, want that of %q", i, step.Summary, got[i].Summary)
		}
	}
	if string(in.Plan.Create.Input) == string(got[0].Request) {
		t.Error("the plan itself lost its secret")
	}
}

// AWS has no dry run for a call whose request does not have the field.
func TestNoDryRun(t *testing.T) {
	ok, answer := described().DryRun(context.Background(), aws.Config{}, "Nothing", json.RawMessage(`{}`))
	if ok || answer != nil {
		t.Errorf("got %t, %v", ok, answer)
	}
}
