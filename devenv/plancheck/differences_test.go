package plancheck

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tack-dev/tack/devenv/gateway"
	"github.com/tack-dev/tack/resource"
)

func planned(order int, action, request string) resource.PlannedCall {
	return resource.PlannedCall{Order: order, Action: action, Summary: "s", Request: json.RawMessage(request)}
}

type params = map[string]string

func made(action string, of params) gateway.Entry { return gateway.Entry{Action: action, Params: of} }

// A planned request has the parameters that the SDK sends for it.
func TestParams(t *testing.T) {
	for name, test := range map[string]struct {
		call resource.PlannedCall
		want params
	}{
		"EC2": {
			planned(1, "ec2:CreateVpc", `{"CidrBlock":"10.0.0.0/16","TagSpecifications":[{"ResourceType":"vpc","Tags":[{"Key":"k","Value":"v"}]}]}`),
			params{"CidrBlock": "10.0.0.0/16", "TagSpecification.1.ResourceType": "vpc", "TagSpecification.1.Tag.1.Key": "k", "TagSpecification.1.Tag.1.Value": "v"},
		},
		"IAM":              {planned(1, "iam:TagRole", `{"RoleName":"r","Tags":[{"Key":"k","Value":"v"}]}`), params{"RoleName": "r", "Tags.member.1.Key": "k", "Tags.member.1.Value": "v"}},
		"a token of SDK's": {planned(1, "ec2:CreateNatGateway", `{"SubnetId":"s"}`), params{"SubnetId": "s", "ClientToken": resource.UnknownToken}},
		"a token of Tack":  {planned(1, "ec2:CreateNatGateway", `{"SubnetId":"s","ClientToken":"t"}`), params{"SubnetId": "s", "ClientToken": "t"}},
		"a secret":         {planned(1, "ec2:RunInstances", `{"MinCount":1,"MaxCount":1,"ClientToken":"t","UserData":"(hidden)"}`), params{"MinCount": "1", "MaxCount": "1", "ClientToken": "t", "UserData": "(hidden)"}},
	} {
		got, err := Params(t.Context(), test.call)
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
	for _, bad := range []resource.PlannedCall{planned(1, "ec2:MakeVpc", `{}`), planned(1, "ec2:CreateVpc", `[]`), planned(1, "ec2:DeleteVpc", `{}`)} {
		if _, err := Params(t.Context(), bad); err == nil {
			t.Errorf("%s with %s is no error", bad.Action, bad.Request)
		}
	}
}

// Each parameter that differs is named. A placeholder stands for any value, and calls of one stage may come in
// any order.
func TestDifferences(t *testing.T) {
	vpc := func(order int, block string) resource.PlannedCall {
		return planned(order, "ec2:CreateVpc", `{"CidrBlock":"`+block+`"}`)
	}
	remove := func(id string) resource.PlannedCall { return planned(1, "ec2:DeleteVpc", `{"VpcId":"`+id+`"}`) }
	a, b := made("CreateVpc", params{"CidrBlock": "a"}), made("CreateVpc", params{"CidrBlock": "b"})
	gone := made("DeleteVpc", params{"VpcId": "vpc-1"})
	for name, test := range map[string]struct {
		planned []resource.PlannedCall
		made    []gateway.Entry
		want    []string
	}{
		"nothing":           {},
		"the same":          {[]resource.PlannedCall{vpc(1, "a"), vpc(2, "b")}, []gateway.Entry{a, b}, nil},
		"another value":     {[]resource.PlannedCall{vpc(1, "a")}, []gateway.Entry{b}, []string{`ec2:CreateVpc (s): CidrBlock: planned "a", made with "b"`}},
		"one stage":         {[]resource.PlannedCall{vpc(1, "a"), remove("vpc-1"), vpc(1, "b")}, []gateway.Entry{b, a, gone}, nil},
		"two stages":        {[]resource.PlannedCall{vpc(1, "a"), vpc(2, "a")}, []gateway.Entry{a, b}, []string{`ec2:CreateVpc (s): CidrBlock: planned "a", made with "b"`}},
		"not planned":       {[]resource.PlannedCall{vpc(1, "a")}, []gateway.Entry{made("CreateVpc", params{"CidrBlock": "a", "X": "x"})}, []string{`ec2:CreateVpc (s): X: not planned, made with "x"`}},
		"left out":          {[]resource.PlannedCall{vpc(1, "a")}, []gateway.Entry{made("CreateVpc", params{})}, []string{`ec2:CreateVpc (s): CidrBlock: planned "a", made without`}},
		"not made":          {[]resource.PlannedCall{vpc(1, "a")}, nil, []string{"ec2:CreateVpc: planned, and not made"}},
		"the created id":    {[]resource.PlannedCall{remove(resource.NewID)}, []gateway.Entry{gone}, nil},
		"another's id":      {[]resource.PlannedCall{remove("arn/" + resource.StandInMark + "ec2.VPC:a:b")}, []gateway.Entry{gone}, nil},
		"too large to keep": {[]resource.PlannedCall{vpc(1, "a")}, []gateway.Entry{made("CreateVpc", nil)}, nil},
	} {
		got, err := Differences(t.Context(), test.planned, test.made)
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}
