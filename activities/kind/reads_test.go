package kind_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/tack-dev/tack/activities/ec2"
	"github.com/tack-dev/tack/activities/iam"
	"github.com/tack-dev/tack/resource"
)

const (
	policyARN = "arn:aws:iam::" + accountA + ":policy/p"
	roleARN   = "arn:aws:iam::" + accountA + ":role/r"

	document = `"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"`
	trust    = `"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"`

	getPolicy = `<GetPolicyResponse><GetPolicyResult><Policy><Arn>` + policyARN + `</Arn><PolicyName>p</PolicyName><DefaultVersionId>v1</DefaultVersionId></Policy></GetPolicyResult></GetPolicyResponse>`
	getRole   = `<GetRoleResponse><GetRoleResult><Role><Arn>` + roleARN + `</Arn><RoleName>r</RoleName><RoleId>AROA</RoleId></Role></GetRoleResult></GetRoleResponse>`
	attached  = `<ListAttachedRolePoliciesResponse><ListAttachedRolePoliciesResult><AttachedPolicies/></ListAttachedRolePoliciesResult></ListAttachedRolePoliciesResponse>`
	inline    = `<ListRolePoliciesResponse><ListRolePoliciesResult><PolicyNames><member>x</member></PolicyNames></ListRolePoliciesResult></ListRolePoliciesResponse>`
	version   = `<GetPolicyVersionResponse><GetPolicyVersionResult><PolicyVersion><Document>%7B%7D</Document></PolicyVersion></GetPolicyVersionResult></GetPolicyVersionResponse>`
	vpcs      = `<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/16</cidrBlock></item></vpcSet></DescribeVpcsResponse>`
	attribute = `<DescribeVpcAttributeResponse><enableDnsSupport><value>true</value></enableDnsSupport></DescribeVpcAttributeResponse>`
	groups    = `<DescribeSecurityGroupsResponse><securityGroupInfo/></DescribeSecurityGroupsResponse>`
	subnets   = `<DescribeSubnetsResponse><subnetSet><item><subnetId>subnet-1</subnetId></item></subnetSet></DescribeSubnetsResponse>`
	instances = `<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`
)

// observing is a look at an object whose resource was recorded an hour ago.
func observing(served, id, spec string) resource.ObserveInput {
	owner := resource.Owner{Install: "i", UID: "u", Ref: resource.Ref{Kind: served, Cluster: "c", Namespace: "n", Name: "o"}}
	return resource.ObserveInput{Target: target(accountA), Object: resource.Object{
		Owner: owner, Spec: json.RawMessage(spec),
		Claim: &resource.Claim{UID: "u", ID: id, Incarnation: 1, Time: time.Now().Add(-time.Hour)},
	}}
}

func (c *crew) observe(t *testing.T, in resource.ObserveInput) (plan resource.Plan, err error) {
	t.Helper()
	value, err := c.env.ExecuteActivity(in.Object.Owner.Ref.Kind+"/"+resource.VerbObserve, in)
	if err != nil {
		return plan, err
	}
	if err := value.Get(&plan); err != nil {
		t.Fatal(err)
	}
	return plan, nil
}

// parts are looks in which AWS shows a resource, and then one read misses a part.
var parts = map[string]struct {
	kind, id, spec, part string
	says                 map[string]string
}{
	"version of a policy": {"iam.Policy", policyARN, `{"name":"p","policyDocument":` + document + `}`, "GetPolicyVersion",
		map[string]string{"GetPolicy": getPolicy}},
	"versions of a policy": {"iam.Policy", policyARN, `{"name":"p","policyDocument":` + document + `}`, "ListPolicyVersions",
		map[string]string{"GetPolicy": getPolicy, "GetPolicyVersion": version}},
	"attached policies of a role": {"iam.Role", roleARN, `{"name":"r","assumeRolePolicyDocument":` + trust + `}`, "ListAttachedRolePolicies",
		map[string]string{"GetRole": getRole}},
	"inline policies of a role": {"iam.Role", roleARN, `{"name":"r","assumeRolePolicyDocument":` + trust + `}`, "ListRolePolicies",
		map[string]string{"GetRole": getRole, "ListAttachedRolePolicies": attached}},
	"an inline policy of a role": {"iam.Role", roleARN, `{"name":"r","assumeRolePolicyDocument":` + trust + `,"inlinePolicies":{"x":` + document + `}}`, "GetRolePolicy",
		map[string]string{"GetRole": getRole, "ListAttachedRolePolicies": attached, "ListRolePolicies": inline}},
	"attribute of a VPC": {"ec2.VPC", "vpc-1", `{"cidrBlocks":["10.0.0.0/16"],"enableDNSSupport":true}`, "DescribeVpcAttribute",
		map[string]string{"DescribeVpcs": vpcs}},
	"default group of a VPC": {"ec2.VPC", "vpc-1", `{"cidrBlocks":["10.0.0.0/16"],"disallowSecurityGroupDefaultRules":true}`, "DescribeSecurityGroups",
		map[string]string{"DescribeVpcs": vpcs, "DescribeVpcAttribute": attribute}},
	"table of a subnet": {"ec2.Subnet", "subnet-1", `{"vpcID":"vpc-1","cidrBlock":"10.0.0.0/24"}`, "DescribeRouteTables",
		map[string]string{"DescribeSubnets": subnets}},
	"attribute of an instance": {"ec2.Instance", "i-1", `{"imageID":"ami-1","disableAPIStop":true}`, "DescribeInstanceAttribute",
		map[string]string{"DescribeInstances": instances}},
}

