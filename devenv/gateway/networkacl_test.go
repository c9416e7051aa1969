package gateway

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/google/go-cmp/cmp"
)

// acls returns the network ACLs that a filter selects.
func (a *account) acls(name, value string) []types.NetworkAcl {
	a.t.Helper()
	return must[*ec2.DescribeNetworkAclsOutput](a)(a.ec2.DescribeNetworkAcls(a.ctx(), &ec2.DescribeNetworkAclsInput{Filters: filter(name, value)})).NetworkAcls
}

func (a *account) acl(vpc string) *string {
	a.t.Helper()
	return must[*ec2.CreateNetworkAclOutput](a)(a.ec2.CreateNetworkAcl(a.ctx(), &ec2.CreateNetworkAclInput{VpcId: &vpc})).NetworkAcl.NetworkAclId
}

// entries returns the entries of an ACL in words.
func (a *account) entries(acl *string) (entries []string) {
	a.t.Helper()
	for _, e := range a.acls("network-acl-id", *acl)[0].Entries {
		words := fmt.Sprintf("%t %d %s %s %s%s", *e.Egress, *e.RuleNumber, e.RuleAction, *e.Protocol, aws.ToString(e.CidrBlock), aws.ToString(e.Ipv6CidrBlock))
		if e.PortRange != nil {
			words += fmt.Sprintf(" ports %d-%d", *e.PortRange.From, *e.PortRange.To)
		}
		if e.IcmpTypeCode != nil {
			words += fmt.Sprintf(" type %d code %d", *e.IcmpTypeCode.Type, *e.IcmpTypeCode.Code)
		}
		entries = append(entries, words)
	}
	return entries
}

