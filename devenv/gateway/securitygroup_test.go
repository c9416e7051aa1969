package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func (a *account) group(vpc, name string) string {
	a.t.Helper()
	out := must[*ec2.CreateSecurityGroupOutput](a)(a.ec2.CreateSecurityGroup(a.ctx(), &ec2.CreateSecurityGroupInput{
		GroupName: &name, Description: aws.String("d"), VpcId: &vpc, TagSpecifications: tags("security-group", "name", name),
	}))
	return *out.GroupId
}

func (a *account) deleteGroups(vpc string) {
	out := must[*ec2.DescribeSecurityGroupsOutput](a)(a.ec2.DescribeSecurityGroups(a.ctx(), &ec2.DescribeSecurityGroupsInput{Filters: filter("vpc-id", vpc)}))
	for _, g := range out.SecurityGroups {
		if *g.GroupName != "default" {
			must[*ec2.DeleteSecurityGroupOutput](a)(a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupId: g.GroupId}))
		}
	}
}

func TestCreateSecurityGroup(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	first := a.group(vpc, "Web")
	for name, c := range map[string]struct{ group, description, vpc, code string }{
		"the same name":          {"Web", "d", vpc, "InvalidGroup.Duplicate"},
		"the name in lower case": {"web", "d", vpc, "InvalidGroup.Duplicate"},
		"default":                {"default", "d", vpc, "InvalidGroup.Reserved"},
		"an id as name":          {"sg-1", "d", vpc, "InvalidParameterValue"},
		"a long name":            {strings.Repeat("x", 256), "d", vpc, "InvalidParameterValue"},
		"a bad description":      {"x", "<d>", vpc, "InvalidParameterValue"},
		"no description":         {"x", "", vpc, "MissingParameter"},
		"an unknown VPC":         {"x", "d", "vpc-0123456789abcdef0", "InvalidVpcID.NotFound"},
	} {
		_, err := a.ec2.CreateSecurityGroup(a.ctx(), &ec2.CreateSecurityGroupInput{GroupName: &c.group, Description: &c.description, VpcId: &c.vpc})
		a.wantRefused(name, err, http.StatusBadRequest, c.code)
	}
	must[*ec2.DeleteSecurityGroupOutput](a)(a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupId: &first}))
	a.group(vpc, "WEB")
}

// A group without a VPC goes into the default VPC, where names are also unique.
func TestCreateSecurityGroupInTheDefaultVPC(t *testing.T) {
	a := newAccount(t)
	create := func(name string, vpc *string) error {
		_, err := a.ec2.CreateSecurityGroup(a.ctx(), &ec2.CreateSecurityGroupInput{GroupName: &name, Description: aws.String("d"), VpcId: vpc})
		return err
	}
	if err := create("Web", nil); err != nil {
		t.Fatal(err)
	}
	vpcs := must[*ec2.DescribeVpcsOutput](a)(a.ec2.DescribeVpcs(a.ctx(), &ec2.DescribeVpcsInput{Filters: filter("is-default", "true")}))
	a.wantRefused("the same name", create("Web", nil), http.StatusBadRequest, "InvalidGroup.Duplicate")
	a.wantRefused("in other letters", create("wEB", nil), http.StatusBadRequest, "InvalidGroup.Duplicate")
	a.wantRefused("the VPC named", create("WEB", vpcs.Vpcs[0].VpcId), http.StatusBadRequest, "InvalidGroup.Duplicate")
}

func TestGroupFiltersAndUnknownIDs(t *testing.T) {
	a := newAccount(t)
	id := a.group(a.vpc(), "web")
	for value, want := range map[string]int{"web": 1, "other": 0, "w*": 1} {
		out := must[*ec2.DescribeSecurityGroupsOutput](a)(a.ec2.DescribeSecurityGroups(a.ctx(), &ec2.DescribeSecurityGroupsInput{Filters: filter("tag:name", value)}))
		if len(out.SecurityGroups) != want {
			t.Errorf("found %d groups by tag %s, want %d", len(out.SecurityGroups), value, want)
		}
	}
	egress := a.rules(id)
	if len(egress) != 1 || *egress[0].CidrIpv4 != "0.0.0.0/0" || !*egress[0].IsEgress || *egress[0].GroupOwnerId != a.id {
		t.Errorf("a new group has the rules %+v", egress)
	}
	for id, code := range map[string]string{"sg-0123456789abcdef0": "InvalidGroup.NotFound", "web": "InvalidGroupId.Malformed"} {
		_, err := a.ec2.DescribeSecurityGroups(a.ctx(), &ec2.DescribeSecurityGroupsInput{GroupIds: []string{id}})
		a.wantRefused("describing "+id, err, http.StatusBadRequest, code)
		_, err = a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupId: &id})
		a.wantRefused("deleting "+id, err, http.StatusBadRequest, code)
		_, err = a.ec2.AuthorizeSecurityGroupIngress(a.ctx(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &id, IpPermissions: tcp(1, "10.0.0.0/8")})
		a.wantRefused("authorizing on "+id, err, http.StatusBadRequest, code)
	}
}

func TestDeleteReferencedGroup(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	group, peer := a.group(vpc, "group"), a.group(vpc, "peer")
	toPeer := []types.IpPermission{{IpProtocol: aws.String("-1"), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: &peer}}}}
	must[*ec2.AuthorizeSecurityGroupEgressOutput](a)(a.ec2.AuthorizeSecurityGroupEgress(a.ctx(), &ec2.AuthorizeSecurityGroupEgressInput{GroupId: &group, IpPermissions: toPeer}))
	// A rule that refers to its own group does not hold the group.
	must[*ec2.AuthorizeSecurityGroupIngressOutput](a)(a.ec2.AuthorizeSecurityGroupIngress(a.ctx(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &peer, IpPermissions: toPeer}))
	_, err := a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupId: &peer})
	a.wantRefused("deleting a referenced group", err, http.StatusBadRequest, "DependencyViolation")
	must[*ec2.RevokeSecurityGroupEgressOutput](a)(a.ec2.RevokeSecurityGroupEgress(a.ctx(), &ec2.RevokeSecurityGroupEgressInput{GroupId: &group, IpPermissions: toPeer}))
	must[*ec2.DeleteSecurityGroupOutput](a)(a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupId: &peer}))
}

func TestDeleteGroupInUse(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	group, subnet := a.group(vpc, "group"), a.subnet(vpc)
	must[*ec2.CreateNetworkInterfaceOutput](a)(a.ec2.CreateNetworkInterface(a.ctx(), &ec2.CreateNetworkInterfaceInput{SubnetId: &subnet, Groups: []string{group}}))
	_, err := a.ec2.DeleteSecurityGroup(a.ctx(), &ec2.DeleteSecurityGroupInput{GroupId: &group})
	a.wantRefused("deleting a group in use", err, http.StatusBadRequest, "DependencyViolation")
}
