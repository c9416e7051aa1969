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
	for _, action := range []string{"CreateRole", "TagPolicy"} {
		if got := s.call(t, baseKey, serviceIAM, "Action", action, "Tags.member.1.Key", "Aws:x"); got.status != http.StatusBadRequest || got.code != "InvalidInput" {
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
			out = append(out, fmt.Sprintf(format, i), fmt.Sprint("k", i))
		}
		return out
	}
	if got := s.ec2(t, params("CreateTags", "Tag.%d.Key", 50)...); got.status != http.StatusOK {
		t.Errorf("50 tags got %+v", got)
	}
	if got := s.ec2(t, params("CreateTags", "Tag.%d.Key", 51)...); got.code != "TagLimitExceeded" {
		t.Errorf("51 tags got %+v", got)
	}
	if got := s.call(t, baseKey, serviceIAM, params("TagRole", "Tags.member.%d.Key", 51)...); got.status != http.StatusConflict || got.code != "LimitExceeded" {
		t.Errorf("51 tags of IAM got %+v", got)
	}
}

func TestTagsWhereMotoDropsThem(t *testing.T) {
	s := serveFake(t)
	got := s.ec2(t, "Action", "CreateDhcpOptions", "TagSpecification.1.ResourceType", "dhcp-options",
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