func TestNetworkACLEntries(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	acl := a.acl(vpc)
	ports, ping := &types.PortRange{From: aws.Int32(443), To: aws.Int32(443)}, &types.IcmpTypeCode{Type: aws.Int32(8), Code: aws.Int32(-1)}
	entry := func(number int32, change func(*ec2.CreateNetworkAclEntryInput)) *ec2.CreateNetworkAclEntryInput {
		in := &ec2.CreateNetworkAclEntryInput{
			NetworkAclId: acl, RuleNumber: &number, Egress: aws.Bool(false), RuleAction: types.RuleActionAllow,
			Protocol: aws.String("tcp"), CidrBlock: aws.String("10.1.2.3/16"), PortRange: ports,
		}
		if change != nil {
			change(in)
		}
		return in
	}
	create := func(in *ec2.CreateNetworkAclEntryInput) error {
		_, err := a.ec2.CreateNetworkAclEntry(a.ctx(), in)
		return err
	}
	replace := func(in *ec2.CreateNetworkAclEntryInput) error {
		as := ec2.ReplaceNetworkAclEntryInput(*in)
		_, err := a.ec2.ReplaceNetworkAclEntry(a.ctx(), &as)
		return err
	}
	remove := func(acl string, number int32, egress bool) error {
		_, err := a.ec2.DeleteNetworkAclEntry(a.ctx(), &ec2.DeleteNetworkAclEntryInput{NetworkAclId: &acl, RuleNumber: &number, Egress: &egress})
		return err
	}
	six := func(in *ec2.CreateNetworkAclEntryInput) {
		in.CidrBlock, in.Ipv6CidrBlock, in.Protocol, in.PortRange = nil, aws.String("2001:DB8::1/32"), aws.String("icmpv6"), nil
	}
	for what, test := range map[string]struct {
		change func(*ec2.CreateNetworkAclEntryInput)
		code   string
	}{
		"an unknown ACL":      {func(in *ec2.CreateNetworkAclEntryInput) { in.NetworkAclId = aws.String("acl-0123456789abcdef0") }, "InvalidNetworkAclID.NotFound"},
		"a reserved number":   {func(in *ec2.CreateNetworkAclEntryInput) { in.RuleNumber = aws.Int32(32767) }, "InvalidParameterValue"},
		"two blocks":          {func(in *ec2.CreateNetworkAclEntryInput) { in.Ipv6CidrBlock = aws.String("::/0") }, "InvalidParameterCombination"},
		"no block":            {func(in *ec2.CreateNetworkAclEntryInput) { in.CidrBlock = nil }, "MissingParameter"},
		"a malformed block":   {func(in *ec2.CreateNetworkAclEntryInput) { in.CidrBlock = aws.String("10.0.0.0") }, "InvalidParameterValue"},
		"TCP without ports":   {func(in *ec2.CreateNetworkAclEntryInput) { in.PortRange = nil }, "MissingParameter"},
		"ICMPv6 without type": {six, "MissingParameter"},
		"no such protocol":    {func(in *ec2.CreateNetworkAclEntryInput) { in.Protocol = aws.String("sctpx") }, "InvalidParameterValue"},
	} {
		a.wantRefused(what, create(entry(100, test.change)), http.StatusBadRequest, test.code)
	}
	for what, err := range map[string]error{
		"an entry":      create(entry(100, nil)),
		"ESP":           create(entry(110, func(in *ec2.CreateNetworkAclEntryInput) { in.Protocol = aws.String("50") })),
		"a ping over 6": create(entry(120, func(in *ec2.CreateNetworkAclEntryInput) { six(in); in.IcmpTypeCode = ping })),
		"ICMPv6 over 4": create(entry(130, func(in *ec2.CreateNetworkAclEntryInput) { in.Protocol, in.IcmpTypeCode = aws.String("58"), ping })),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	a.wantRefused("a number again", create(entry(100, nil)), http.StatusBadRequest, "NetworkAclEntryAlreadyExists")
	a.wantRefused("replacing what is not there", replace(entry(99, nil)), http.StatusBadRequest, "InvalidNetworkAclEntry.NotFound")
	a.wantRefused("replacing by a reserved number", replace(entry(32767, nil)), http.StatusBadRequest, "InvalidParameterValue")
	a.wantRefused("removing what is not there", remove(*acl, 100, true), http.StatusBadRequest, "InvalidNetworkAclEntry.NotFound")
	if err := replace(entry(100, func(in *ec2.CreateNetworkAclEntryInput) { in.RuleAction = types.RuleActionDeny })); err != nil {
		t.Error(err)
	}
	if err := remove(*acl, 110, false); err != nil {
		t.Error(err)
	}
	want := map[string]bool{"true 32767 deny -1 0.0.0.0/0": true, "false 32767 deny -1 0.0.0.0/0": true, "false 100 deny 6 10.1.0.0/16 ports 443-443": true,
		"false 120 allow 58 2001:db8::/32 type 8 code -1": true, "false 130 allow 58 10.1.0.0/16": true}
	got := map[string]bool{}
	for _, words := range a.entries(acl) {
		got[words] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the entries (-want +got):\n%s", diff)
	}
	must[*ec2.AssociateVpcCidrBlockOutput](a)(a.ec2.AssociateVpcCidrBlock(a.ctx(), &ec2.AssociateVpcCidrBlockInput{VpcId: &vpc, AmazonProvidedIpv6CidrBlock: aws.Bool(true)}))
	if n := len(a.entries(acl)); n != len(want)+2 {
		t.Errorf("%d entries with IPv6, want AWS's own in both directions", n)
	}
	for n := range int32(18) {
		if err := create(entry(200+n, nil)); err != nil {
			t.Fatal(err)
		}
	}
	a.wantRefused("a full ACL", create(entry(300, nil)), http.StatusBadRequest, "NetworkAclEntryLimitExceeded")
	if err := create(entry(300, func(in *ec2.CreateNetworkAclEntryInput) { in.Egress = aws.Bool(true) })); err != nil {
		t.Errorf("the other direction: %v", err)
	}
}

// A subnet has one ACL at any time, and a new association id whenever it moves.
func TestNetworkACLAssociations(t *testing.T) {
	a := newAccount(t)
	vpc := a.vpc()
	subnet, acl, foreign := a.subnet(vpc), a.acl(vpc), a.acl(a.vpc())
	of := func() types.NetworkAclAssociation {
		t.Helper()
		having := a.acls("association.subnet-id", subnet)
		if len(having) != 1 || len(having[0].Associations) != 1 {
			t.Fatalf("the subnet has %+v", having)
		}
		return having[0].Associations[0]
	}
	move := func(association, acl string) error {
		out, err := a.ec2.ReplaceNetworkAclAssociation(a.ctx(), &ec2.ReplaceNetworkAclAssociationInput{AssociationId: &association, NetworkAclId: &acl})
		if err == nil && *out.NewAssociationId != *of().NetworkAclAssociationId {
			t.Errorf("the answer is %s, and AWS shows %s", *out.NewAssociationId, *of().NetworkAclAssociationId)
		}
		return err
	}
	remove := func() error {
		_, err := a.ec2.DeleteNetworkAcl(a.ctx(), &ec2.DeleteNetworkAclInput{NetworkAclId: acl})
		return err
	}
	first := of()
	a.wantRefused("an unknown ACL", move(*first.NetworkAclAssociationId, "acl-0123456789abcdef0"), http.StatusBadRequest, "InvalidNetworkAclID.NotFound")
	a.wantRefused("an ACL of another VPC", move(*first.NetworkAclAssociationId, *foreign), http.StatusBadRequest, "InvalidParameterValue")
	if err := move(*first.NetworkAclAssociationId, *acl); err != nil {
		t.Fatal(err)
	}
	if now := of(); *now.NetworkAclId != *acl || *now.NetworkAclAssociationId == *first.NetworkAclAssociationId {
		t.Errorf("the subnet has %+v, and before %+v", now, first)
	}
	a.wantRefused("an old association", move(*first.NetworkAclAssociationId, *acl), http.StatusBadRequest, "InvalidAssociationID.NotFound")
	a.wantRefused("an ACL in use", remove(), http.StatusBadRequest, "DependencyViolation")
	if err := a.deleteSubnet(subnet); err != nil {
		t.Fatal(err)
	}
	if err := remove(); err != nil {
		t.Errorf("without its subnet: %v", err)
	}
	if err := a.deleteVPC(vpc); err != nil {
		t.Fatal(err)
	}
	if left := a.acls("vpc-id", vpc); len(left) != 0 {
		t.Errorf("a deleted VPC has %+v", left)
	}
}
