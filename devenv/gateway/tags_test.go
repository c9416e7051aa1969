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

// asService carries out a call in the account as a service of AWS does: names and values alternate.
func (a *account) asService(service string, params ...string) error {
	c := ServiceCall{Account: a.id, Region: "eu-west-1", Service: service, Params: map[string]string{}}
	for i := 0; i < len(params); i += 2 {
		c.Params[params[i]] = params[i+1]
	}
	return a.CallAsService(a.ctx(), c)
}

// A service of AWS sets and removes such tags. They stay when a user's tags change, and are not among
// the 50 of a resource. The journal does not have its calls.
func TestSystemTags(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	a.role("r") // with the tag k=v
	mark := must[int64](a)(a.LastSeq(t.Context()))
	const stack = "aws:cloudformation:stack-name"
	for _, err := range []error{
		a.asService(serviceEC2, "Action", "CreateTags", "ResourceId.1", vpc, "Tag.1.Key", stack, "Tag.1.Value", "web", "Tag.2.Key", "aws:b", "Tag.2.Value", "c"),
		a.asService(serviceIAM, "Action", "TagRole", "RoleName", "r", "Tags.member.1.Key", stack, "Tags.member.1.Value", "web"),
		a.asService(serviceEC2, "Action", "DeleteTags", "ResourceId.1", vpc, "Tag.1.Key", "aws:b"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := must[int64](a)(a.LastSeq(t.Context())) - mark; n != 0 {
		t.Errorf("the journal has %d calls of a service", n)
	}
	ec2Tags, iamTags := []string{}, []string{}
	for i := range 50 {
		n, key := strconv.Itoa(i+1), "k"+strconv.Itoa(i)
		ec2Tags = append(ec2Tags, "Tag."+n+".Key", key, "Tag."+n+".Value", "v")
		iamTags = append(iamTags, "Tags.member."+n+".Key", key, "Tags.member."+n+".Value", "v")
	}
	for _, c := range []struct {
		what, service, code string
		params              []string
	}{
		{"50 tags beside AWS's own", serviceEC2, "", append(ec2Tags, "Action", "CreateTags", "ResourceId.1", vpc)},
		{"one more", serviceEC2, "TagLimitExceeded", []string{"Action", "CreateTags", "ResourceId.1", vpc, "Tag.1.Key", "more", "Tag.1.Value", "v"}},
		{"another tag of a role", serviceIAM, "", []string{"Action", "UntagRole", "RoleName", "r", "TagKeys.member.1", "k"}},
		{"50 tags of a role beside AWS's own", serviceIAM, "", append(iamTags, "Action", "TagRole", "RoleName", "r")},
		{"one more of a role", serviceIAM, "LimitExceeded", []string{"Action", "TagRole", "RoleName", "r", "Tags.member.1.Key", "more", "Tags.member.1.Value", "v"}},
	} {
		if got := a.calls(c.service, c.params...); got.code != c.code {
			t.Errorf("%s got %+v, want %q", c.what, got, c.code)
		}
	}
	shown := must[*ec2.DescribeVpcsOutput](a)(a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{VpcIds: []string{vpc}})).Vpcs[0].Tags
	role := must[*iam.GetRoleOutput](a)(a.iam.GetRole(a.ctx(), &iam.GetRoleInput{RoleName: aws.String("r")})).Role.Tags
	if len(shown) != 51 || len(role) != 51 {
		t.Errorf("the VPC has %d tags and the role %d, want 51", len(shown), len(role))
	}
}

// A call as a service of AWS that cannot be right, or that AWS refuses, is an error.
func TestBadServiceCalls(t *testing.T) {
	a := newAccount(t)
	err := a.asService(serviceEC2, "Action", "CreateTags", "ResourceId.1", "vpc-0000", "Tag.1.Key", "aws:x", "Tag.1.Value", "y")
	if err == nil || !strings.Contains(err.Error(), "InvalidID") {
		t.Errorf("tags of a VPC that does not exist: %v", err)
	}
	for what, bad := range map[string]ServiceCall{
		"without an account": {Region: "r", Service: serviceEC2, Params: map[string]string{"Action": "a"}},
		"without an action":  {Account: a.id, Region: "r", Service: serviceEC2},
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
