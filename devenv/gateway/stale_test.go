package gateway

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
)

func (a *account) lag(action string) string {
	a.t.Helper()
	return must[string](a)(a.AddRule(a.ctx(), Rule{Action: Actions{action}, Account: a.id, Fault: FaultStale}))
}

func TestStaleGroup(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	group, other := a.group(vpc, "g"), a.group(vpc, "other")
	look := func() []int {
		all := must[*ec2.DescribeSecurityGroupsOutput](a)(a.ec2.DescribeSecurityGroups(a.ctx(), &ec2.DescribeSecurityGroupsInput{Filters: filter("vpc-id", vpc)})).SecurityGroups
		counts := []int{len(all)}
		for _, g := range all {
			if *g.GroupId == group || *g.GroupId == other {
				counts = append(counts, len(g.IpPermissions))
			}
		}
		one := must[*ec2.DescribeSecurityGroupsOutput](a)(a.ec2.DescribeSecurityGroups(a.ctx(), &ec2.DescribeSecurityGroupsInput{GroupIds: []string{group}})).SecurityGroups
		rules := must[*ec2.DescribeSecurityGroupRulesOutput](a)(a.ec2.DescribeSecurityGroupRules(a.ctx(), &ec2.DescribeSecurityGroupRulesInput{Filters: filter("group-id", group)})).SecurityGroupRules
		return append(counts, len(one[0].IpPermissions), len(rules))
	}
	authorize := func(id string) {
		must[*ec2.AuthorizeSecurityGroupIngressOutput](a)(a.ec2.AuthorizeSecurityGroupIngress(a.ctx(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &id, IpPermissions: []types.IpPermission{{
			IpProtocol: aws.String("tcp"), FromPort: aws.Int32(1), ToPort: aws.Int32(2), IpRanges: []types.IpRange{{CidrIp: aws.String("10.0.0.0/8")}},
		}}}))
	}
	rule := a.lag("AuthorizeSecurityGroupIngress")
	authorize(group)
	if diff := cmp.Diff([]int{3, 0, 0, 0, 1}, look()); diff != "" {
		t.Errorf("at once: the groups, the rules of each, of the one, of the one by themselves (-want +got):\n%s", diff)
	}
	a.endRule(rule)
	authorize(other)
	if diff := cmp.Diff([]int{3, 1, 1, 1, 2}, look()); diff != "" {
		t.Errorf("after the delay (-want +got):\n%s", diff)
	}
}

func TestStaleTagsAndAttributes(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	tag := func(value string) {
		must[*ec2.CreateTagsOutput](a)(a.ec2.CreateTags(a.ctx(), &ec2.CreateTagsInput{Resources: []string{vpc}, Tags: []types.Tag{{Key: aws.String("k"), Value: &value}}}))
	}
	tag("old")
	look := func() []any {
		tags := must[*ec2.DescribeTagsOutput](a)(a.ec2.DescribeTags(a.ctx(), &ec2.DescribeTagsInput{Filters: filter("resource-id", vpc)})).Tags
		one := must[*ec2.DescribeVpcsOutput](a)(a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{Filters: filter("vpc-id", vpc)})).Vpcs[0]
		names := must[*ec2.DescribeVpcAttributeOutput](a)(a.ec2.DescribeVpcAttribute(a.ctx(), &ec2.DescribeVpcAttributeInput{VpcId: &vpc, Attribute: types.VpcAttributeNameEnableDnsHostnames}))
		return []any{*tags[0].Value, *one.Tags[0].Value, *names.EnableDnsHostnames.Value}
	}
	rule := a.lag("*")
	tag("new")
	must[*ec2.ModifyVpcAttributeOutput](a)(a.ec2.ModifyVpcAttribute(a.ctx(), &ec2.ModifyVpcAttributeInput{VpcId: &vpc, EnableDnsHostnames: &types.AttributeBooleanValue{Value: aws.Bool(true)}}))
	if diff := cmp.Diff([]any{"old", "old", false}, look()); diff != "" {
		t.Errorf("at once (-want +got):\n%s", diff)
	}
	a.endRule(rule)
	if diff := cmp.Diff([]any{"new", "new", true}, look()); diff != "" {
		t.Errorf("after the delay (-want +got):\n%s", diff)
	}
}