// A part that AWS does not find says nothing about the whole. The read is retried, and no second
// resource is created.
func TestNotFoundOfAPart(t *testing.T) {
	c := newCrew(t, 0, append(ec2.Kinds(), iam.Kinds()...)...)
	for name, test := range parts {
		t.Run(name, func(t *testing.T) {
			for _, code := range []string{"NoSuchEntity", "InvalidVpcID.NotFound", "InvalidInstanceID.NotFound"} {
				c.aws.says = map[string][]string{test.part: {"!" + code}}
				for action, body := range test.says {
					c.aws.says[action] = []string{body}
				}
				plan, err := c.observe(t, observing(test.kind, test.id, test.spec))
				var failed *temporal.ApplicationError
				if !errors.As(err, &failed) || failed.NonRetryable() || failed.Type() != code {
					t.Errorf("%s of %s: plan %+v, error %v; want %s, retried", code, test.part, plan, err, code)
				}
			}
		})
	}
}

// The main read may report that the resource does not exist: a new one is created.
func TestNotFoundOfTheWhole(t *testing.T) {
	c := newCrew(t, 0, iam.Kinds()...)
	for _, test := range []struct{ kind, id, spec, read string }{
		{"iam.Policy", policyARN, `{"name":"p","policyDocument":` + document + `}`, "GetPolicy"},
		{"iam.Role", roleARN, `{"name":"r","assumeRolePolicyDocument":` + trust + `}`, "GetRole"},
		{"iam.Group", "AGPA1", `{"name":"g"}`, "GetGroup"},
		{"iam.ServiceLinkedRole", "AWSServiceRoleForX", `{"awsServiceName":"x.amazonaws.com"}`, "GetRole"},
		{"iam.User", "AIDA1", `{"name":"u"}`, "GetUser"},
		{"iam.InstanceProfile", "arn:aws:iam::" + accountA + ":instance-profile/p", `{"name":"p"}`, "GetInstanceProfile"},
		{"iam.OpenIDConnectProvider", "arn:aws:iam::" + accountA + ":oidc-provider/o", `{"url":"https://o"}`, "GetOpenIDConnectProvider"},
	} {
		c.aws.says = map[string][]string{test.read: {"!NoSuchEntity"}, "ListRoles": {`<ListRolesResponse><ListRolesResult><Roles/></ListRolesResult></ListRolesResponse>`}}
		plan, err := c.observe(t, observing(test.kind, test.id, test.spec))
		if err != nil || plan.Create == nil || plan.Incarnation != 2 {
			t.Errorf("%s: plan %+v, error %v; want a create of incarnation 2", test.kind, plan, err)
		}
	}
}

// A list ends with its last page, not with an empty one.
func TestListsAreReadToTheLastPage(t *testing.T) {
	c := newCrew(t, 0, append(ec2.Kinds(), iam.Kinds()...)...)
	c.aws.says = map[string][]string{"DescribeVpcs": {
		`<DescribeVpcsResponse><vpcSet/><nextToken>1</nextToken></DescribeVpcsResponse>`,
		`<DescribeVpcsResponse><vpcSet/><nextToken>2</nextToken></DescribeVpcsResponse>`, vpcs,
	}, "DescribeVpcAttribute": {attribute}}
	plan, err := c.observe(t, observing("ec2.VPC", "vpc-1", `{"cidrBlocks":["10.0.0.0/16"]}`))
	if err != nil || plan.Create != nil || plan.ID != "vpc-1" {
		t.Errorf("plan %+v, error %v; want the VPC of the third page", plan, err)
	}
}

// A success that does not come from AWS is not an answer: it makes no list empty.
func TestAnAnswerHasAWSsRoot(t *testing.T) {
	c := newCrew(t, 0, append(ec2.Kinds(), iam.Kinds()...)...)
	for name, body := range map[string]string{
		"nothing":         "",
		"the head alone":  `<?xml version="1.0" encoding="UTF-8"?>`,
		"another's":       `<html><body>welcome</body></html>`,
		"of another call": `<DescribeSubnetsResponse><subnetSet/></DescribeSubnetsResponse>`,
		"half":            `<DescribeVpcsResponse><vpcSet>`,
	} {
		c.aws.says = map[string][]string{"DescribeVpcs": {body}, "CreateVpc": {body}}
		plan, err := c.observe(t, observing("ec2.VPC", "vpc-1", `{"cidrBlocks":["10.0.0.0/16"]}`))
		var failed *temporal.ApplicationError
		if !errors.As(err, &failed) || failed.NonRetryable() {
			t.Errorf("%s: plan %+v, error %v; want one that is retried", name, plan, err)
		}
		// The outcome of such a create is unknown: Tack searches for the resource instead of
		// sending again.
		_, err = c.env.ExecuteActivity("ec2.VPC/Create", resource.CallInput{Target: target(accountA), Request: json.RawMessage(`{}`)})
		var f resource.Failure
		if !errors.As(err, &failed) || !failed.NonRetryable() || failed.Details(&f) != nil || f.Class != resource.Unclear {
			t.Errorf("%s: the create ended with %v (%+v), want it unclear", name, err, f)
		}
	}
}
