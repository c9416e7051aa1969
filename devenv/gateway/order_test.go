package gateway

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTooEarly(t *testing.T) {
	const vpc, role = "vpc-0123abcd", "arn:aws:iam::111111111111:role/path/reader"
	calls := func(entries ...Entry) []Entry {
		for i := range entries {
			entries[i].Seq, entries[i].Mutation = int64(i+1), true
			entries[i].Accepted = entries[i].Code == ""
		}
		return entries
	}
	makeVPC := Entry{Owner: "vpc", Action: "CreateVpc", Created: []string{vpc}}
	changeVPC := Entry{Owner: "vpc", Action: "ModifyVpcAttribute", Mentions: []string{vpc}}
	makeSubnet := Entry{Owner: "subnet", Action: "CreateSubnet", Mentions: []string{vpc}}
	makeRole := Entry{Owner: "role", Action: "CreateRole", Created: []string{role}}
	useRole := Entry{Owner: "profile", Action: "AddRoleToInstanceProfile", Mentions: []string{"role/path/reader"}}
	for name, c := range map[string]struct {
		entries []Entry
		early   bool
		want    string
	}{
		"in order":       {calls(makeVPC, changeVPC, makeSubnet), false, ""},
		"too early":      {calls(makeVPC, makeSubnet, changeVPC), false, "CreateSubnet (call 2) of subnet names " + vpc + " of vpc, which was done with call 3, ModifyVpcAttribute"},
		"allowed early":  {calls(makeVPC, makeSubnet, changeVPC), true, ""},
		"refused":        {calls(makeVPC, Entry{Owner: "subnet", Action: "CreateSubnet", Code: "InvalidVpcID.NotFound"}), true, "AWS refused CreateSubnet of subnet: InvalidVpcID.NotFound"},
		"by name":        {calls(makeRole, useRole), false, ""},
		"by name, early": {calls(makeRole, useRole, Entry{Owner: "role", Action: "AttachRolePolicy"}), false, "AddRoleToInstanceProfile (call 2) of profile names role/path/reader of role, which was done with call 3, AttachRolePolicy"},
		"without owner":  {calls(makeSubnet), false, ""},
	} {
		got := strings.Join(TooEarly(c.entries, func(string, string) bool { return c.early }), "; ")
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestMentioned(t *testing.T) {
	c := &call{form: map[string][]string{
		"IpPermissions.1.Groups.1.GroupId": {"sg-0123456789abcdef0"}, "VpcId": {"vpc-0123abcd"}, "Twice": {"vpc-0123abcd"},
		"RoleName": {"reader"}, "PolicyArn": {"arn:aws:iam::1:policy/p"}, "Description": {"not-an-id"}, "IamInstanceProfile.Name": {"web"},
	}}
	want := []string{"arn:aws:iam::1:policy/p", "instance-profile/web", "role/reader", "sg-0123456789abcdef0", "vpc-0123abcd"}
	if diff := cmp.Diff(want, c.mentioned()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