// A deleted VPC is still described. A caller that deletes it again gets NotFound.
func TestStaleAfterDeletion(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	rule := a.lag("DeleteVpc")
	if err := a.deleteVPC(vpc); err != nil {
		t.Fatal(err)
	}
	for _, in := range []ec2.DescribeVpcsInput{{VpcIds: []string{vpc}}, {Filters: filter("vpc-id", vpc)}} {
		if found := must[*ec2.DescribeVpcsOutput](a)(a.ec2.DescribeVpcs(a.ctx(), &in)); len(found.Vpcs) != 1 {
			t.Errorf("described as %+v", found.Vpcs)
		}
	}
	a.wantRefused("deleting it again", a.deleteVPC(vpc), 400, "InvalidVpcID.NotFound")
	a.endRule(rule)
	_, err := a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{VpcIds: []string{vpc}})
	a.wantRefused("describing it after the delay", err, 400, "InvalidVpcID.NotFound")
}

func TestStaleRole(t *testing.T) {
	a := newAccount(t)
	a.role("r")
	arn, role := a.policy("p"), aws.String("r")
	look := func() []int {
		attached := must[*iam.ListAttachedRolePoliciesOutput](a)(a.iam.ListAttachedRolePolicies(a.ctx(), &iam.ListAttachedRolePoliciesInput{RoleName: role})).AttachedPolicies
		inline := must[*iam.ListRolePoliciesOutput](a)(a.iam.ListRolePolicies(a.ctx(), &iam.ListRolePoliciesInput{RoleName: role})).PolicyNames
		got := must[*iam.GetRoleOutput](a)(a.iam.GetRole(a.ctx(), &iam.GetRoleInput{RoleName: role})).Role
		versions := must[*iam.ListPolicyVersionsOutput](a)(a.iam.ListPolicyVersions(a.ctx(), &iam.ListPolicyVersionsInput{PolicyArn: arn})).Versions
		return []int{len(attached), len(inline), int(*got.MaxSessionDuration), len(versions)}
	}
	rule := a.lag("*")
	must[*iam.AttachRolePolicyOutput](a)(a.iam.AttachRolePolicy(a.ctx(), &iam.AttachRolePolicyInput{RoleName: role, PolicyArn: arn}))
	must[*iam.PutRolePolicyOutput](a)(a.iam.PutRolePolicy(a.ctx(), &iam.PutRolePolicyInput{RoleName: role, PolicyName: aws.String("i"), PolicyDocument: aws.String(policyDocument)}))
	must[*iam.UpdateRoleOutput](a)(a.iam.UpdateRole(a.ctx(), &iam.UpdateRoleInput{RoleName: role, MaxSessionDuration: aws.Int32(7200)}))
	must[*iam.CreatePolicyVersionOutput](a)(a.iam.CreatePolicyVersion(a.ctx(), &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(policyDocument)}))
	if diff := cmp.Diff([]int{0, 0, 3600, 1}, look()); diff != "" {
		t.Errorf("at once (-want +got):\n%s", diff)
	}
	_, err := a.iam.GetRolePolicy(a.ctx(), &iam.GetRolePolicyInput{RoleName: role, PolicyName: aws.String("i")})
	a.wantRefused("getting the new inline policy", err, 404, "NoSuchEntity")
	a.endRule(rule)
	if diff := cmp.Diff([]int{1, 1, 7200, 2}, look()); diff != "" {
		t.Errorf("after the delay (-want +got):\n%s", diff)
	}
}

func TestRefusedMutationsLeaveNothingStale(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	a.subnet(vpc)
	a.lag("DeleteVpc")
	a.wantRefused("deleting a VPC with a subnet", a.deleteVPC(vpc), 400, "DependencyViolation")
	must[*ec2.CreateTagsOutput](a)(a.ec2.CreateTags(a.ctx(), &ec2.CreateTagsInput{Resources: []string{vpc}, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}}))
	if one := must[*ec2.DescribeVpcsOutput](a)(a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{VpcIds: []string{vpc}})).Vpcs[0]; len(one.Tags) != 1 {
		t.Errorf("a refused deletion shows the VPC as %+v", one)
	}
}
