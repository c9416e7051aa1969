package gateway

import (
	"fmt"
	"net/http"
	"testing"
)

func TestReservedTags(t *testing.T) {
	a := newAccount(t)
	ec2 := [][]string{
		{"Action", "CreateVpc", "CidrBlock", "10.0.0.0/16", "TagSpecification.1.ResourceType", "vpc", "TagSpecification.1.Tag.2.Key", "AWS:x"},
		{"Action", "CreateTags", "ResourceId.1", "vpc-1", "Tag.1.Key", "aws:x"},
	}
	for _, params := range ec2 {
		if got := a.call(serviceEC2, params...); got.status != http.StatusBadRequest || got.code != "InvalidParameterValue" {
			t.Errorf("%v got %+v", params, got)
		}
	}
	for action, with := range map[string][]string{
		"CreateRole": {"RoleName", "r", "AssumeRolePolicyDocument", "{}"},
		"TagPolicy":  {"PolicyArn", "arn:aws:iam::111111111111:policy/p"},
	} {
		params := append([]string{"Action", action, "Tags.member.1.Key", "Aws:x", "Tags.member.1.Value", "v"}, with...)
		if got := a.call(serviceIAM, params...); got.status != http.StatusBadRequest || got.code != "InvalidInput" {
			t.Errorf("%s got %+v", action, got)
		}
	}
}

func TestTooManyTags(t *testing.T) {
	a := newAccount(t)
	subnet := a.baseSubnet()
	params := func(action, format string, n int) []string {
		out := []string{"Action", action}
		for i := 1; i <= n; i++ {
			out = append(out, fmt.Sprintf(format, i)+".Key", fmt.Sprint("k", i), fmt.Sprintf(format, i)+".Value", "v")
		}
		return out
	}
	with := func(params []string, more ...string) []string { return append(params, more...) }
	if got := a.call(serviceEC2, with(params("CreateTags", "Tag.%d", 50), "ResourceId.1", subnet)...); got.status != http.StatusOK {
		t.Errorf("50 tags got %+v", got)
	}
	if got := a.call(serviceEC2, with(params("CreateTags", "Tag.%d", 51), "ResourceId.1", subnet)...); got.code != "TagLimitExceeded" {
		t.Errorf("51 tags got %+v", got)
	}
	// IAM's model bounds the list of one request. Another test covers the quota of a resource.
	if got := a.call(serviceIAM, with(params("TagRole", "Tags.member.%d", 51), "RoleName", "r")...); got.status != http.StatusBadRequest || got.code != "ValidationError" {
		t.Errorf("51 tags of IAM got %+v", got)
	}
}
