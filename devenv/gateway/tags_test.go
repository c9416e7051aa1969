package gateway

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReservedTags(t *testing.T) {
	s := serveFake(t)
	ec2 := [][]string{
		{"Action", "CreateVpc", "CidrBlock", "10.0.0.0/16", "TagSpecification.1.ResourceType", "vpc", "TagSpecification.1.Tag.2.Key", "AWS:x"},
		{"Action", "CreateTags", "ResourceId.1", "vpc-1", "Tag.1.Key", "aws:x"},
	}
	for _, params := range ec2 {
		if got := s.ec2(t, params...); got.status != http.StatusBadRequest || got.code != "InvalidParameterValue" {
			t.Errorf("%v got %+v", params, got)
		}
	}
	for action, with := range map[string][]string{
		"CreateRole": {"RoleName", "r", "AssumeRolePolicyDocument", "{}"},
		"TagPolicy":  {"PolicyArn", "arn:aws:iam::111111111111:policy/p"},
	} {
		params := append([]string{"Action", action, "Tags.member.1.Key", "Aws:x", "Tags.member.1.Value", "v"}, with...)
		if got := s.call(t, baseKey, serviceIAM, params...); got.status != http.StatusBadRequest || got.code != "InvalidInput" {
			t.Errorf("%s got %+v", action, got)
		}
	}
	if got := s.moto.actions(); len(got) != 0 {
		t.Errorf("moto saw %v", got)
	}
}

func TestTooManyTags(t *testing.T) {
	s := serveFake(t)
	params := func(action, format string, n int) []string {
		out := []string{"Action", action}
		for i := 1; i <= n; i++ {
			out = append(out, fmt.Sprintf(format, i)+".Key", fmt.Sprint("k", i), fmt.Sprintf(format, i)+".Value", "v")
		}
		return out
	}
	with := func(params []string, more ...string) []string { return append(params, more...) }
	if got := s.ec2(t, with(params("CreateTags", "Tag.%d", 50), "ResourceId.1", "vpc-1")...); got.status != http.StatusOK {
		t.Errorf("50 tags got %+v", got)
	}
	if got := s.ec2(t, with(params("CreateTags", "Tag.%d", 51), "ResourceId.1", "vpc-1")...); got.code != "TagLimitExceeded" {
		t.Errorf("51 tags got %+v", got)
	}
	// IAM's model bounds the list of one request; its quota of the whole is another test's.
	if got := s.call(t, baseKey, serviceIAM, with(params("TagRole", "Tags.member.%d", 51), "RoleName", "r")...); got.status != http.StatusBadRequest || got.code != "ValidationError" {
		t.Errorf("51 tags of IAM got %+v", got)
	}
}

func TestTagsWhereMotoDropsThem(t *testing.T) {
	s := serveFake(t)
	got := s.ec2(t, "Action", "CreateDhcpOptions", "TagSpecification.1.ResourceType", "dhcp-options",
		"DhcpConfiguration.1.Key", "domain-name", "DhcpConfiguration.1.Value.1", "example.com",
		"TagSpecification.1.Tag.1.Key", OwnerTag, "TagSpecification.1.Tag.1.Value", "a&b")
	if !strings.Contains(got.body, "<value>a&amp;b</value>") {
		t.Errorf("the answer doesn't show the tag: %s", got.body)
	}
	if diff := cmp.Diff([]string{"CreateDhcpOptions", "CreateTags"}, s.moto.actions()); diff != "" {
		t.Fatalf("moto's calls (-want +got):\n%s", diff)
	}
	form := s.moto.forms[1]
	if form.Get("ResourceId.1") != "dopt-1" || form.Get("Tag.1.Key") != OwnerTag || form.Get("Tag.1.Value") != "a&b" {
		t.Errorf("moto was told %v", form)
	}
	if e := s.only(t); e.Created[0] != "dopt-1" {
		t.Errorf("journal has %+v", e)
	}
}
