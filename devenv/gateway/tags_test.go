package gateway

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// calls sends a request of the account's role.
func (a *account) calls(service string, params ...string) result {
	a.t.Helper()
	return send(request(a.t, a.url, a.key, service, params...))
}

// No request sets or removes a key that begins with aws:, in any letter case, and the journal names the
// key of each that tries.
func TestReservedTags(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	a.role("r")
	arn := "arn:aws:iam::111111111111:policy/p"
	for _, c := range []struct {
		service, code string
		params        []string
	}{
		{serviceEC2, "InvalidParameterValue", []string{"Action", "CreateVpc", "CidrBlock", "10.0.0.0/16", "TagSpecification.1.ResourceType", "vpc", "TagSpecification.1.Tag.2.Key", "AWS:x"}},
		{serviceEC2, "InvalidParameterValue", []string{"Action", "CreateTags", "ResourceId.1", vpc, "Tag.1.Key", "aWs:x", "Tag.1.Value", "v"}},
		{serviceEC2, "InvalidParameterValue", []string{"Action", "DeleteTags", "ResourceId.1", vpc, "Tag.1.Key", "ok", "Tag.2.Key", "aws:x"}},
		{serviceEC2, "InvalidParameterValue", []string{
			"Action", "CreateLaunchTemplate", "LaunchTemplateName", "web", "LaunchTemplateData.TagSpecification.1.ResourceType", "instance",
			"LaunchTemplateData.TagSpecification.1.Tag.1.Key", "aws:x", "LaunchTemplateData.TagSpecification.1.Tag.1.Value", "v",
		}},
		{serviceIAM, "InvalidInput", []string{"Action", "CreateRole", "RoleName", "q", "AssumeRolePolicyDocument", "{}", "Tags.member.1.Key", "Aws:x", "Tags.member.1.Value", "v"}},
		{serviceIAM, "InvalidInput", []string{"Action", "TagPolicy", "PolicyArn", arn, "Tags.member.1.Key", "Aws:x", "Tags.member.1.Value", "v"}},
		{serviceIAM, "InvalidInput", []string{"Action", "UntagRole", "RoleName", "r", "TagKeys.member.1", "k", "TagKeys.member.2", "AWS:x"}},
	} {
		if got := a.calls(c.service, c.params...); got.status != http.StatusBadRequest || got.code != c.code {
			t.Errorf("%v got %+v, want %s", c.params, got, c.code)
		}
		entries, err := a.Journal(t.Context(), Query{Action: c.params[1], Account: a.id})
		if err != nil || len(entries) == 0 {
			t.Fatalf("reading the journal of %s: %d entries, %v", c.params[1], len(entries), err)
		}
		if last := entries[len(entries)-1]; len(last.SystemTags) != 1 || !strings.HasSuffix(last.SystemTags[0], ":x") {
			t.Errorf("%v is journaled with the keys %q", c.params, last.SystemTags)
		}
	}
}

// A service of AWS sets and removes such tags. They stay when a user's tags change, and are not among
// the 50 of a resource.
func TestSystemTags(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	a.role("r")
	service := func(service string, params ...string) {
		t.Helper()
		c := ServiceCall{Account: a.id, Region: "eu-west-1", Service: service, Params: map[string]string{}}
		for i := 0; i < len(params); i += 2 {
			c.Params[params[i]] = params[i+1]
		}
		if err := a.CallAsService(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	mark, err := a.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	service(serviceEC2, "Action", "CreateTags", "ResourceId.1", vpc, "Tag.1.Key", "aws:cloudformation:stack-name", "Tag.1.Value", "web", "Tag.2.Key", "aws:b", "Tag.2.Value", "c")
	service(serviceIAM, "Action", "TagRole", "RoleName", "r", "Tags.member.1.Key", "aws:cloudformation:stack-name", "Tags.member.1.Value", "web")
	if seq, err := a.LastSeq(t.Context()); seq != mark || err != nil {
		t.Errorf("the journal has %d calls of a service: %v", seq-mark, err)
	}
	service(serviceEC2, "Action", "DeleteTags", "ResourceId.1", vpc, "Tag.1.Key", "aws:b")

	fifty, members := []string{}, []string{}
	for i := range 50 {
		n, key := strconv.Itoa(i+1), "k"+strconv.Itoa(i)
		fifty = append(fifty, "Tag."+n+".Key", key, "Tag."+n+".Value", "v")
		members = append(members, "Tags.member."+n+".Key", key, "Tags.member."+n+".Value", "v")
	}
	if got := a.calls(serviceEC2, append(fifty, "Action", "CreateTags", "ResourceId.1", vpc)...); got.code != "" {
		t.Errorf("50 tags beside AWS's own got %+v", got)
	}
	if got := a.calls(serviceEC2, "Action", "CreateTags", "ResourceId.1", vpc, "Tag.1.Key", "more", "Tag.1.Value", "v"); got.code != "TagLimitExceeded" {
		t.Errorf("one more got %+v", got)
	}
	a.calls(serviceIAM, "Action", "UntagRole", "RoleName", "r", "TagKeys.member.1", "k")
	if got := a.calls(serviceIAM, append(members, "Action", "TagRole", "RoleName", "r")...); got.code != "" {
		t.Errorf("50 tags of a role beside AWS's own got %+v", got)
	}
	if got := a.calls(serviceIAM, "Action", "TagRole", "RoleName", "r", "Tags.member.1.Key", "more", "Tags.member.1.Value", "v"); got.code != "LimitExceeded" {
		t.Errorf("one more of a role got %+v", got)
	}
	shown := must[*ec2.DescribeVpcsOutput](a)(a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{VpcIds: []string{vpc}})).Vpcs[0].Tags
	if n := len(shown); n != 51 {
		t.Errorf("the VPC has %d tags, want 51", n)
	}
	role := must[*iam.GetRoleOutput](a)(a.iam.GetRole(a.ctx(), &iam.GetRoleInput{RoleName: aws.String("r")})).Role.Tags
	if n := len(role); n != 51 {
		t.Errorf("the role has %d tags, want 51", n)
	}
	if err := a.CallAsService(t.Context(), ServiceCall{Account: a.id, Region: "eu-west-1", Service: serviceEC2, Params: map[string]string{
		"Action": "CreateTags", "ResourceId.1": "vpc-0000", "Tag.1.Key": "aws:x", "Tag.1.Value": "y",
	}}); err == nil || !strings.Contains(err.Error(), "InvalidID") {
		t.Errorf("a call for a VPC that does not exist: %v", err)
	}
	for what, bad := range map[string]ServiceCall{
		"without an account": {Region: "r", Service: serviceEC2, Params: map[string]string{"Action": "a"}},
		"of another service": {Account: a.id, Region: "r", Service: "s3", Params: map[string]string{"Action": "a"}},
	} {
		if err := a.CallAsService(t.Context(), bad); err == nil {
			t.Errorf("a call %s succeeded", what)
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
